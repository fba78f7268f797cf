package org.keyferry.daemon.creds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

class CredentialStoreTest {
    private final CredentialStore store = new CredentialStore();
    private LoadedCertificate moon;
    private LoadedCertificate authority;

    @BeforeEach
    void read() throws Exception {
        moon = CertificateReader.read(CertificateKind.X509, Flag.NONE, Samples.file("moon.pem"));
        authority = CertificateReader.read(CertificateKind.X509, Flag.CA, Samples.file("ca.pem"));
    }

    private static OwnKey key() throws CredentialRefused, java.io.IOException {
        return PrivateKeyReader.read("any", Samples.file("ec-pkcs8.pem"));
    }

    @Test
    void whatIsLoadedTwiceIsThereOnce() throws Exception {
        store.load(moon);
        store.load(
                CertificateReader.read(CertificateKind.X509, Flag.NONE, Samples.file("moon.der")));
        assertEquals(List.of(moon), store.certificates());
    }

    @Test
    void certificatesAreFoundBySubjectAndByKey() throws Exception {
        store.load(moon);
        store.load(authority);
        OwnKey key = key();
        store.load(key);
        var name = Identification.parse("moon.example.org");
        assertEquals(List.of(moon), store.certificatesOf(name));
        assertEquals(List.of(moon), store.certificatesWith(key.id()));
        assertEquals(Optional.of(key), store.key(moon.keyId().orElseThrow()));
        assertEquals(List.of(authority), store.trusted());
    }

    @Test
    void theCertificateOfAnAuthorityGoesWithIt() {
        store.load(new Authority("lab", authority, List.of(), List.of(), Optional.empty()));
        assertEquals(List.of(authority), store.trusted());
        store.clear();
        assertEquals(List.of(authority), store.trusted());
        assertTrue(store.unloadAuthority("lab"));
        assertFalse(store.unloadAuthority("lab"));
        assertEquals(List.of(), store.certificates());
    }

    @Test
    void anUnloadedKeyIsWiped() throws Exception {
        OwnKey key = key();
        store.load(key);
        assertTrue(store.unloadKey(key.id().toString()));
        assertFalse(store.unloadKey(key.id().toString()));
        assertThrows(IllegalStateException.class, key::toPrivateKey);
    }

    private static final class Content {
        final byte[] bytes = {1, 2, 3};
        final OwnKey key = new FileKey(new KeyId(Bytes.ofHex("aa")), OwnKey.Kind.RSA, bytes);

        boolean isWiped() {
            return Arrays.equals(new byte[3], bytes);
        }
    }

    /// Not only unusable: nothing of it is left in memory.
    @Test
    void whateverEndsAKeyOverwritesIt() {
        var unloaded = new Content();
        store.load(unloaded.key);
        assertFalse(unloaded.isWiped());
        store.unloadKey("aa");
        assertTrue(unloaded.isWiped());
        var cleared = new Content();
        store.load(cleared.key);
        var copy = new Content();
        store.load(copy.key);
        assertTrue(copy.isWiped());
        assertFalse(cleared.isWiped());
        store.clear();
        assertTrue(cleared.isWiped());
        var ofFile = new Content();
        store.replaceFiles(new SwanctlCredentials(List.of(), List.of(ofFile.key), List.of()));
        assertFalse(ofFile.isWiped());
        store.replaceFiles(SwanctlCredentials.NONE);
        assertTrue(ofFile.isWiped());
    }

    /// Somebody may be signing with the one that is there, and engines know it for a while yet.
    @Test
    void aKeyLoadedAgainStaysTheSameAndTheNewCopyIsWiped() throws Exception {
        OwnKey former = key();
        OwnKey present = key();
        store.load(former);
        store.load(present);
        assertThrows(IllegalStateException.class, present::toPrivateKey);
        assertNotNull(former.toPrivateKey());
        assertEquals(List.of(former), store.keys());
        store.clear();
        assertEquals(List.of(), store.keyIds());
        assertThrows(IllegalStateException.class, former::toPrivateKey);
    }
}
