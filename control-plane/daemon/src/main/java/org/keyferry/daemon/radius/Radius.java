package org.keyferry.daemon.radius;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.keyferry.daemon.addresses.AddressProvider;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.packet.RadiusSeal;
import org.keyferry.daemon.shard.EapBackend;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.RadiusConf;

/// All that `charon.plugins.eap-radius` configures, while the daemon runs.
public final class Radius implements AutoCloseable {
    private final RadiusConf conf;
    private final RadiusServer.Shared shared;
    private final RadiusClient logins;
    private final RadiusAddresses addresses = new RadiusAddresses();
    private final RadiusBackend backend;
    private final Optional<RadiusClient> records;
    private final Optional<Accounting> accounting;
    private Optional<ChangeListener> changes = Optional.empty();

    /// What happens elsewhere because of what happens here. None may block.
    public interface Consequences {
        /// No server answered a login.
        void loginTimedOut();

        /// No server answered an interim record of this IKE_SA.
        void accountingTimedOut(int ikeUniqueId);
    }

    public Radius(
            RadiusConf conf,
            Dataplane dataplane,
            Consequences consequences,
            Supplier<Instant> clock,
            Log log) {
        this.conf = conf;
        this.shared = new RadiusServer.Shared(timer(), new SecureRandom(), log);
        this.logins = client(RadiusConf.Server::authPort);
        this.backend = new RadiusBackend(conf, logins, addresses, consequences::loginTimedOut, log);
        boolean accounts = conf.accounting().enabled() && !conf.servers().isEmpty();
        this.records =
                accounts ? Optional.of(client(RadiusConf.Server::acctPort)) : Optional.empty();
        this.accounting =
                records.map(
                        client ->
                                new Accounting(
                                        conf,
                                        client,
                                        dataplane::counters,
                                        consequences::accountingTimedOut,
                                        clock,
                                        shared.timer(),
                                        log));
        accounting.ifPresent(dataplane::onRemoval);
    }

    private RadiusClient client(ToIntFunction<RadiusConf.Server> port) {
        return new RadiusClient(
                conf.servers().stream()
                        .map(each -> new RadiusServer(each, port.applyAsInt(each), shared))
                        .toList());
    }

    private static ScheduledExecutorService timer() {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("radius").factory());
    }

    /// Who decides logins.
    public EapBackend backend() {
        return conf.servers().isEmpty() ? EapBackend.NONE : backend;
    }

    /// Addresses that servers give to peers.
    public AddressProvider addresses() {
        return addresses;
    }

    /// Hears of IKE_SAs that come and go.
    public EventSink events() {
        return accounting.map(each -> EventSink.of(List.of(addresses, each))).orElse(addresses);
    }

    /// An IKE_SA will be deleted as nothing went through it.
    public void idle(int ikeUniqueId) {
        accounting.ifPresent(each -> each.ends(ikeUniqueId, TerminateCause.IDLE_TIMEOUT));
    }

    /// Begins to listen for what servers want changed, if that is configured. If the port cannot be
    /// had, that is logged, and logins go on without.
    public void serveChanges(RunningSessions sessions, Supplier<Instant> wallClock) {
        if (conf.dae().isEmpty()) {
            return;
        }
        var dae = conf.dae().get();
        var requests =
                new ChangeRequests(
                        conf,
                        new RadiusSeal(dae.secret()),
                        sessions,
                        ike -> accounting.flatMap(each -> each.sessionId(ike.uniqueId())),
                        wallClock,
                        shared.log());
        try {
            changes = Optional.of(new ChangeListener(dae, requests, shared.log()));
        } catch (IOException | IllegalArgumentException e) {
            shared.log().log(
                    Group.CFG,
                    0,
                    "eap-radius.dae: cannot listen on %s port %d: %s",
                    dae.listen(),
                    dae.port(),
                    e.getMessage());
        }
    }

    /// Sends the last records first.
    @Override
    public void close() {
        changes.ifPresent(ChangeListener::close);
        accounting.ifPresent(Accounting::close);
        records.ifPresent(RadiusClient::close);
        logins.close();
        shared.timer().shutdownNow();
    }
}
