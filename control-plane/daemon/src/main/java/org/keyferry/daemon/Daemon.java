package org.keyferry.daemon;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.keyferry.daemon.addresses.AddressProvider;
import org.keyferry.daemon.addresses.AddressProviders;
import org.keyferry.daemon.addresses.PoolReader;
import org.keyferry.daemon.addresses.Pools;
import org.keyferry.daemon.config.ConfigStore;
import org.keyferry.daemon.config.DaemonConf;
import org.keyferry.daemon.config.DaemonFiles;
import org.keyferry.daemon.config.HostNames;
import org.keyferry.daemon.config.Publisher;
import org.keyferry.daemon.config.SwanctlFile;
import org.keyferry.daemon.connmark.ConnectionMarks;
import org.keyferry.daemon.creds.CredentialStore;
import org.keyferry.daemon.creds.ExpiryWatch;
import org.keyferry.daemon.creds.SwanctlCredentials;
import org.keyferry.daemon.creds.Trust;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.dataplane.Dataplanes;
import org.keyferry.daemon.inactivity.InactivityWatch;
import org.keyferry.daemon.lan.Lan;
import org.keyferry.daemon.liveness.TrafficWatch;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.log.Loggers;
import org.keyferry.daemon.policies.Acquires;
import org.keyferry.daemon.policies.PolicyManager;
import org.keyferry.daemon.radius.Radius;
import org.keyferry.daemon.resolver.NameServers;
import org.keyferry.daemon.revocation.Fetcher;
import org.keyferry.daemon.revocation.RevocationService;
import org.keyferry.daemon.service.LoadingScript;
import org.keyferry.daemon.service.Privileges;
import org.keyferry.daemon.service.Scripts;
import org.keyferry.daemon.shard.EapBackend;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.daemon.shard.Wishes;
import org.keyferry.daemon.sim.Sims;
import org.keyferry.daemon.token.Pkcs11;
import org.keyferry.daemon.transport.FreePorts;
import org.keyferry.daemon.transport.KernelAddresses;
import org.keyferry.daemon.transport.OwnAddresses;
import org.keyferry.daemon.transport.TcpOptions;
import org.keyferry.daemon.transport.TcpTransport;
import org.keyferry.daemon.transport.Transport;
import org.keyferry.daemon.transport.TransportOptions;
import org.keyferry.daemon.transport.UdpTransport;
import org.keyferry.daemon.updown.UpdownScripts;
import org.keyferry.daemon.vici.Commands;
import org.keyferry.daemon.vici.ViciFace;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Ids;
import org.keyferry.engine.Input;
import org.keyferry.engine.Path;
import org.keyferry.settings.LoadedConf;
import org.keyferry.settings.RadiusConf;
import org.keyferry.settings.Service.Script;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SocketConf;
import org.keyferry.vici.ViciAddress;

/// A running daemon: all its parts, from start to end. Several can live in one process as long as
/// their sockets differ.
public final class Daemon implements AutoCloseable {
    private static final String DEFAULT_DATAPLANE = "xfrm";
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(2);
    private static final Duration TAKING_A_CONFIGURATION = Duration.ofMillis(500);

    private final MonotonicClock clock = new MonotonicClock();
    private final Closing parts = new Closing();
    private final Log log = new Log();
    private final ConfigStore store = new ConfigStore();
    private final HostNames hosts;
    private final Set<String> told = new HashSet<>();
    private final CredentialStore credentials = new CredentialStore();
    private final RevocationService revocations;
    private final Trust trust;
    private final Requests requests = new Requests();
    private final Shards shards = new Shards(clock);
    private final Pkcs11 tokens;
    private final SwanctlFile swanctlFile;
    private final DaemonFiles files;
    private volatile DaemonConf conf;
    private Publisher publisher;
    private CompletableFuture<Void> startScriptsDone;
    private Reload reload;
    private Initiator initiator;
    private PeerAddresses peers;
    private PolicyManager policies;
    private PoolReader poolsOfFile;
    private Sims sims;

    private Daemon(DaemonFiles files, DaemonConf conf) {
        this.files = files;
        this.conf = conf;
        this.tokens = new Pkcs11(() -> this.conf.charon().pkcs11(), log);
        this.swanctlFile = new SwanctlFile(tokens, log);
        this.hosts = new HostNames(conf.charon().hostResolverThreads());
        this.revocations =
                new RevocationService(
                        () -> this.conf.charon().revocation(),
                        Fetcher.ofHost(),
                        files.swanctlDir(),
                        log);
        this.trust = new Trust(credentials, revocations, () -> this.conf.charon().trust());
    }

