package org.keyferry.daemon.resolver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.ConfigPayloadConf;
import org.keyferry.wire.IpAddress;

/// Has this host's programs ask the name servers that peers gave us, as long as one of the IKE_SAs
/// is up by which they came. Any thread; the work is done elsewhere.
public final class NameServers implements EventSink, AutoCloseable {
    private static final Path RESOLVCONF = Path.of("/sbin/resolvconf");
    private static final int PATIENCE_SECONDS = 15;

    private final Resolver resolver;
    private final boolean install;
    private final Log log;
    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("resolver-", 0).factory());

    /// By unique id of the IKE_SA.
    private final Map<Integer, List<IpAddress>> servers = new LinkedHashMap<>();

    private List<IpAddress> used = List.of();

    public NameServers(ConfigPayloadConf.NameServers conf, Log log) {
        this(resolver(conf), conf.install(), log);
    }

    NameServers(Resolver resolver, boolean install, Log log) {
        this.resolver = resolver;
        this.install = install;
        this.log = log;
    }

    private static Resolver resolver(ConfigPayloadConf.NameServers conf) {
        Path program = conf.resolvconf().orElse(RESOLVCONF);
        return conf.resolvconf().isPresent() || Files.isExecutable(program)
                ? new Resolvconf(program, conf.label(), conf.labelPrefix())
                : new ResolverFile(conf.file());
    }

    @Override
    public void tell(Event event) {
        if (install) {
            switch (event) {
                case Event.IkeUp(IkeView ike) -> up(ike);
                case Event.IkeDown(IkeView ike, _) -> down(ike);
                case Event.IkeRekeyed(IkeView former, IkeView now) -> {
                    up(now);
                    down(former);
                }
                default -> {}
            }
        }
    }

    private synchronized void up(IkeView ike) {
        List<IpAddress> given = ike.virtualIps().nameServers();
        if (!given.isEmpty()) {
            servers.put(ike.uniqueId(), given);
            changed();
        }
    }

    private synchronized void down(IkeView ike) {
        if (servers.remove(ike.uniqueId()) != null) {
            changed();
        }
    }

    private void changed() {
        List<IpAddress> now = servers.values().stream().flatMap(List::stream).distinct().toList();
        if (now.equals(used)) {
            return;
        }
        now.stream()
                .filter(server -> !used.contains(server))
                .forEach(s -> log.log(Group.IKE, 1, "installing DNS server %s to %s", s, resolver));
        used.stream()
                .filter(server -> !now.contains(server))
                .forEach(s -> log.log(Group.IKE, 1, "removing DNS server %s from %s", s, resolver));
        used = now;
        worker.execute(() -> use(now));
    }

    private void use(List<IpAddress> now) {
        try {
            resolver.use(now);
        } catch (IOException e) {
            log.log(Group.IKE, 0, "DNS servers not written to %s: %s", resolver, e.getMessage());
        }
    }

    /// Takes all of them away, and waits for that a while.
    @Override
    public void close() {
        synchronized (this) {
            servers.clear();
            changed();
        }
        worker.shutdown();
        try {
            if (!worker.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                log.log(Group.IKE, 0, "DNS servers may be left in %s", resolver);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
