package org.keyferry.daemon.creds;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Key ids are what strongSwan's `pki --keyid` prints for the same files.
class PrivateKeyReaderTest {
    private static final String RSA_ID = "8784baf6a37a44930491dd6b8e248991929df7d6";
    private static final String EC_ID = "c041e2793a56119bf870d553e5edbc6c81a982ba";

    @ParameterizedTest
    @CsvSource({
        "rsa,     rsa-pkcs1.pem, RSA,     " + RSA_ID,
        "RSA,     rsa-pkcs8.pem, RSA,     " + RSA_ID,
        "any,     rsa-pkcs1.pem, RSA,     " + RSA_ID,
        "ecdsa,   ec-sec1.pem,   ECDSA,   " + EC_ID,
        "any,     ec-pkcs8.pem,  ECDSA,   " + EC_ID,
        "ed25519, ed25519.pem,   ED25519, 0da4510d9336b26295db69320393db87d2cd862e",
        "ed448,   ed448.pem,     ED448,   5f587327cd0664cdefbc082fe7ead5df8d27c551",
    })
    void everyFormatGivesTheKeyAndItsId(String type, String file, OwnKey.Kind kind, String id)
            throws Exception {
        OwnKey key = PrivateKeyReader.read(type, Samples.file(file));
        assertEquals(kind, key.kind());
        assertEquals(id, key.id().toString());
        assertTrue(key.toPrivateKey().getEncoded().length > 0);
    }

    @Test
    void derIsAsGoodAsPem() throws Exception {
        assertEquals(EC_ID, PrivateKeyReader.read("any", der("ec-sec1.pem")).id().toString());
    }

    private static byte[] der(String file) throws Exception {
        String pem = new String(Samples.file(file), StandardCharsets.US_ASCII);
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "ecdsa, rsa-pkcs8.pem, parsing ECDSA private key failed",
        "rsa,   ec-sec1.pem,   parsing RSA private key failed",
        "any,   ca.pem,        parsing ANY private key failed",
        "rsa,   rsa-encrypted.pem, parsing RSA private key failed",
        "dsa,   rsa-pkcs8.pem, parsing DSA private key failed",
    })
    void anotherKindOfKeyIsRefusedInCharonsWords(String type, String file, String message)
            throws Exception {
        byte[] bytes = Samples.file(file);
        var refused =
                assertThrows(CredentialRefused.class, () -> PrivateKeyReader.read(type, bytes));
        assertEquals(message, refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa-pkcs1.pem", "ec-pkcs8.pem", "ed25519.pem"})
    void aBrokenFileIsRefusedWhereverItBreaks(String file) throws Exception {
        byte[] whole = der(file);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThrows(CredentialRefused.class, () -> PrivateKeyReader.read("any", cut));
        }
    }

    @Test
    void whatWasReadIsWiped() throws Exception {
        byte[] file = Samples.file("rsa-pkcs8.pem");
        OwnKey key = PrivateKeyReader.read("any", file);
        assertArrayEquals(new byte[file.length], file);
        key.close();
        assertThrows(IllegalStateException.class, key::toPrivateKey);
    }
}