    /// Starts a daemon; when this returns it serves peers and VICI clients, and children that are
    /// to be started are under way.
    ///
    /// @throws SettingsException if strongswan.conf is wrong; mistakes in swanctl.conf are logged
    /// @throws IOException naming the part that could not be started; nothing is left behind
    public static Daemon start(DaemonFiles files) throws IOException, SettingsException {
        try (var privileges = Privileges.unchanged()) {
            return start(files, privileges);
        }
    }

    /// As [#start(DaemonFiles)].
    ///
    /// @param privileges not needed any more when this returns
    public static Daemon start(DaemonFiles files, Privileges privileges)
            throws IOException, SettingsException {
        var daemon = new Daemon(files, DaemonConf.load(files));
        boolean started = false;
        try {
            daemon.start(privileges);
            started = true;
            return daemon;
        } finally {
            if (!started) {
                daemon.parts.close();
            }
        }
    }

    private void start(Privileges privileges) throws IOException {
        parts.add("pid file", PidFile.create(conf.pidFileOrDefault()));
        parts.add("log", log);
        useLoggers();
        log.log(Group.DMN, 1, "Starting IKE daemon keyferryd (Keyferry %s)", Version.TEXT);
        tellAbout(conf);

        String dataplaneName = conf.dataplane().orElse(DEFAULT_DATAPLANE);
        Dataplane dataplane = Dataplanes.open(dataplaneName, conf.charon());
        parts.add("dataplane", dataplane);
        var transport = transport(dataplane);
        parts.add("transport", transport);
        publisher = new Publisher(store, hosts, trust::current, this::configure, log);
        parts.add("configuration", publisher);
        parts.add("revocation", revocations);
        parts.add("tokens", tokens);
        var expiry = new ExpiryWatch(credentials, clock::now, log);
        expiry.start();
        parts.add("expiry", expiry);
        hosts.onChange(publisher::changed);
        peers = new PeerAddresses(hosts, dataplane);
        initiator =
                new Initiator(
                        shards,
                        peers,
                        publisher,
                        store,
                        requests,
                        conf.charon().children().retryInitiateInterval(),
                        log);
        var ids = new Ids(conf.charon().kernel().reqidBase());
        if (conf.charon().service().crashDetection()) {
            ids.crashTokens(CrashSecret.load(conf.charon().service().stateDir(), log));
        }
        sims = new Sims(conf.charon().service().stateDir(), log);
        sims.load(conf.charon().sims());
        parts.add("SIM cards", sims);
        ids.sims(sims);
        TicketKeyFile.serve(ids.ticketKeys(), conf.charon().service().stateDir(), log);
        policies = new PolicyManager(peers, dataplane, ids, log);
        reload = new Reload(store, publisher, initiator, shards, policies, log);
        var face = new ViciFace(requests, log, clock);
        var updown =
                new UpdownScripts(
                        dataplane, conf.charon().configPayloads().updownHasNameServers(), log);
        parts.add("updown scripts", updown);
        RadiusConf radiusConf = conf.charon().radius();
        var sessions = new RadiusSessions(radiusConf, shards, face, log);
        var radius = new Radius(radiusConf, dataplane, sessions, clock::now, log);
        parts.add("RADIUS", radius);
        var inactivity =
                new InactivityWatch(
                        shards,
                        dataplane,
                        conf.charon().children().inactivityCloseIke(),
                        radius::idle,
                        clock,
                        log);
        var traffic =
                new TrafficWatch(shards, dataplane, conf.charon().paths().dpdCountsEsp(), clock);
        var pools = new Pools(log);
        poolsOfFile = new PoolReader(pools, log);
        var configPayloads = conf.charon().configPayloads();
        var lan =
                new Lan(
                        conf.charon().lan(),
                        conf.charon().sockets().portNatT(),
                        privileges,
                        clock::now,
                        log);
        parts.add("DHCP and ARP", lan);
        EventSink marks = marks();
        var addresses =
                new AddressProviders(
                        List.of(pools, radius.addresses(), lan.addresses()),
                        PoolReader.attributes(configPayloads.attributes(), log),
                        log);
        var nameServers = new NameServers(configPayloads.nameServers(), log);
        parts.add("name servers", nameServers);
        startShards(
                dataplane,
                addresses,
                transport,
                ids,
                radius.backend(),
                EventSink.of(
                        List.of(
                                face,
                                updown,
                                inactivity,
                                traffic,
                                nameServers,
                                radius.events(),
                                lan.events(),
                                marks)));
        parts.add("inactivity", inactivity);
        parts.add("liveness", traffic);
        dataplane.onExpired(
                (state, hard) ->
                        shards.giveAll(
                                new Input.ChildExpired(
                                        state.destination(),
                                        state.protocolId(),
                                        state.spi(),
                                        hard)));
        dataplane.onMapping(
                (inbound, remote) ->
                        shards.giveAll(
                                new Input.PeerSeen(
                                        inbound.destination(),
                                        inbound.protocolId(),
                                        inbound.spi(),
                                        remote)));
        dataplane.onAcquire(new Acquires(policies, initiator::initiate, requests, log));
        listen(transport, dataplane);
        radius.serveChanges(sessions, Instant::now);
        parts.add("traps and shunts", policies);
        parts.add("retries", initiator);

        var commands =
                Commands.of(
                        new Commands.Parts(
                                this,
                                store,
                                publisher,
                                initiator,
                                requests,
                                shards,
                                dataplane,
                                credentials,
                                tokens,
                                revocations,
                                pools,
                                policies,
                                reload,
                                clock,
                                log));
        loadSwanctlConf();
        Thread.startVirtualThread(this::findCertificatesOnTokens);
        face.serve(conf.viciAddress(), commands);
        parts.add("VICI", face);
        if (conf.viciAddress() instanceof ViciAddress.Unix(var socket)) {
            var service = conf.charon().service();
            privileges.give(socket, service.user(), service.group());
        }
        log.log(
                Group.DMN,
                1,
                "serving with %d shards and dataplane %s",
                shards.count(),
                dataplaneName);
        runScripts();
    }

