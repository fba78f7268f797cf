package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.PeerViolation;

class MlKemTest {
    /// The accumulated test vectors of C2SP's CCTV, for the final FIPS 203: random input from
    /// SHAKE-128 of nothing; encapsulation key, decapsulation key, ciphertext, secret and the
    /// secret of a random ciphertext (implicit rejection) go into another SHAKE-128. BoringSSL
    /// publishes the results of 768 and 1024 too.
    @ParameterizedTest
    @CsvSource({
        "35, 705dcffc87f4e67e35a09dcaa31772e86f3341bd3ccf1e78a5fef99ae6a35a13",
        "36, f959d18d3d1180121433bf0e05f11e7908cf9d03edc150b2b07cb90bef5bc1c1",
        "37, e3bf82b013307b2e9d47dde791ff6dfc82e694e6382404abdb948b908b75bad5"
    })
    void tenThousandAccumulatedVectors(int id, String wanted)
            throws GeneralSecurityException, PeerViolation {
        MlKem method = (MlKem) KeyExchangeMethod.of(id).orElseThrow();
        SHAKEDigest random = new SHAKEDigest(128);
        SHAKEDigest results = new SHAKEDigest(128);
        for (int i = 0; i < 10_000; i++) {
            byte[] seed = draw(random, 64);
            byte[] message = draw(random, 32);
            byte[] noise = draw(random, method.publicValueBytes(false));
            byte[] encoded = method.generate(seed.clone()).getPrivate().getEncoded();
            KeyExchangeMethod.LocalKey local = method.initiate(seed.clone());
            KeyExchangeMethod.Answer answer =
                    method.respond(Arrays.copyOf(message, 64), local.publicValue());
            absorb(results, local.publicValue().toArray());
            absorb(results, decapsulationKey(encoded, method));
            absorb(results, answer.publicValue().toArray());
            absorb(results, answer.shared().array());
            assertArrayEquals(
                    answer.shared().array(), local.complete(answer.publicValue()).array());
            absorb(results, method.initiate(seed).complete(Bytes.wrapOwned(noise)).array());
        }
        byte[] result = new byte[32];
        results.doFinal(result, 0, result.length);
        Assertions.assertEquals(wanted, HexFormat.of().formatHex(result));
    }

    /// Stands at the end of the JDK's PKCS #8 form: `dk_PKE | ek | H(ek) | z`.
    private static byte[] decapsulationKey(byte[] encoded, MlKem method) {
        int encapsulationKeyBytes = method.publicValueBytes(true);
        int lengthBytes = encapsulationKeyBytes - 32 + encapsulationKeyBytes + 64;
        return Arrays.copyOfRange(encoded, encoded.length - lengthBytes, encoded.length);
    }

    private static byte[] draw(SHAKEDigest random, int lengthBytes) {
        byte[] drawn = new byte[lengthBytes];
        random.doOutput(drawn, 0, lengthBytes);
        return drawn;
    }

    private static void absorb(SHAKEDigest results, byte[] part) {
        results.update(part, 0, part.length);
    }

    /// The modulus check of FIPS 203 §7.2.
    @ParameterizedTest
    @ValueSource(ints = {35, 36, 37})
    void aCoefficientOfTheModulusOrMoreIsRefused(int id) {
        KeyExchangeMethod method = KeyExchangeMethod.of(id).orElseThrow();
        byte[] key = method.initiate(KeyExchangeTest.entropy(method, 1)).publicValue().toArray();
        int last = key.length - 32 - 3;
        key[last + 1] = (byte) ((key[last + 1] & 0x0f) | 0x10);
        key[last + 2] = (byte) 0xd0; // 3329
        Bytes wrong = Bytes.wrapOwned(key);
        assertThrows(
                PeerViolation.class,
                () -> method.respond(KeyExchangeTest.entropy(method, 2), wrong));
    }
}
