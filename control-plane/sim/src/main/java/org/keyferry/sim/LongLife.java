package org.keyferry.sim;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.TcpUse;
import org.keyferry.settings.model.UniquePolicy;

/// Two peers that live for days, with lifetimes from minutes to a day, over networks from perfect
/// to miserable, behind NATs that forget them, under addresses that change, with crashes and
/// restarts of either side. At the end each side has exactly what is configured, and so has its
/// kernel; what must hold at every moment is [SimWatch]'s.
public final class LongLife {
    /// What happens to tunnels.
    public enum Fate {
        CHILD_REKEYED,
        IKE_REKEYED,
        IKE_UP,
        CHILD_FAILED,
        NAT_REBOUND,
        MOVED,
        CRASHED,
        RESTARTED,
        ALL_REKEYED_AT_ONCE,
        DELETED,
        UDP_BLOCKED,
        SUSPENDED
    }

    private static final Duration CALM = Duration.ofHours(1);
    private static final Duration WATCH = Duration.ofMinutes(2);
    private static final long WATCHES_PER_DAY = 720;
    private static final Duration LONGEST_DPD = Duration.ofMinutes(30);
    private static final Duration REST = Duration.ofSeconds(7);
    private static final int REST_TRIES = 4;
    private static final int BLOCKS_PER_DAY = 6;
    private static final int SLEEPS_PER_DAY = 2;
    private static final int MOVES_PER_DAY = 4;
    private static final List<String> CHILDREN = List.of("net", "voice");
    private static final String HOME = "192.0.2.1";
    private static final String ELSEWHERE = "198.51.100.1";
    private static final String OTHER_HOME = "192.0.2.2";
    private static final String OTHER_ELSEWHERE = "198.51.100.2";

    /// Every fourth seed is of a perfect network, where nothing may be lost at all: there datagrams
    /// overtake each other, and that is all.
    private enum Net {
        PERFECT,
        OPEN,
        /// `a` is behind a NAT that gives it other ports now and then.
        NAT,
        /// `a` has other addresses now and then.
        MOVING
    }

    private final long seed;
    private final Duration life;
    private final Set<Extra> extras;
    private final SplittableRandom choice;

    /// Apart, so that the same seed leads to the same with and without extras.
    private final SplittableRandom furtherChoice;

    private final Net net;
    private final boolean mobike;
    private final SimWorld world;
    private final SimPeer a;
    private final SimPeer b;
    private final Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
    private SimNat nat;
    private long wishes;
    private boolean udpBlocked;

    private LongLife(long seed, Duration life, Kind kind, boolean recorded) {
        this.seed = seed;
        this.life = life;
        this.extras = kind == Kind.RICH ? Extra.drawnFor(seed) : Set.of();
        this.choice = new SplittableRandom(seed);
        this.furtherChoice = new SplittableRandom(seed + 1);
        this.net = Net.values()[Math.floorMod(seed, Net.values().length)];
        this.mobike = choice.nextBoolean();
        this.world = SimWorld.seeded(seed);
        if (!recorded) {
            world.unrecorded();
        }
        // without the other order there are moments without a tunnel
        boolean makeBeforeBreak = net == Net.PERFECT || choice.nextBoolean();
        var settings =
                EngineSettings.defaults()
                        .with(new Renewal(makeBeforeBreak, Duration.ofSeconds(5), true));
        this.a = world.peer("a", HOME, settings);
        this.b = world.peer("b", OTHER_HOME, settings);
    }

    /// Whether peers have extras ([Extra]), such as virtual IPs and tickets.
    public enum Kind {
        PLAIN,
        RICH
    }

    /// Lives through it.
    ///
    /// @return how often what happened
    /// @throws AssertionError naming the seed and what does not hold
    public static Map<Fate, Integer> of(long seed, Duration life, Kind kind) {
        return new LongLife(seed, life, kind, false).run();
    }

    /// The same with everything on record, to look into a failure.
    ///
    /// @param lines how many of the last lines of the transcript come with the error
    public static Map<Fate, Integer> recorded(long seed, Duration life, Kind kind, int lines) {
        var story = new LongLife(seed, life, kind, true);
        story.a.tells(event -> story.log(story.a, event));
        story.b.tells(event -> story.log(story.b, event));
        try {
            return story.run();
        } catch (AssertionError e) {
            List<String> all = story.world.transcript();
            String end =
                    String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
            throw new AssertionError(e.getMessage() + "\n" + end, e);
        }
    }

    private void log(SimPeer peer, Event event) {
        if (event instanceof Event.Logged line) {
            world.note("  %s[%d]: %s", peer.name(), line.ikeUniqueId(), line.text());
        }
        count(event);
    }

    private Duration between(Duration least, Duration most) {
        // as many short as long ones
        double from = Math.log((double) least.toSeconds());
        double to = Math.log((double) most.toSeconds());
        double log = from + choice.nextDouble() * (to - from);
        return Duration.ofSeconds((long) Math.exp(log));
    }

