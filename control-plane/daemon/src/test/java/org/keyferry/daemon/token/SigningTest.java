package org.keyferry.daemon.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.nativeshim.cryptoki.Mechanism;
import org.keyferry.wire.Bytes;

/// Mechanisms by their numbers in PKCS#11 2.40, and PINs.
class SigningTest {
    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

    private static Optional<Signing> of(SignatureScheme scheme, Long... known) {
        return Signing.of(scheme, MESSAGE, Set.of(known), 32);
    }

    private static Bytes hash(String algorithm) throws Exception {
        return Bytes.of(MessageDigest.getInstance(algorithm).digest(MESSAGE));
    }

    /// The prefix is that of RFC 8017 §9.2, note 1.
    @Test
    void hashesAreOursWhereTheTokenTakesThem() throws Exception {
        Bytes prefix = Bytes.of(HexFormat.of().parseHex("3031300d060960864801650304020105000420"));
        assertEquals(
                Optional.of(new Signing(Mechanism.plain(0x01), prefix.concat(hash("SHA-256")))),
                of(SignatureScheme.RSA_PKCS1_SHA256, 0x01L, 0x40L));
        assertEquals(
                Optional.of(
                        new Signing(
                                new Mechanism(0x0d, Optional.of(new Mechanism.Pss(0x260, 3, 48))),
                                hash("SHA-384"))),
                of(SignatureScheme.RSA_PSS_SHA384, 0x0dL, 0x44L));
        assertEquals(
                Optional.of(new Signing(Mechanism.plain(0x1041), hash("SHA-256"))),
                of(SignatureScheme.ECDSA_SHA256, 0x1041L));
    }

    @Test
    void elseTheTokenHashes() {
        Bytes message = Bytes.of(MESSAGE);
        assertEquals(
                Optional.of(new Signing(Mechanism.plain(0x40), message)),
                of(SignatureScheme.RSA_PKCS1_SHA256, 0x40L));
        assertEquals(
                Optional.of(new Signing(Mechanism.plain(0x1045), message)),
                of(SignatureScheme.ECDSA_SHA384, 0x1045L));
        assertEquals(
                Optional.of(
                        new Signing(
                                new Mechanism(0x43, Optional.of(new Mechanism.Pss(0x250, 2, 32))),
                                message)),
                of(SignatureScheme.RSA_PSS_SHA256, 0x43L));
        assertEquals(
                Optional.of(new Signing(Mechanism.plain(0x1057), message)),
                of(SignatureScheme.ED25519, 0x1057L));
    }

    @Test
    void whatTheTokenCannotDoIsNotTried() {
        assertEquals(Optional.empty(), of(SignatureScheme.RSA_PSS_SHA512, 0x01L, 0x43L, 0x1041L));
        assertEquals(Optional.empty(), of(SignatureScheme.ED25519, 0x01L));
        assertEquals(Optional.empty(), of(SignatureScheme.ED448, 0x1057L));
    }

    /// ECDSA takes the left bits of a hash that is longer than the group's order.
    @Test
    void aHashIsCutToTheCurve() throws Exception {
        byte[] whole = hash("SHA-512").toArray();
        assertEquals(
                Optional.of(
                        new Signing(Mechanism.plain(0x1041), Bytes.of(Arrays.copyOf(whole, 32)))),
                of(SignatureScheme.ECDSA_SHA512, 0x1041L));
    }

    @Test
    void aPinIsKeptUntilItIsWipedOrRefused() {
        var pin = new Pin();
        byte[] given = {1, 2, 3, 4};
        pin.accept(given);
        Arrays.fill(given, (byte) 0); // its owner wipes his own
        assertArrayEquals(new byte[] {1, 2, 3, 4}, pin.copy().orElseThrow());
        pin.wipe();
        assertTrue(pin.copy().isEmpty());
        pin.accept(new byte[] {5});
        pin.refuse(new byte[] {5});
        assertTrue(pin.copy().isEmpty());
        assertTrue(pin.isRefused(new byte[] {5}));
        assertFalse(pin.isRefused(new byte[] {6}));
        pin.forgetRefusals();
        assertFalse(pin.isRefused(new byte[] {5}));
    }
}
