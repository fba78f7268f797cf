package org.keyferry.daemon.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.eap.sim.NoSim;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.UsimAnswer;
import org.keyferry.settings.SimConf;
import org.keyferry.settings.model.SecretText;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimMethod;

/// Credentials of SIM cards from files, secrets and scripts.
class SimsTest {
    private static final String K = "k=5122250214c33e723a5dd523fc145fc0";
    private static final String OP = "op=c9e8763286b5b9ffbdf56e1297d0887b";
    private static final String OPC = "opc=981d464c7c52eb6e5036234984ad0bcf";
    private static final byte[] RAND = Bytes.ofHex("81e92b6c0ee0e12ebceba8d92a99dfa5").toArray();

    @TempDir Path directory;
    private final Log log = new Log();
    private final List<String> problems = new ArrayList<>();

    private Path file(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private SimConf conf(String subscribers, String triplets, String script) {
        return new SimConf(
                subscribers.isEmpty()
                        ? Optional.empty()
                        : Optional.of(file("subscribers", subscribers)),
                triplets.isEmpty() ? directory.resolve("none") : file("triplets.dat", triplets),
                Optional.of(script).filter(s -> !s.isEmpty()),
                Duration.ofSeconds(20),
                2);
    }

    private Sims sims(String subscribers, String triplets, String script) {
        var sims = new Sims(directory.resolve("state"), log);
        sims.load(conf(subscribers, triplets, script));
        return sims;
    }

    private static SimUser user(EapSimMethod method, String name) {
        return new SimUser(method, name, List.of());
    }

    private static SimUser aka(String name) {
        return user(EapSimMethod.AKA, name);
    }

    @Test
    void aSubscriberByAnyOfItsNames() throws Exception {
        Sims sims = sims("# ours\n001010000000001 %s %s amf=b9b9\n".formatted(K, OP), "", "");
        assertFalse(sims.isEmpty());
        for (String name :
                List.of(
                        "001010000000001",
                        "001010000000001@realm.test",
                        "0001010000000001@realm.test")) {
            Quintuplet made = sims.quintuplet(aka(name), RAND);
            assertEquals("28d7b0f2a2ec3de5", made.xres().hex());
            assertEquals("5349fbe098649f948f5d2e973a81c00f", made.ck().hex());
            assertInstanceOf(
                    UsimAnswer.Proof.class, sims.answer(aka(name), made.rand(), made.autn()));
        }
        for (String name : List.of("1001010000000001", "001010000000002", "", "@")) {
            assertTrue(
                    assertThrows(NoSim.class, () -> sims.quintuplet(aka(name), RAND)).isUnknown());
        }
    }

    /// AKA' wants the separation bit, AKA must not have it.
    @Test
    void theSeparationBitIsTheMethods() throws Exception {
        Sims sims = sims("u %s %s amf=1234\n".formatted(K, OPC), "", "");
        assertEquals("1234", sims.quintuplet(aka("u"), RAND).autn().slice(6, 8).hex());
        assertEquals(
                "9234",
                sims.quintuplet(user(EapSimMethod.AKA_PRIME, "u"), RAND).autn().slice(6, 8).hex());
    }

    @Test
    void wrongLinesAreToldWithoutTheirSecrets() {
        var subscribers =
                Subscribers.read(
                        file(
                                "wrong",
                                """
                                a k=12 opc=981d464c7c52eb6e5036234984ad0bcf
                                b %1$s
                                c %1$s %2$s %3$s
                                d %1$s %3$s amf=123
                                e %1$s %3$s colour=red
                                f %1$s %1$s %3$s
                                good %1$s %3$s
                                good %1$s %3$s
                                g secretsecret
                                %1$s %3$s
                                """
                                        .formatted(K, OP, OPC)),
                        problems::add);
        assertEquals(1, subscribers.count());
        assertEquals(9, problems.size(), problems.toString());
        assertTrue(
                problems.getFirst().endsWith("wrong:1: k of 'a' is not 32 hexadecimal digits"),
                problems.getFirst());
        for (String what :
                List.of(
                        "either opc or op",
                        "amf of 'd'",
                        "unknown key 'colour'",
                        "there twice",
                        "no name")) {
            assertTrue(problems.toString().contains(what), what);
        }
        assertFalse(problems.toString().contains("secretsecret"));
        assertFalse(problems.toString().contains("5122250214"));
    }

    @Test
    void keysThatAreNotThereAnyMoreAreWiped() {
        var subscribers = Subscribers.read(file("s", "u %s %s\n".formatted(K, OPC)), problems::add);
        var copy = subscribers.find("u").orElseThrow();
        subscribers.close();
        assertTrue(subscribers.find("u").isEmpty());
        assertNotEquals(0, copy.k().array()[0]);
    }

    @Test
    void aReloadReplacesAllThatWasThere() throws Exception {
        Sims sims = sims("u %s %s\n".formatted(K, OPC), "", "exit 1");
        sims.quintuplet(aka("u"), RAND);
        sims.load(conf("v %s %s\n".formatted(K, OPC), "", ""));
        assertThrows(NoSim.class, () -> sims.quintuplet(aka("u"), RAND));
        sims.quintuplet(aka("v"), RAND);
        assertFalse(sims.mayWait());
        sims.load(conf("", "", ""));
        assertTrue(sims.isEmpty());
        assertThrows(NoSim.class, () -> sims.quintuplet(aka("v"), RAND));
    }

    /// What fast re-authentication hangs on: it changes with the keys, and asks nobody.
    @Test
    void aSubscriberStandsAsLongAsItsKeysDo() {
        String other = OPC.replace("98", "99");
        String triplet = "10" + "0".repeat(30) + ",10112233,445566778899AABB";
        var sims = sims("joe %s %s\n".formatted(K, OPC), "joe,%s\n".formatted(triplet), "");
        var joe = user(EapSimMethod.SIM, "joe");
        var withSecret = new SimUser(EapSimMethod.SIM, "joe", List.of(secret("0123456789abcdef")));
        var first = sims.standing(joe);
        assertTrue(first.isPresent());
        assertEquals(first, sims.standing(joe));
        sims.load(conf("joe %s %s\n".formatted(K, other), "", ""));
        assertTrue(sims.standing(joe).isPresent());
        assertNotEquals(first, sims.standing(joe));
        sims.load(conf("", "joe,%s\n".formatted(triplet), ""));
        var triplets = sims.standing(joe);
        assertTrue(triplets.isPresent());
        assertNotEquals(first, triplets);
        sims.load(conf("", "joe,%s\n".formatted(triplet.replace("10", "11")), ""));
        assertNotEquals(triplets, sims.standing(joe));
        sims.load(conf("", "", "touch %s; exit 1".formatted(directory.resolve("ran"))));
        assertTrue(sims.standing(joe).isPresent(), "the script may know");
        assertFalse(Files.exists(directory.resolve("ran")));
        var script = sims.standing(joe);
        var left = sims.standing(withSecret);
        assertNotEquals(script, left, "or leave it to the secret");
        sims.load(conf("", "", ""));
        assertEquals(Optional.empty(), sims.standing(joe));
        assertTrue(sims.standing(withSecret).isPresent());
    }

    @Test
    void tripletsAreUsedInTurn() throws Exception {
        String zeros = "0".repeat(30);
        var text = new StringBuilder();
        for (int i = 1; i <= 4; i++) {
            text.append("carol@strongswan.org,%d0%s,%d0112233,".formatted(i, zeros, i));
            text.append("445566778899AABB\n");
        }
        text.append("wrong,line\n");
        Sims sims = sims("", text.toString(), "");
        var carol = user(EapSimMethod.SIM, "carol@strongswan.org");
        List<Triplet> first = sims.triplets(carol, () -> RAND, 3);
        List<Triplet> second = sims.triplets(carol, () -> RAND, 3);
        assertEquals(3, first.size());
        assertEquals("10" + zeros, first.getFirst().rand().hex());
        assertEquals("40" + zeros, second.getFirst().rand().hex());
        assertEquals("10" + zeros, second.get(1).rand().hex());
        assertEquals(first, sims.answers(carol, first.stream().map(Triplet::rand).toList()));
        assertFalse(
                assertThrows(NoSim.class, () -> sims.answers(carol, List.of(Bytes.of(RAND))))
                        .isUnknown());
        assertThrows(NoSim.class, () -> sims.quintuplet(aka("carol@strongswan.org"), RAND));
    }

    @Test
    void whatWasCountedOutlivesTheProcess() throws Exception {
        String subscribers = "u %s %s\n".formatted(K, OPC);
        Sims before = sims(subscribers, "", "");
        Quintuplet old = before.quintuplet(aka("u"), RAND);
        assertInstanceOf(UsimAnswer.Proof.class, before.answer(aka("u"), old.rand(), old.autn()));
        Sims after = sims(subscribers, "", "");
        assertInstanceOf(
                UsimAnswer.Resynchronise.class, after.answer(aka("u"), old.rand(), old.autn()));
        Quintuplet fresh = after.quintuplet(aka("u"), RAND);
        assertInstanceOf(
                UsimAnswer.Proof.class, after.answer(aka("u"), fresh.rand(), fresh.autn()));
        String kept = Files.readString(directory.resolve("state/sim-sequence-numbers"));
        assertTrue(kept.startsWith("network ") && kept.contains("\ncard "), kept);
        assertFalse(kept.contains("5122250214"), "a key");
    }

    @Test
    void aBrokenFileOfNumbersIsNotBelieved() throws Exception {
        Files.createDirectories(directory.resolve("state"));
        String mark = "00".repeat(16);
        file(
                "state/sim-sequence-numbers",
                "network x 5\nnetwork %1$s -5\ncard %1$s 1,2\nother %1$s 1\nnetwork %1$s y\n"
                        .formatted(mark));
        Sims sims = sims("u %s %s\n".formatted(K, OPC), "", "");
        assertEquals(16, sims.quintuplet(aka("u"), RAND).autn().length());
    }

    private static SharedSecret secret(String text) {
        return new SharedSecret(
                "eap-1",
                SharedSecret.Kind.EAP,
                SecretText.owned(text.getBytes(StandardCharsets.US_ASCII)),
                List.of());
    }

    @Test
    void aSecretOfTheIdentityIsTheLastThatIsTried() throws Exception {
        Sims sims = sims("", "", "[ $KEYFERRY_SIM_IDENTITY = u ] && exit 1; exit 1");
        var with = new SimUser(EapSimMethod.AKA, "u", List.of(secret("0123456789abcdef")));
        assertEquals(16, sims.quintuplet(with, RAND).autn().length());
        var password = new SimUser(EapSimMethod.AKA, "u", List.of(secret("a password")));
        assertThrows(NoSim.class, () -> sims.quintuplet(password, RAND));
    }

    @Test
    void aScriptIsAsked() throws Exception {
        String script =
                """
                case "$KEYFERRY_SIM_REQUEST $KEYFERRY_SIM_METHOD $KEYFERRY_SIM_IDENTITY" in
                "quintuplet aka u") echo "$KEYFERRY_SIM_RAND %1$s 0102030405060708 %1$s %1$s";;
                "triplets sim u") echo "%1$s 01020304 0102030405060708"
                    echo "%2$s 01020304 0102030405060708";;
                "sim sim u") for r in $KEYFERRY_SIM_RAND; do echo 01020304 0102030405060708; done;;
                "usim aka u") echo "0102030405060708 $KEYFERRY_SIM_AUTN %1$s";;
                "usim aka stale") echo auts %3$s;;
                "usim aka other") echo reject;;
                "resynchronise aka u") [ "$KEYFERRY_SIM_AUTS" = %3$s ];;
                *) exit 1;;
                esac
                """
                        .formatted("11".repeat(16), "22".repeat(16), "33".repeat(14));
        Sims sims = sims("", "", script);
        assertTrue(sims.mayWait());
        assertEquals(Bytes.of(RAND), sims.quintuplet(aka("u"), RAND).rand());
        var sim = user(EapSimMethod.SIM, "u");
        assertEquals(2, sims.triplets(sim, () -> RAND, 3).size());
        assertEquals(2, sims.answers(sim, List.of(Bytes.of(RAND), Bytes.of(RAND))).size());
        Bytes autn = Bytes.ofHex("44".repeat(16));
        assertEquals(autn, ((UsimAnswer.Proof) sims.answer(aka("u"), Bytes.of(RAND), autn)).ck());
        assertEquals(
                new UsimAnswer.Resynchronise(Bytes.ofHex("33".repeat(14))),
                sims.answer(aka("stale"), Bytes.of(RAND), autn));
        assertEquals(new UsimAnswer.Reject(), sims.answer(aka("other"), Bytes.of(RAND), autn));
        sims.resynchronise(aka("u"), Bytes.of(RAND), Bytes.ofHex("33".repeat(14)));
        assertThrows(
                NoSim.class,
                () -> sims.resynchronise(aka("u"), Bytes.of(RAND), Bytes.ofHex("34".repeat(14))));
        assertThrows(NoSim.class, () -> sims.quintuplet(aka("nobody"), RAND));
    }

    private static NoSim failure(String script, String name) {
        return failure(script, name, Duration.ofSeconds(60));
    }

    private static NoSim failure(String script, String name, Duration timeout) {
        var source = new SimScript(script, timeout, 1);
        return assertThrows(NoSim.class, () -> source.quintuplet(aka(name), RAND));
    }

    @Test
    void whatAScriptDoesWrongIsTold() {
        assertTrue(failure("echo one two", "u").getMessage().contains("a line of RAND"));
        assertTrue(failure("true", "u").getMessage().contains("one line"));
        assertTrue(failure("echo x x x x x", "u").getMessage().contains("printed what is none"));
        assertTrue(
                failure("head -c 9000 /dev/zero", "u").getMessage().contains("printed too much"));
        assertTrue(failure("exit 3", "u").isUnknown());
        assertTrue(failure("/does/not/exist", "u").isUnknown());
    }

    /// The last one leaves something in the background that keeps its output open, which is read by
    /// the time that the shell ends: else the JDK drops the rest.
    @ParameterizedTest
    @ValueSource(strings = {"sleep 60", "yes", "sleep 9 & sleep 0.5"})
    void aScriptHasItsTime(String script) {
        NoSim failure = failure(script, "u", Duration.ofSeconds(1));
        assertTrue(failure.getMessage().contains("did not end"), failure.getMessage());
        assertFalse(failure.isUnknown());
    }

    /// Names come from anybody; what is in them is not run, and not for an environment either.
    @Test
    void aNameIsNoCommand() throws Exception {
        Path made = directory.resolve("made");
        String script = "echo $KEYFERRY_SIM_IDENTITY >/dev/null; exit 1";
        failure(script, "$(touch %s)".formatted(made));
        failure(script, "'; touch %s; '".formatted(made));
        failure(script, "a\nb\u0000c");
        failure(script, "x".repeat(1_000));
        assertFalse(Files.exists(made));
    }

    @Test
    void onlySoManyScriptsAtATime() throws Exception {
        Path lock = directory.resolve("lock");
        Path met = directory.resolve("met");
        var source =
                new SimScript(
                        "mkdir %1$s || touch %2$s; sleep 0.2; rmdir %1$s; exit 1"
                                .formatted(lock, met),
                        Duration.ofSeconds(60),
                        1);
        var all = new ArrayList<CompletableFuture<NoSim>>();
        for (int i = 0; i < 4; i++) {
            all.add(
                    CompletableFuture.supplyAsync(
                            () ->
                                    assertThrows(
                                            NoSim.class, () -> source.quintuplet(aka("u"), RAND)),
                            Thread::startVirtualThread));
        }
        for (var each : all) {
            assertTrue(each.get(60, TimeUnit.SECONDS).isUnknown());
        }
        assertFalse(Files.exists(met), "two at a time");
    }
}