    private SimConnection lifetimes(SimConnection connection) {
        Duration child = between(Duration.ofMinutes(10), Duration.ofDays(1));
        Duration ike = between(Duration.ofMinutes(20), Duration.ofDays(1));
        connection.childLifetime(child, child.plus(child.dividedBy(10)), child.dividedBy(10));
        Duration part = ike.dividedBy(10);
        return choice.nextInt(4) == 0
                ? connection.ikeLifetime(Duration.ZERO, part, part).reauth(ike)
                : connection.ikeLifetime(ike, part, part).reauth(Duration.ZERO);
    }

    private SimConnection office() {
        var connection =
                SimConnection.between("a.test", "b.test")
                        .child("voice", "10.3.0.0/16", "10.4.0.0/16")
                        .unique(UniquePolicy.REPLACE)
                        .dpd(between(Duration.ofMinutes(2), LONGEST_DPD));
        if (!mobike) {
            connection.withoutMobike();
        }
        if (!choice.nextBoolean()) {
            connection
                    .esp(SimConnection.espProposal(SimConnection.AES_GCM_16, SimConnection.X25519))
                    .keyRenewal(choice.nextInt(1, 5), Duration.ZERO);
        }
        Extra.configure(extras, connection);
        return connection;
    }

    private Map<Fate, Integer> run() {
        try {
            begin();
            live();
            world.network().loss(0).duplication(0).jitter(Duration.ZERO).blocksUdp(false);
            for (Duration calm = Duration.ZERO; calm.compareTo(CALM) < 0; calm = calm.plus(WATCH)) {
                keepUp();
                world.run(WATCH);
            }
            checkAtRest();
        } catch (AssertionError | RuntimeException e) {
            String said = String.valueOf(e.getMessage());
            String told = said.contains("seed") ? said : "seed " + seed + ": " + e;
            throw new AssertionError(extras.isEmpty() ? told : told + " " + extras, e);
        }
        return fates;
    }

    private void begin() {
        if (world.isRecorded()) {
            a.tells(event -> log(a, event));
            b.tells(event -> log(b, event));
        } else {
            a.tells(this::count);
            b.tells(this::count);
        }
        var mine = lifetimes(office());
        var theirs = lifetimes(mine.mirrored());
        if (!mobike) {
            theirs.withoutMobike();
        }
        Extra.configureEnds(extras, mine, theirs, isReachable());
        if (extras.contains(Extra.VIRTUAL_IP)) {
            b.gives(List.of(), "10.5.0.1", "10.5.0.2");
        }
        if (extras.contains(Extra.TCP)) {
            world.network().streams().listens(OTHER_HOME, TcpUse.PORT);
        }
        var key = SimConnection.secret("ike-1", "correct horse");
        var secrets =
                extras.contains(Extra.PPK)
                        ? List.of(key, SimConnection.ppkSecret(Extra.PPK_ID, "battery staple"))
                        : List.of(key);
        a.configured(List.of(mine.build()), secrets);
        b.configured(List.of(theirs.build()), secrets);
        if (choice.nextBoolean()) {
            a.detectsCrashes();
            b.detectsCrashes();
        }
        if (net == Net.NAT) {
            nat = world.network().nat(a, "203.0.113.1");
            nat.forgetsAfter(Duration.ofMinutes(1));
        }
        keepUp();
        world.run(Duration.ofSeconds(10));
        world.network().jitter(Duration.ofMillis(choice.nextInt(1, 3_000)));
        if (net == Net.PERFECT) {
            world.traffic().flows(CHILDREN.size());
        } else {
            world.network().loss(choice.nextDouble() * 0.3).duplication(choice.nextDouble() * 0.2);
        }
    }

    private void live() {
        for (Duration age = Duration.ZERO; age.compareTo(life) < 0; age = age.plus(WATCH)) {
            if (net != Net.PERFECT) {
                disturb();
                disturbFurther(life.minus(age));
                keepUp();
            }
            world.run(WATCH);
        }
    }

    /// As the configuration's actions do: what is not up is asked for.
    private void keepUp() {
        for (String child : CHILDREN) {
            if (a.children(child).isEmpty()) {
                a.initiates("office", child, b.address());
                wishes++;
            }
            if (isReachable() && b.children(child).isEmpty()) {
                b.initiates("office", child, a.address());
            }
        }
    }

    /// The other end may begin, too.
    private boolean isReachable() {
        return extras.contains(Extra.BOTH_WISH)
                && !extras.contains(Extra.VIRTUAL_IP)
                && net != Net.NAT;
    }

