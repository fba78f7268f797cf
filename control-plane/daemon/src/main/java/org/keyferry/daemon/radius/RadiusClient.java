package org.keyferry.daemon.radius;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;

/// Several servers for the same purpose. The one of the highest preference that lives is asked
/// first; among equals, the one with the fewest requests on their way. A server that did not answer
/// is dead and asked last, until it answers a scout: every half a minute somebody looks.
public final class RadiusClient implements AutoCloseable {
    private static final Duration SCOUTS_APART = Duration.ofSeconds(30);

    private final List<RadiusServer> servers;
    private final Duration scoutsApart;

    public RadiusClient(List<RadiusServer> servers) {
        this(servers, SCOUTS_APART);
    }

    RadiusClient(List<RadiusServer> servers, Duration scoutsApart) {
        this.servers = List.copyOf(servers);
        this.scoutsApart = scoutsApart;
    }

    /// Sends a request that any server can answer: one after the other, until one does.
    ///
    /// @return fails with [NoRadiusAnswer]; completes on a thread that may block
    public CompletableFuture<RadiusAnswer> ask(int code, List<RadiusAttribute> attributes) {
        return ask(code, attributes, order(code, attributes), 0);
    }

    /// Sends a request that belongs to a conversation with one server (RFC 2865 §5.24, State).
    public CompletableFuture<RadiusAnswer> askAgain(
            RadiusServer server, int code, List<RadiusAttribute> attributes) {
        return server.send(code, attributes, false);
    }

    private CompletableFuture<RadiusAnswer> ask(
            int code, List<RadiusAttribute> attributes, List<RadiusServer> order, int at) {
        if (at == order.size()) {
            return CompletableFuture.failedFuture(new NoRadiusAnswer("no RADIUS server"));
        }
        boolean last = at == order.size() - 1;
        CompletableFuture<RadiusAnswer> answer = order.get(at).send(code, attributes, !last);
        return last
                ? answer
                : answer.exceptionallyCompose(_ -> ask(code, attributes, order, at + 1));
    }

    /// An Access-Request that begins a login is copied to a dead server, whose answer is of no
    /// other use: no login waits for it. An Accounting-Request must not be counted twice, so one of
    /// them goes there first.
    private List<RadiusServer> order(int code, List<RadiusAttribute> attributes) {
        var order = new ArrayList<RadiusServer>();
        var dead = new ArrayList<RadiusServer>();
        boolean copied = code == RadiusCode.ACCESS_REQUEST && servers.size() > 1;
        for (RadiusServer server : servers) {
            if (!server.isDead()) {
                order.add(server);
            } else if (!server.takesScout(scoutsApart)) {
                dead.add(server);
            } else if (copied) {
                dead.add(server);
                var _ = server.send(code, attributes, false);
            } else {
                order.add(server);
            }
        }
        order.sort(
                Comparator.comparingInt(RadiusServer::preference)
                        .reversed()
                        .thenComparingInt(RadiusServer::load));
        order.addAll(dead);
        return order;
    }

    @Override
    public void close() {
        servers.forEach(RadiusServer::close);
    }
}
