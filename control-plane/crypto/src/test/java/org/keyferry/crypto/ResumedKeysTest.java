package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// RFC 5723 §5.1, computed once more with nothing but HMAC.
class ResumedKeysTest {
    private static final IkeSuite SUITE =
            new IkeSuite(new Transform(TransformType.ENCR, 20, 128), null, 5, 31);
    private static final Bytes NI = Bytes.ofHex("11".repeat(32));
    private static final Bytes NR = Bytes.ofHex("22".repeat(16));
    private static final byte[] SK_D = new byte[32];

    static {
        Arrays.fill(SK_D, (byte) 0x33);
    }

    private static byte[] hmac(byte[] key, byte[]... parts) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void keysComeFromTheFormerSkDAndTheNewNonces() throws Exception {
        var keys =
                IkeKeys.deriveResumed(
                        SUITE, SK_D, NI, NR, new IkeSpi(0x0102L), new IkeSpi(0x0304L));
        byte[] seed = hmac(SK_D, ascii("Resumption"), NI.toArray(), NR.toArray());
        byte[] spis = Bytes.ofHex("00000000000001020000000000000304").toArray();
        var plus = new ByteArrayOutputStream();
        byte[] block = new byte[0];
        for (int i = 1; i <= 5; i++) {
            block = hmac(seed, block, NI.toArray(), NR.toArray(), spis, new byte[] {(byte) i});
            plus.write(block);
        }
        byte[] material = plus.toByteArray();
        // SK_d, no SK_a with AES-GCM, SK_e of 16 bytes and a salt of 4 each, SK_pi, SK_pr
        assertArrayEquals(Arrays.copyOfRange(material, 0, 32), keys.skD());
        assertArrayEquals(Arrays.copyOfRange(material, 72, 104), keys.skP(true));
        assertArrayEquals(Arrays.copyOfRange(material, 104, 136), keys.skP(false));
    }

    @Test
    void authIsMadeWithSkPAlone() throws Exception {
        byte[] skP = hmac(SK_D, ascii("any key"));
        Bytes message = Bytes.ofHex("aabbcc");
        byte[] id = Bytes.ofHex("02000000").concat(Bytes.utf8("moon.test")).toArray();
        byte[] expected = hmac(skP, message.toArray(), NR.toArray(), hmac(skP, id));
        assertEquals(
                Bytes.of(expected),
                PskAuth.resumed(Prf.of(5), skP, message, NR, Identification.parse("moon.test")));
    }
}
