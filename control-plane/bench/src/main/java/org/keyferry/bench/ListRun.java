package org.keyferry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;

/// How long `list-sas` takes with many SAs, and how long an `initiate` takes alone and beside two
/// clients that list: one again and again, one that stops reading. Each daemon initiates to a
/// keyferryd in a network namespace of its own. Started by `control-plane/bench/list-sas`.
public final class ListRun {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int WINDOW = 64;
    private static final int ROUNDS = 30;
    private static final String CHARON = "/usr/sbin/charon-systemd";
    private static final String OWN_ADDRESS = "10.99.0.1";
    private static final String PEER_ADDRESS = "10.99.0.2";
    private static final String NETWORKS =
            """
            ip netns add %1$s
            ip link add out type veth peer name out netns %1$s
            ip address add %2$s/24 dev out
            ip link set out up
            ip netns exec %1$s sh -c 'ip link set lo up; ip link set out up; ip address add %3$s/24 dev out'
            """
                    .formatted(Responder.PEER_NAMESPACE, OWN_ADDRESS, PEER_ADDRESS);

    private final Responder daemon;
    private final int sas;

    private ListRun(Responder daemon, int sas) {
        this.daemon = daemon;
        this.sas = sas;
    }

    /// @param args home of Keyferry's tree, a directory to work in, how many SAs, `yes` for charon
    public static void main(String[] args) throws IOException, InterruptedException {
        Path home = Path.of(args[0]);
        Path work = Files.createDirectories(Path.of(args[1]));
        int sas = Integer.parseInt(args[2]);
        shell(NETWORKS);
        System.out.printf(
                "%-10s %6s %12s %24s %24s %10s%n",
                "daemon",
                "SAs",
                "list-sas ms",
                "initiate ms (worst)",
                "beside lists (worst)",
                "lists");
        try (Responder _ = Responder.peer(home, work)) {
            try (Responder keyferry =
                    Responder.keyferry(home, work, false, BenchIdentities.shared())) {
                new ListRun(keyferry, sas).run();
            }
            if (args[3].equals("yes")) {
                try (Responder charon = Responder.charon(CHARON, work, BenchIdentities.shared())) {
                    new ListRun(charon, sas).run();
                }
            }
        }
    }

    private static void shell(String commands) throws IOException, InterruptedException {
        if (new ProcessBuilder("sh", "-ec", commands).inheritIO().start().waitFor() != 0) {
            throw new IOException("the networks could not be made");
        }
    }

    private void run() throws IOException, InterruptedException {
        try (var generator =
                        new LoadGenerator(
                                LoadGenerator.endpoint("127.0.0.2", 5000),
                                LoadGenerator.endpoint("127.0.0.1", 500),
                                BenchIdentities.shared());
                ViciClient user = client()) {
            if (!generator.raiseTo(sas, WINDOW, LIMIT)) {
                throw new IOException("only " + generator.established() + " SAs came up");
            }
            user.request("load-conn", outward());
            initiations(user); // code that is compiled meanwhile is nothing to measure
            long[] alone = initiations(user);
            long[] listings = listings();
            var counted = new AtomicInteger();
            long[] beside = besideLists(user, counted);
            System.out.printf(
                    "%-10s %6d %12.1f %15.1f %8.1f %15.1f %8.1f %10d%n",
                    daemon.name(),
                    sas,
                    median(listings),
                    median(alone),
                    worst(alone),
                    median(beside),
                    worst(beside),
                    counted.get());
        }
    }

    private static ViciClient client() throws ViciException {
        return ViciClient.connect(Responder.SOCKET).answeringWithin(LIMIT);
    }

    private static ViciMessage outward() {
        return ViciMessage.builder()
                .section(
                        "out",
                        out ->
                                out.put("version", "2")
                                        .put("mobike", "no")
                                        .list("local_addrs", List.of(OWN_ADDRESS))
                                        .list("remote_addrs", List.of(PEER_ADDRESS))
                                        .list("proposals", List.of("aes128gcm16-prfsha256-x25519"))
                                        .section(
                                                "local",
                                                own -> own.put("auth", "psk").put("id", "out.test"))
                                        .section(
                                                "remote",
                                                peer ->
                                                        peer.put("auth", "psk")
                                                                .put("id", "responder.test"))
                                        .section("children", ListRun::child))
                .build();
    }

    private static void child(ViciMessage.Builder children) {
        children.section(
                "out",
                child ->
                        child.put("policies", "no")
                                .list("esp_proposals", List.of("aes128gcm16"))
                                .list("remote_ts", List.of("192.168.77.0/24")));
    }

    /// Nanoseconds of each, whose tunnel goes down again before the next.
    private static long[] initiations(ViciClient user) throws ViciException {
        long[] times = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long begun = System.nanoTime();
            succeed(user.request("initiate", ViciMessage.builder().put("child", "out").build()));
            times[i] = System.nanoTime() - begun;
            succeed(user.request("terminate", ViciMessage.builder().put("ike", "out").build()));
        }
        return times;
    }

    private static void succeed(ViciMessage answer) {
        if (!answer.getString("success", "").equals("yes")) {
            throw new IllegalStateException(answer.getString("errmsg", "no success"));
        }
    }

    private long[] listings() throws ViciException {
        long[] times = new long[ROUNDS];
        try (ViciClient lister = client()) {
            for (int i = 0; i < ROUNDS; i++) {
                long begun = System.nanoTime();
                int listed = list(lister, () -> {});
                times[i] = System.nanoTime() - begun;
                if (listed != sas) {
                    throw new IllegalStateException(listed + " SAs were listed");
                }
            }
        }
        return times;
    }

    private static int list(ViciClient lister, Runnable eachTime) throws ViciException {
        var seen = new AtomicInteger();
        var _ =
                lister.stream(
                        "list-sas",
                        "list-sa",
                        ViciMessage.EMPTY,
                        _ -> {
                            seen.incrementAndGet();
                            eachTime.run();
                        });
        return seen.get();
    }

    private static long[] besideLists(ViciClient user, AtomicInteger counted)
            throws ViciException, InterruptedException {
        var over = new CountDownLatch(1);
        Thread busy =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (over.getCount() > 0) {
                                        listOnce(() -> {});
                                        counted.incrementAndGet();
                                    }
                                });
        Thread stuck = Thread.ofPlatform().start(() -> listOnce(() -> await(over)));
        try {
            return initiations(user);
        } finally {
            over.countDown();
            busy.join();
            stuck.join();
        }
    }

    private static void listOnce(Runnable eachTime) {
        try (ViciClient lister = client()) {
            var _ = list(lister, eachTime);
        } catch (ViciException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2] / 1e6;
    }

    private static double worst(long[] nanos) {
        return Arrays.stream(nanos).max().orElseThrow() / 1e6;
    }
}