    private EventSink marks() {
        if (!conf.charon().marksConnections()) {
            return _ -> {};
        }
        var marks = new ConnectionMarks(conf.charon().sockets().portNatT(), log);
        parts.add("marks of connections", marks);
        return marks;
    }

    /// Opens all that is logged to anew, which is also how rotated files are let go of.
    private void useLoggers() {
        Loggers loggers = conf.loggers();
        log.use(loggers.sinks());
        loggers.problems().forEach(problem -> log.log(Group.DMN, 0, "%s", problem));
    }

    /// Start scripts run now, in the background; stop scripts before anything else ends.
    private void runScripts() {
        parts.add(
                "stop scripts",
                () ->
                        new Scripts(log, Scripts.STOP_LIMIT)
                                .run("stop", conf.charon().service().stopScripts()));
        var startScripts = new Scripts(log, Scripts.START_LIMIT);
        parts.add("start scripts", startScripts);
        startScriptsDone = startScripts.start("start", conf.charon().service().startScripts());
    }

    private Transport transport(Dataplane dataplane) throws IOException {
        SocketConf wanted = conf.charon().sockets();
        conf = conf.withPorts(FreePorts.orFree(wanted.port()), FreePorts.orFree(wanted.portNatT()));
        var sockets = conf.charon().sockets();
        try {
            var udp =
                    new UdpTransport(
                            TransportOptions.of(sockets), dataplane::prepareSocket, shards, log);
            var tcp =
                    new TcpTransport(
                            TcpOptions.of(sockets, conf.engineSettings(0).halfOpenTimeout()),
                            dataplane,
                            shards,
                            shards::giveAll,
                            udp.counters(),
                            log);
            return new Transport(udp, tcp);
        } catch (IllegalArgumentException e) {
            throw new IOException("charon.port and charon.port_nat_t: " + e.getMessage(), e);
        }
    }

    private void startShards(
            Dataplane dataplane,
            AddressProvider addresses,
            Transport transport,
            Ids ids,
            EapBackend eap,
            EventSink events) {
        parts.add("shards", shards);
        shards.start(
                conf.shards(),
                conf.inboxDatagrams(),
                conf.engineSettings(engineLogLevel()),
                ids,
                dataplane,
                addresses,
                transport,
                eap,
                events,
                new Wanted(),
                log);
        parts.add("SAs", this::deleteSas);
    }

    /// VICI clients may want lines of level 1 though no sink does.
    private int engineLogLevel() {
        return Math.max(1, log.highestLevel());
    }

    /// What engines wish: in the background, as it may take a while.
    private final class Wanted implements Wishes {
        @Override
        public void reinitiate(Effect.Reinitiate wish) {
            initiator.reinitiate(wish);
        }

        @Override
        public void trap(Effect.Trap wish) {
            Thread.startVirtualThread(() -> policies.trap(store, wish));
        }

        @Override
        public void findGateway(Effect.FindGateway wish, Consumer<Optional<Path>> answer) {
            Thread.startVirtualThread(
                    () -> answer.accept(peers.towards(wish.connection(), wish.gateway())));
        }
    }

