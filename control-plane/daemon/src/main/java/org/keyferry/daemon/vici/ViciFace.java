package org.keyferry.daemon.vici;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.keyferry.daemon.MonotonicClock;
import org.keyferry.daemon.Requests;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.log.LogLine;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.vici.ViciAddress;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciServer;
import org.keyferry.vici.ViciServerOptions;
import org.keyferry.wire.Endpoint;

/// Tells the world what the engines tell: the log, VICI clients and those who wait for a request.
public final class ViciFace implements EventSink, Log.Listener, AutoCloseable {
    /// Lines above this level do not become events.
    private static final int HIGHEST_EVENT_LEVEL = 1;

    private final Requests requests;
    private final Log log;
    private final MonotonicClock clock;
    private volatile ViciServer server;

    public ViciFace(Requests requests, Log log, MonotonicClock clock) {
        this.requests = requests;
        this.log = log;
        this.clock = clock;
        log.listen(requests);
    }

    public void serve(ViciAddress address, Map<String, ViciCommand> commands) throws IOException {
        server = ViciServer.listen(address, commands, ViciServerOptions.DEFAULTS);
        log.listen(this);
    }

    @Override
    public void tell(Event event) {
        switch (event) {
            case Event.Logged logged -> log.log(logged);
            case Event.IkeUp(IkeView ike) -> ikeUpDown(ike, true);
            case Event.IkeDown(IkeView ike, var reason) -> {
                log.log(
                        new Event.Logged(
                                ike.connection().name(),
                                ike.uniqueId(),
                                Group.IKE,
                                1,
                                "IKE_SA %s[%d] is down: %s",
                                List.of(ike.connection().name(), ike.uniqueId(), reason)));
                Alerts.of(ike, reason).forEach(type -> alert(type, ike));
                ikeUpDown(ike, false);
            }
            case Event.ChildFailed(IkeView ike, var reason, boolean keepsIke) ->
                    Alerts.ofChild(reason, keepsIke).forEach(type -> alert(type, ike));
            case Event.ChildUp(IkeView ike, ChildView child) -> childUpDown(ike, child, true);
            case Event.ChildDown(IkeView ike, ChildView child, _) -> childUpDown(ike, child, false);
            case Event.ChildRekeyed(IkeView ike, ChildView former, ChildView now) -> {
                log.log(rekeyed(ike, former, now));
                raise("child-rekey", out -> childRekeyed(out, ike, former, now));
            }
            case Event.IkeRekeyed(IkeView former, IkeView now) -> {
                log.log(rekeyed(now));
                raise("ike-rekey", out -> ikeRekeyed(out, former, now));
            }
            case Event.IkeMoved(IkeView former, var local, var remote) ->
                    raise("ike-update", out -> ikeUpdated(out, former, local, remote));
            case Event.ChildMoved _ -> {}
            case Event.RequestBegan(long id, int ikeUniqueId) -> requests.began(id, ikeUniqueId);
            case Event.RequestDone(long id, var failure) -> requests.done(id, failure);
            case Event.Dropped _ -> {}
        }
    }

    private static Event.Logged rekeyed(IkeView ike, ChildView former, ChildView now) {
        return new Event.Logged(
                ike.connection().name(),
                ike.uniqueId(),
                Group.CHD,
                1,
                "CHILD_SA %s{%d} rekeyed as {%d}",
                List.of(
                        now.installation().config().name(),
                        former.installation().childUniqueId(),
                        now.installation().childUniqueId()));
    }

    private static Event.Logged rekeyed(IkeView now) {
        return new Event.Logged(
                now.connection().name(),
                now.uniqueId(),
                Group.IKE,
                0,
                "IKE_SA %s[%d] rekeyed between %s[%s]...%s[%s]",
                List.of(
                        now.connection().name(),
                        now.uniqueId(),
                        now.local().address(),
                        now.localId(),
                        now.remote().address(),
                        now.remoteId()));
    }

    private void childRekeyed(
            ViciMessage.Builder out, IkeView ike, ChildView former, ChildView now) {
        Instant time = clock.now();
        out.section(
                ike.connection().name(),
                sa ->
                        sa.addAll(SaMessages.ofEvent(ike, List.of(), time))
                                .section(
                                        "child-sas",
                                        children ->
                                                children.section(
                                                        now.installation().config().name(),
                                                        SaMessages.rekeyed(former, now, time))));
    }

    private void ikeRekeyed(ViciMessage.Builder out, IkeView former, IkeView now) {
        Instant time = clock.now();
        out.section(
                now.connection().name(),
                sa ->
                        sa.section("old", SaMessages.ofEvent(former, List.of(), time))
                                .section("new", SaMessages.ofEvent(now, List.of(), time)));
    }

    private void ikeUpdated(
            ViciMessage.Builder out, IkeView former, Endpoint local, Endpoint remote) {
        out.put("local-host", local.address().toString()).put("local-port", local.port());
        out.put("remote-host", remote.address().toString()).put("remote-port", remote.port());
        section(out, former, List.of());
    }

    /// An `alert` that is about no IKE_SA.
    public void alert(String type) {
        raise("alert", out -> out.put("type", type));
    }

    private void alert(String type, IkeView ike) {
        raise(
                "alert",
                out -> out.put("type", type).section("ike-sa", in -> section(in, ike, List.of())));
    }

    private void section(ViciMessage.Builder out, IkeView ike, List<ChildView> children) {
        out.section(ike.connection().name(), SaMessages.ofEvent(ike, children, clock.now()));
    }

    private void ikeUpDown(IkeView ike, boolean up) {
        raise("ike-updown", up, ike, List.of());
    }

    private void childUpDown(IkeView ike, ChildView child, boolean up) {
        raise("child-updown", up, ike, List.of(child));
    }

    private void raise(String event, boolean up, IkeView ike, List<ChildView> children) {
        raise(
                event,
                out -> {
                    out.flag("up", up);
                    section(out, ike, children);
                });
    }

    private void raise(String event, Consumer<ViciMessage.Builder> content) {
        ViciServer current = server;
        if (current != null) {
            current.raise(
                    event,
                    () -> {
                        var message = ViciMessage.builder();
                        content.accept(message);
                        return message.build();
                    });
        }
    }

    @Override
    public boolean wants(Group group, int level, int ikeUniqueId) {
        ViciServer current = server;
        return level <= HIGHEST_EVENT_LEVEL && current != null && current.hasListeners("log");
    }

    @Override
    public void line(LogLine line) {
        server.raise("log", () -> LogMessages.event(line));
    }

    @Override
    public void close() {
        ViciServer current = server;
        if (current != null) {
            server = null;
            current.close();
        }
    }
}
