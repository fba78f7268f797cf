package org.keyferry.engine.eap.sim;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.EapMethod.Step;
import org.keyferry.engine.eap.TlsSessions;
import org.keyferry.engine.eap.sim.LearnedIdentities.Again;
import org.keyferry.engine.eap.sim.LearnedIdentities.Learned;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.Identification;

/// Whatever somebody encrypts in a fast re-authentication who has the keys, in both directions. An
/// ordinary build replays the inputs kept as resources; `JAZZER_FUZZ=1` searches for new ones.
class SimReauthFuzzTest {
    private static final Bytes NAME = Bytes.utf8("0232010000000000@sims.test");
    private static final Bytes REAUTH = Bytes.utf8("4" + "0".repeat(32) + "@sims.test");
    private static final Bytes KEY = Bytes.of(new byte[16]);
    private static final int BLOCK = 16;

    private int taken;

    @FuzzTest(maxDuration = "60s")
    void takesOrRefuses(byte[] data) {
        Bytes plain = Bytes.of(java.util.Arrays.copyOf(data, (data.length / BLOCK + 1) * BLOCK));
        if (plain.length() > 1_000) {
            return;
        }
        for (EapSimMethod method : EapSimMethod.values()) {
            client(method, plain);
            server(method, plain);
        }
    }

    private static SimKeys keys(EapSimMethod method) {
        return method == EapSimMethod.AKA_PRIME
                ? SimKeys.ofAkaPrime(NAME, KEY, KEY, KEY, Bytes.utf8("WLAN"))
                : SimKeys.ofAka(NAME, KEY, KEY);
    }

    private static EapContext context(Bytes name, SimMemory memory) {
        var round = new AuthRound(AuthMethod.EAP, Identification.ANY);
        EapOptions all = EapOptions.DEFAULT;
        var identities = EapOptions.SimIdentities.DEFAULT;
        return new EapContext(
                "office",
                Identification.parse(name.utf8()),
                Identification.parse("server.test"),
                _ -> List.of(),
                round,
                round,
                Credentials.none(),
                new EapOptions(
                        true,
                        false,
                        List.of(),
                        false,
                        all.tls(),
                        all.ttls(),
                        all.peap(),
                        all.limits(),
                        new EapOptions.Sim(
                                true,
                                true,
                                false,
                                Optional.empty(),
                                new EapOptions.SimIdentities(
                                        true,
                                        true,
                                        true,
                                        identities.reauthLimit(),
                                        identities.reauthLifetime(),
                                        identities.pseudonymLifetime()))),
                new TlsSessions(),
                Instant.EPOCH,
                new SeededRandom(new byte[64]),
                new Standing(),
                memory,
                Set.of());
    }

    private static final class Standing extends SimMemories.Silent {
        @Override
        public Optional<Bytes> standing(SimUser user) {
            return Optional.of(Bytes.EMPTY);
        }
    }

    /// What a side with these keys would send.
    private static Bytes sealed(
            EapSimMethod method, SimKeys keys, boolean request, Bytes plain, Bytes extra) {
        var message =
                new EapSimMessage(EapSimSubtype.REAUTHENTICATION)
                        .with(EapSimAttribute.IV, KEY)
                        .with(EapSimAttribute.ENCR_DATA, keys.encrypt(KEY, plain));
        Bytes data = message.with(EapSimAttribute.MAC, KEY).encode();
        Bytes packet =
                (request
                                ? EapPacket.request(1, method.type(), data)
                                : EapPacket.response(1, method.type(), data))
                        .encode();
        Bytes mac = keys.mac(EapSimMessage.withoutMac(packet).orElseThrow().concat(extra));
        return message.with(EapSimAttribute.MAC, mac).encode();
    }

    private void client(EapSimMethod method, Bytes plain) {
        var memory = new SimMemory();
        EapContext context = context(NAME, memory);
        var again = new Again(REAUTH, Bytes.EMPTY, keys(method).lasting(), 1, Instant.EPOCH);
        memory.learned()
                .keep(
                        SimTerms.of(method, context),
                        NAME,
                        new Learned(Optional.empty(), Optional.of(again)));
        SimClient client =
                switch (method) {
                    case SIM -> new EapSimClient(context);
                    case AKA -> EapAkaClient.aka(context);
                    case AKA_PRIME -> EapAkaClient.prime(context);
                };
        check(client.nameToTell().equals(Optional.of(REAUTH)), "another name");
        Step step = client.process(1, sealed(method, keys(method), true, plain, Bytes.EMPTY));
        if (step instanceof Step.Done) {
            client.confirmed();
            taken++;
            check(counterOf(plain) >= 1, "counter was used before");
        }
        check(!(step instanceof Step.Failed), "the server is told");
    }