    private void deleteSas() {
        int left = shards.shutDown(PATIENCE_AT_END);
        if (left > 0) {
            log.log(Group.DMN, 1, "%d IKE_SAs did not end in time and are dropped", left);
        }
    }

    private void listen(Transport transport, Dataplane dataplane) throws IOException {
        OwnAddresses addresses =
                conf.listen().isEmpty()
                        ? KernelAddresses.open(
                                conf.charon().sockets().interfaces(),
                                KernelAddresses.Changes.of(conf.charon().kernel()),
                                log)
                        : OwnAddresses.fixed(conf.listen());
        parts.add("addresses", addresses);
        addresses.follow(
                now -> {
                    try {
                        transport.use(now);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                own -> {
                    shards.giveAll(
                            new Input.NetworkChanged(
                                    own.stream()
                                            .filter(each -> !dataplane.isVirtual(each))
                                            .toList()));
                    initiator.networkChanged();
                });
    }

    /// Returns when the shards work by it; one that is busy for long takes it when it comes to it.
    private void configure(Configuration next) {
        shards.giveAll(new Input.Configured(next));
        var _ = shards.answer(TAKING_A_CONFIGURATION);
    }

    /// Reads strongswan.conf again for what may change while running, which is where the log goes.
    ///
    /// @throws SettingsException if it is wrong; everything stays as it was
    public synchronized void reloadSettings() throws SettingsException {
        SocketConf sockets = conf.charon().sockets();
        conf = DaemonConf.load(files).withPorts(sockets.port(), sockets.portNatT());
        useLoggers();
        if (conf.charon().pkcs11().reloadCerts()) {
            Thread.startVirtualThread(this::findCertificatesOnTokens);
        }
        int level = engineLogLevel();
        shards.tellAll(engine -> engine.logUpTo(level));
        tellAbout(conf);
        sims.load(conf.charon().sims());
        publisher.changed(); // options of trust are part of what engines get
        log.log(Group.CFG, 1, "reloaded settings");
    }

    /// Takes as long as the tokens do.
    private void findCertificatesOnTokens() {
        if (!conf.charon().pkcs11().modules().isEmpty()) {
            credentials.replaceOfTokens(tokens.certificates());
            publisher.changed();
        }
    }

    /// Each thing is told once, not with every reload.
    private void tellAbout(DaemonConf read) {
        read.warnings().stream()
                .filter(told::add)
                .forEach(warning -> log.log(Group.CFG, 0, "%s", warning));
        read.notes().stream().filter(told::add).forEach(note -> log.log(Group.CFG, 2, "%s", note));
    }

    /// Reads both files again. What is wrong is logged, and then stays as it was.
    public void reload() {
        try {
            reloadSettings();
        } catch (SettingsException e) {
            log.log(Group.CFG, 0, "settings not reloaded: %s", e.getMessage());
        }
        loadSwanctlConf();
    }

    /// Reads swanctl.conf, unless a start script has swanctl do that: what swanctl loaded is then
    /// its own to change.
    private synchronized void loadSwanctlConf() {
        Optional<Script> loading =
                LoadingScript.among(conf.charon().service().startScripts(), System.getenv());
        if (loading.isPresent()) {
            log.log(
                    Group.CFG,
                    1,
                    "connections are left to start script '%s'",
                    loading.get().name());
            return;
        }
        try {
            var own =
                    SwanctlCredentials.read(
                            files.swanctlConf(),
                            tokens,
                            problem -> log.log(Group.CFG, 0, "%s", problem));
            credentials.replaceFiles(own);
            log.log(
                    Group.CFG,
                    1,
                    "loaded %d certificates, %d private keys and %d authorities from %s",
                    own.certificates().size(),
                    own.keys().size(),
                    own.authorities().size(),
                    files.swanctlDir());
            LoadedConf loaded = swanctlFile.load(files.swanctlConf(), conf.charon());
            poolsOfFile.replaceFile(loaded.pools());
            reload.replaceFile(loaded);
        } catch (SettingsException e) {
            log.log(Group.CFG, 0, "connections not loaded: %s", e.getMessage());
        }
    }

    /// Completes when the last start script has ended.
    public CompletableFuture<Void> startScriptsDone() {
        return startScriptsDone;
    }

    /// Whether all shards answer within that time.
    public boolean answers(Duration patience) {
        return shards.answer(patience);
    }

    public DaemonConf conf() {
        return conf;
    }

    public Log log() {
        return log;
    }

    /// Deletes all SAs, waits for the peers a little, and takes everything down, the newest part
    /// first.
    @Override
    public void close() {
        log.log(Group.DMN, 1, "shutting down");
        parts.close();
    }
}