    /// Several times a day something happens that nobody planned.
    private void disturb() {
        int each = (int) (8 * WATCHES_PER_DAY);
        SimPeer either = choice.nextBoolean() ? a : b;
        switch (choice.nextInt(each)) {
            case 0, 1 -> {
                note(Fate.CRASHED);
                either.crashes();
            }
            case 2, 3 -> {
                note(Fate.RESTARTED);
                either.restartsFromSnapshots();
            }
            case 4, 5, 6, 7 -> {
                note(Fate.ALL_REKEYED_AT_ONCE);
                allRekey();
            }
            case 8 -> {
                note(Fate.DELETED);
                either.views().forEach(view -> either.terminates(view.uniqueId()));
            }
            case 9 -> {
                note(Fate.DELETED);
                either.children("net")
                        .forEach(c -> either.terminatesChild(c.installation().childUniqueId()));
            }
            default -> travel(choice.nextInt(each));
        }
    }

    /// @param left of the life
    private void disturbFurther(Duration left) {
        if (extras.contains(Extra.TCP) && happens(BLOCKS_PER_DAY)) {
            note(Fate.UDP_BLOCKED);
            udpBlocked = !udpBlocked;
            world.network().blocksUdp(udpBlocked);
        }
        if (extras.contains(Extra.BOTH_MOVE) && net == Net.MOVING && happens(MOVES_PER_DAY)) {
            moveOther();
        }
        if (extras.contains(Extra.SLEEP) && happens(SLEEPS_PER_DAY)) {
            Duration sleep = Duration.ofSeconds(furtherChoice.nextInt(1, 3 * 3_600));
            if (sleep.compareTo(left) < 0) {
                note(Fate.SUSPENDED);
                (furtherChoice.nextBoolean() ? a : b).sleeps(sleep);
            }
        }
    }

    private void moveOther() {
        note(Fate.MOVED);
        switch (furtherChoice.nextInt(3)) {
            case 0 -> b.movesTo(OTHER_HOME);
            case 1 -> b.movesTo(OTHER_ELSEWHERE);
            default -> b.movesTo(OTHER_HOME, OTHER_ELSEWHERE);
        }
    }

    private boolean happens(int perDay) {
        return furtherChoice.nextInt((int) WATCHES_PER_DAY) < perDay;
    }

    private void travel(int dice) {
        if (dice >= 4 * 8) { // four times a day
            return;
        }
        if (net == Net.NAT) {
            note(Fate.NAT_REBOUND);
            nat.rebind();
        } else if (net == Net.MOVING) {
            note(Fate.MOVED);
            switch (choice.nextInt(4)) {
                case 0 -> a.movesTo(HOME);
                case 1 -> a.movesTo(ELSEWHERE);
                case 2 -> a.movesTo(HOME, ELSEWHERE);
                default -> a.movesTo(ELSEWHERE, HOME);
            }
        }
    }

    private void allRekey() {
        boolean children = choice.nextBoolean();
        for (SimPeer peer : List.of(a, b)) {
            if (children) {
                for (String child : CHILDREN) {
                    peer.children(child)
                            .forEach(c -> peer.rekeysChild(c.installation().childUniqueId()));
                }
            } else {
                peer.views().forEach(view -> peer.rekeysIke(view.uniqueId()));
            }
        }
    }

    private void note(Fate fate) {
        fates.merge(fate, 1, Integer::sum);
        world.note("%s", fate);
    }

    private void count(Event event) {
        switch (event) {
            case Event.ChildRekeyed _ -> fates.merge(Fate.CHILD_REKEYED, 1, Integer::sum);
            case Event.IkeRekeyed _ -> fates.merge(Fate.IKE_REKEYED, 1, Integer::sum);
            case Event.IkeUp _ -> fates.merge(Fate.IKE_UP, 1, Integer::sum);
            case Event.ChildFailed _ -> fates.merge(Fate.CHILD_FAILED, 1, Integer::sum);
            default -> {}
        }
    }

    /// A rekeying may be under way just now.
    private void checkAtRest() {
        for (int tries = 0; tries < REST_TRIES; tries++) {
            try {
                check();
                return;
            } catch (AssertionError e) {
                world.run(REST);
            }
        }
        check();
    }

    private void check() {
        world.checkAgreement();
        for (SimPeer peer : List.of(a, b)) {
            expect(1, peer.established(), peer, "IKE_SAs");
            for (String child : CHILDREN) {
                expect(1, peer.children(child).size(), peer, child);
            }
        }
        if (net == Net.PERFECT) {
            if (!world.traffic().lost().isEmpty()) {
                throw new AssertionError(
                        "seed %d: lost %s".formatted(seed, world.traffic().lost().getFirst()));
            }
            expect(CHILDREN.size(), wishes, a, "wishes: something came down");
        }
    }

    private void expect(long expected, long found, SimPeer peer, String what) {
        if (expected != found) {
            throw new AssertionError(
                    "seed %d: %s has %d, not %d, %s"
                            .formatted(seed, peer.name(), found, expected, what));
        }
    }
}
