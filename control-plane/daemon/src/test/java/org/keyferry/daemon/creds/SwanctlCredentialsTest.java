package org.keyferry.daemon.creds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.settings.SettingsException;

/// Files of OpenSSL 3.0; ids of keys are SHA-1 of the public key's bits as `openssl pkey` tells
/// them.
class SwanctlCredentialsTest {
    private static final String RSA = "beb6e6229cb3e32bcf493c6a2dd2135d75d7b67e";
    private static final String EC = "383cf057dd802cc13bfe48c8b779dd3a257d974b";
    private static final String EC_AFTER_PARAMETERS = "d4dbd5db77824009ec3b99c26e70e15f0b7fe102";

    @TempDir Path swanctl;
    private final List<String> problems = new ArrayList<>();

    @BeforeEach
    void conf() throws IOException {
        write("");
    }

    private void write(String conf) throws IOException {
        Files.writeString(swanctl.resolve("swanctl.conf"), conf);
    }

    private void put(String directory, String... samples) throws IOException {
        Path inside = Files.createDirectories(swanctl.resolve(directory));
        for (String sample : samples) {
            Files.write(inside.resolve(sample), Samples.file("files/" + sample));
        }
    }

    private SwanctlCredentials read() throws SettingsException {
        return SwanctlCredentials.read(
                swanctl.resolve("swanctl.conf"), TokenSource.NONE, problems::add);
    }

    private static List<String> ids(SwanctlCredentials read) {
        return read.keys().stream().map(key -> key.id().toString()).toList();
    }

    @Test
    void keysOfEveryFormat() throws Exception {
        put("private", "ec-parameters.pem");
        put("rsa", "rsa-encrypted.pem");
        put("pkcs8", "pkcs8-encrypted.der");
        write(
                """
                secrets {
                  rsa-1 {
                    file = rsa-encrypted.pem
                    secret = secret
                  }
                  pkcs8-other {
                    file = pkcs8-encrypted.der
                    secret = another
                  }
                  pkcs8 {
                    file = pkcs8-encrypted.der
                    secret = 0sc2VjcmV0
                  }
                }
                """);
        var read = read();
        assertEquals(List.of(), problems);
        assertEquals(List.of(EC_AFTER_PARAMETERS, RSA, EC), ids(read));
        for (OwnKey key : read.keys()) {
            assertNotNull(key.toPrivateKey());
        }
    }

    @Test
    void aContainerHasKeysAndCertificates() throws Exception {
        put("pkcs12", "container.p12");
        write("secrets {\n pkcs12 {\n file = container.p12\n secret = secret\n }\n}\n");
        var read = read();
        assertEquals(List.of(), problems);
        assertEquals(List.of(EC), ids(read));
        assertEquals(
                List.of(Flag.CA, Flag.NONE),
                read.certificates().stream()
                        .map(LoadedCertificate::flag)
                        .sorted()
                        .toList()
                        .reversed());
    }

    @Test
    void whatCannotBeReadIsToldAndPassedOver() throws Exception {
        put("rsa", "rsa-encrypted.pem");
        put("x509", "moon.pem");
        put("x509ca", "moon.pem", "ca.pem");
        put("ecdsa", "pkcs8-encrypted.der");
        write("secrets {\n ecdsa {\n file = pkcs8-encrypted.der\n secret = wrong\n }\n}\n");
        Files.createDirectories(swanctl.resolve("x509crl"));
        Files.writeString(swanctl.resolve("x509crl/x.crl"), "<html>");
        Files.writeString(swanctl.resolve("x509crl/.hidden"), "<html>");
        var read = read();
        assertEquals(2, read.certificates().size());
        assertEquals(List.of(), read.keys());
        String all = String.join("\n", problems);
        assertTrue(
                all.contains("rsa-encrypted.pem not loaded: it is encrypted, and no secret"), all);
        assertTrue(all.contains("pkcs8-encrypted.der not loaded: its passphrase is another"), all);
        assertTrue(all.contains("x509ca/moon.pem not loaded: ca certificate lacks CA basic"), all);
        assertTrue(all.contains("x.crl not loaded: parsing X509_CRL certificate failed"), all);
        assertEquals(4, problems.size(), all);
        assertFalse(all.contains("wrong"), all);
    }

    @Test
    void authorities() throws Exception {
        put("x509ca", "ca.pem");
        write(
                """
                authorities {
                  ours {
                    cacert = ca.pem
                    crl_uris = http://a/x.crl, file:///b.crl
                    ocsp_uris = http://o/
                    cert_uri_base = http://c/
                  }
                  lost {
                    cacert = lost.pem
                  }
                }
                """);
        var read = read();
        Authority ours = read.authorities().getFirst();
        assertEquals(List.of("http://a/x.crl", "file:///b.crl"), ours.crlUris());
        assertEquals(List.of("http://o/"), ours.ocspUris());
        assertEquals("http://c/", ours.certUriBase().orElseThrow());
        assertEquals(1, read.authorities().size());
        assertTrue(
                problems.getFirst().contains("authority 'lost' not loaded"), problems.toString());
    }

    @Test
    void aReloadKeepsKeysThatAreStillThere() throws Exception {
        put("private", "ec-parameters.pem");
        var store = new CredentialStore();
        store.replaceFiles(read());
        OwnKey key = store.keys().getFirst();
        store.replaceFiles(read());
        assertEquals(List.of(key), store.keys());
        assertNotNull(key.toPrivateKey());
        store.replaceFiles(SwanctlCredentials.NONE);
        assertEquals(List.of(), store.keys());
        assertThrows(IllegalStateException.class, key::toPrivateKey);
    }

    @Test
    void aClientMayUnloadAKeyOfAFile() throws Exception {
        put("private", "ec-parameters.pem");
        var store = new CredentialStore();
        store.replaceFiles(read());
        assertTrue(store.unloadKey(EC_AFTER_PARAMETERS));
        assertFalse(store.unloadKey(EC_AFTER_PARAMETERS));
        assertEquals(List.of(), store.keyIds());
    }
}
