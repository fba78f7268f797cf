package org.keyferry.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Keys made, encrypted and described by OpenSSL.
class PrivateKeysTest {
    @TempDir Path directory;

    @BeforeEach
    void needsOpenssl() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
    }

    private void shell(String script) throws Exception {
        Path log = directory.resolve("log");
        Process process =
                new ProcessBuilder("/bin/sh", "-ec", script)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        process.waitFor(60, TimeUnit.SECONDS);
        assertEquals(0, process.exitValue(), Files.readString(log));
    }

    private byte[] file(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name));
    }

    /// The id is SHA-1 of the key in the BIT STRING that ends a SubjectPublicKeyInfo.
    private String opensslsId(int keyBytes) throws Exception {
        shell("openssl pkey -in key -pubout -outform DER -out spki");
        byte[] spki = file("spki");
        byte[] key = Arrays.copyOfRange(spki, spki.length - keyBytes, spki.length);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(key));
    }

    @ParameterizedTest
    @CsvSource({
        "openssl genrsa -traditional -out key 2048, openssl rsa -traditional, rsa, 270",
        "openssl ecparam -name secp521r1 -genkey -noout -out key, openssl ec, ecdsa, 133",
        "openssl ecparam -name prime256v1 -genkey -noout -out key, openssl ec, ecdsa, 65",
    })
    void encryptedKeysBecomeTheTraditionalForm(
            String make, String convert, String type, int keyBytes) throws Exception {
        shell(make + "; " + convert + " -in key -outform DER -out plain.der");
        shell(convert + " -in key -aes128 -passout pass:right -out pem");
        shell("openssl pkcs8 -topk8 -v2 aes-256-cbc -in key -passout pass:right -out p8");
        shell("openssl pkcs8 -topk8 -in key -passout pass:right -outform DER -out p8.der");
        for (String encrypted : List.of("pem", "p8", "p8.der")) {
            var key = PrivateKeys.read(file(encrypted), "any", List.of("wrong", "right"));
            assertEquals(type, key.type());
            assertEquals(
                    HexFormat.of().formatHex(file("plain.der")),
                    HexFormat.of().formatHex(key.data().toArray()),
                    encrypted);
            assertEquals(Optional.of(opensslsId(keyBytes)), key.id());
        }
    }

    @ParameterizedTest
    @CsvSource({"ED25519, 32", "ED448, 57"})
    void edwardsKeysStayPkcs8(String algorithm, int keyBytes) throws Exception {
        shell("openssl genpkey -algorithm " + algorithm + " -out key");
        shell("openssl pkey -in key -outform DER -out plain.der");
        shell("openssl pkcs8 -topk8 -in key -passout pass:right -out p8");
        var key = PrivateKeys.read(file("p8"), "any", List.of("right"));
        assertEquals(algorithm.toLowerCase(java.util.Locale.ROOT), key.type());
        assertEquals(
                HexFormat.of().formatHex(file("plain.der")),
                HexFormat.of().formatHex(key.data().toArray()));
        assertEquals(Optional.of(opensslsId(keyBytes)), key.id());
    }

    @Test
    void aPlainKeyIsSentAsItStands() throws Exception {
        shell(
                "openssl genrsa -out key 2048; openssl rsa -in key -traditional -outform DER -out der");
        for (String name : List.of("key", "der")) {
            var key = PrivateKeys.read(file(name), "rsa", List.of());
            assertEquals("rsa", key.type());
            assertEquals(
                    HexFormat.of().formatHex(file(name)),
                    HexFormat.of().formatHex(key.data().toArray()));
            assertEquals(Optional.of(opensslsId(270)), key.id());
        }
    }

    @Test
    void parametersBeforeAKeyAreLeftOut() throws Exception {
        shell(
                "openssl ecparam -name prime256v1 -genkey -out key; openssl ec -in key -outform DER -out der");
        var key = PrivateKeys.read(file("key"), "ecdsa", List.of());
        assertEquals("ecdsa", key.type());
        assertEquals(
                HexFormat.of().formatHex(file("der")),
                HexFormat.of().formatHex(key.data().toArray()));
    }

    @Test
    void whyAKeyCannotBeRead() throws Exception {
        shell(
                "openssl genrsa -out key 2048; openssl rsa -in key -traditional -aes128 -passout pass:right -out pem");
        assertEquals(
                "it is encrypted, and no secret names it as its file",
                reason(file("pem"), List.of()));
        assertEquals(
                "its passphrase is another than the secret", reason(file("pem"), List.of("wrong")));
        assertEquals(
                "no private key can be read from it",
                reason("nonsense".getBytes(StandardCharsets.US_ASCII), List.of()));
        shell("openssl req -x509 -new -key key -subj /CN=x -out cert");
        assertEquals("no private key is in it", reason(file("cert"), List.of()));
    }

    private static String reason(byte[] content, List<String> passphrases) {
        return assertThrows(IOException.class, () -> PrivateKeys.read(content, "any", passphrases))
                .getMessage();
    }
}