    private static int counterOf(Bytes plain) {
        try {
            return new EapSimMessage(EapSimSubtype.REAUTHENTICATION)
                    .hidden(true, plain)
                    .get(EapSimAttribute.COUNTER)
                    .map(value -> value.u16(0))
                    .orElse(-1);
        } catch (org.keyferry.wire.PeerViolation e) {
            return -1;
        }
    }

    private void server(EapSimMethod method, Bytes plain) {
        var memory = new SimMemory();
        EapContext context = context(REAUTH, memory);
        SimTerms terms = SimTerms.of(method, context);
        var whom = new GivenIdentities.Subscriber(terms, NAME, Identification.parse(NAME.utf8()));
        memory.given()
                .keep(
                        REAUTH,
                        new GivenIdentities.Again(
                                whom, Bytes.EMPTY, keys(method).lasting(), 1, 5, Instant.EPOCH),
                        EapOptions.SimIdentities.DEFAULT.reauthLifetime(),
                        Instant.EPOCH);
        SimServer server =
                switch (method) {
                    case SIM -> new EapSimServer(context);
                    case AKA -> EapAkaServer.aka(context);
                    case AKA_PRIME -> EapAkaServer.prime(context);
                };
        var asked = (Step.Send) server.begin(1);
        Bytes nonce = nonce(method, asked.data());
        Bytes response = sealed(method, keys(method), false, plain, nonce);
        boolean full = method != EapSimMethod.SIM && isTooSmall(plain);
        if (full) {
            return; // asks a network that this test does not have
        }
        Step step = server.process(1, response);
        if (step instanceof Step.Done) {
            server.confirmed();
            taken++;
            check(memory.given().reauths() == 1, "the next identity is there");
        }
    }

    private static boolean isTooSmall(Bytes plain) {
        try {
            return new EapSimMessage(EapSimSubtype.REAUTHENTICATION)
                    .hidden(false, plain)
                    .has(EapSimAttribute.COUNTER_TOO_SMALL);
        } catch (org.keyferry.wire.PeerViolation e) {
            return false;
        }
    }

    private static Bytes nonce(EapSimMethod method, Bytes request) {
        try {
            EapSimMessage message = EapSimMessage.decode(method, true, request);
            Bytes plain =
                    keys(method)
                            .decrypt(
                                    message.get(EapSimAttribute.IV).orElseThrow(),
                                    message.get(EapSimAttribute.ENCR_DATA).orElseThrow());
            return message.hidden(true, plain).get(EapSimAttribute.NONCE_S).orElseThrow();
        } catch (org.keyferry.wire.PeerViolation e) {
            throw new AssertionError(e);
        }
    }

    /// The same under random attributes, some of them damaged, in every build.
    @Test
    void takesOrRefusesWhatChanceGives() {
        var random = new SplittableRandom(4187);
        EapSimAttribute[] all = {
            EapSimAttribute.COUNTER,
            EapSimAttribute.NONCE_S,
            EapSimAttribute.NEXT_REAUTH_ID,
            EapSimAttribute.COUNTER_TOO_SMALL,
            EapSimAttribute.NEXT_PSEUDONYM
        };
        int[] lengths = {2, 16, 33, 0, 33};
        int[] often = {95, 50, 40, 5, 5};
        for (int run = 0; run < 2_000; run++) {
            var message = new EapSimMessage(EapSimSubtype.REAUTHENTICATION);
            for (int kind = 0; kind < all.length; kind++) {
                if (random.nextInt(100) < often[kind]) {
                    byte[] value = new byte[lengths[kind]];
                    random.nextBytes(value);
                    boolean count = kind == 0 && random.nextBoolean();
                    message = message.with(all[kind], count ? Bytes.ofU16(1) : Bytes.of(value));
                }
            }
            byte[] data = message.encodeHidden().toArray();
            if (data.length > 0 && random.nextInt(3) == 0) {
                data[random.nextInt(data.length)] ^= (byte) (1 << random.nextInt(8));
            }
            takesOrRefuses(java.util.Arrays.copyOf(data, Math.max(0, data.length - 1)));
        }
        check(taken > 300, "hardly anything was taken: " + taken);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
