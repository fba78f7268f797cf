package org.keyferry.engine.eap.sim;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapMethod.Step;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;

/// Whatever somebody encrypts in a fast re-authentication who has the keys, in both directions. An
/// ordinary build replays the inputs kept as resources; `JAZZER_FUZZ=1` searches for new ones.
class SimReauthFuzzTest {
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

    private static Bytes sealed(
            EapSimMethod method, SimKeys keys, boolean request, Bytes plain, Bytes extra) {
        var message =
                new EapSimMessage(EapSimSubtype.REAUTHENTICATION)
                        .with(EapSimAttribute.IV, ReauthPeers.KEY)
                        .with(EapSimAttribute.ENCR_DATA, keys.encrypt(ReauthPeers.KEY, plain));
        return ReauthPeers.sealed(method, keys, request, 1, message, extra);
    }

    private void client(EapSimMethod method, Bytes plain) {
        SimClient client = ReauthPeers.client(method, new SimMemory());
        check(client.nameToTell().equals(Optional.of(ReauthPeers.REAUTH)), "another name");
        SimKeys keys = ReauthPeers.keys(method);
        Step step = client.process(1, sealed(method, keys, true, plain, Bytes.EMPTY));
        if (step instanceof Step.Done) {
            client.confirmed();
            taken++;
            check(counterOf(true, plain) >= 1, "counter was used before");
        }
        check(!(step instanceof Step.Failed), "the server is told");
    }

    private static int counterOf(boolean request, Bytes plain) {
        try {
            return new EapSimMessage(EapSimSubtype.REAUTHENTICATION)
                    .hidden(request, plain)
                    .get(EapSimAttribute.COUNTER)
                    .map(value -> value.u16(0))
                    .orElse(-1);
        } catch (org.keyferry.wire.PeerViolation e) {
            return -1;
        }
    }

    private void server(EapSimMethod method, Bytes plain) {
        if (method != EapSimMethod.SIM && isTooSmall(plain)) {
            return; // asks a network that this test does not have
        }
        var memory = new SimMemory();
        SimServer server = ReauthPeers.server(method, memory, false);
        var asked = (Step.Send) server.begin(1);
        Bytes nonce = ReauthPeers.nonce(method, asked.data());
        SimKeys keys = ReauthPeers.keys(method);
        Step step = server.process(1, sealed(method, keys, false, plain, nonce));
        if (step instanceof Step.Done) {
            server.confirmed();
            taken++;
            check(memory.given().reauths() == 1, "the next identity is there");
            check(counterOf(false, plain) == 1, "another counter");
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
