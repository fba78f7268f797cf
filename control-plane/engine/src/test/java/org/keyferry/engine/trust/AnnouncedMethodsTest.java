package org.keyferry.engine.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.engine.trust.AnnouncedMethods.Way;
import org.keyferry.wire.AuthAnnouncement;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// What SUPPORTED_AUTH_METHODS and CERTREQ of one message mean together (RFC 9593 §3.2.2).
class AnnouncedMethodsTest {
    private static final Bytes FIRST = Bytes.ofHex("11".repeat(20));
    private static final Bytes SECOND = Bytes.ofHex("22".repeat(20));
    private static final Bytes THIRD = Bytes.ofHex("33".repeat(20));

    private static Payload announcing(AuthAnnouncement... all) {
        return notify(AuthAnnouncement.encode(List.of(all)));
    }

    private static Payload notify(Bytes data) {
        return Payload.Notify.of(NotifyType.SUPPORTED_AUTH_METHODS, data);
    }

    private static Payload requesting(Bytes... authorities) {
        Bytes all = Bytes.EMPTY;
        for (Bytes each : authorities) {
            all = all.concat(each);
        }
        return new Payload.CertificateRequest(PeerSupport.X509_ENCODING, all);
    }

    private static Optional<AnnouncedMethods> told(Payload... payloads) {
        return PeerSupport.NONE.with(List.of(payloads)).methods();
    }

    private static AnnouncedMethods ways(Way... ways) {
        return new AnnouncedMethods(List.of(ways), Optional.empty());
    }

    private static Way ecdsa(Optional<Bytes> authority) {
        return new Way(14, Optional.of(SignatureScheme.ECDSA_SHA256), authority);
    }

    private static AuthAnnouncement ecdsa(int link) {
        return AuthAnnouncement.signature(link, SignatureScheme.ECDSA_SHA256.algorithmIdentifier());
    }

    /// CAs of all CERTREQ payloads are counted as one list.
    @Test
    void linksCountTheAuthoritiesOfAllRequests() {
        assertEquals(
                Optional.of(
                        ways(
                                ecdsa(Optional.of(THIRD)),
                                ecdsa(Optional.empty()),
                                new Way(1, Optional.empty(), Optional.of(FIRST)))),
                told(
                        requesting(FIRST, SECOND),
                        announcing(ecdsa(3), ecdsa(0), AuthAnnouncement.linked(1, 1)),
                        requesting(THIRD)));
    }

    @Test
    void aLinkToNowhereIsNoWayAndWithoutRequestsLinksMeanNothing() {
        assertEquals(Optional.of(ways()), told(requesting(FIRST), announcing(ecdsa(2))));
        assertEquals(Optional.of(ways(ecdsa(Optional.empty()))), told(announcing(ecdsa(2))));
    }

    @Test
    void unknownAlgorithmsAreLeftOut() {
        var unknown = AuthAnnouncement.signature(0, Bytes.ofHex("300a06082a8648ce3d040401"));
        assertEquals(Optional.of(ways()), told(announcing(unknown)));
        var ascii = AuthAnnouncement.signature(0, Bytes.utf8("no DER"));
        assertEquals(Optional.of(ways()), told(announcing(ascii)));
    }

    @Test
    void everySchemeIsKnownAgainByItsIdentifier() {
        for (SignatureScheme scheme : SignatureScheme.values()) {
            assertEquals(
                    Optional.of(ways(new Way(14, Optional.of(scheme), Optional.empty()))),
                    told(announcing(AuthAnnouncement.signature(0, scheme.algorithmIdentifier()))));
        }
    }

    /// The list then comes in IKE_INTERMEDIATE (§3.1).
    @Test
    void anEmptyNotifySaysNothingYet() {
        PeerSupport later = PeerSupport.NONE.with(List.of(notify(Bytes.EMPTY)));
        assertEquals(Optional.empty(), later.methods());
        PeerSupport then = later.with(List.of(announcing(ecdsa(0))));
        assertEquals(Optional.of(ways(ecdsa(Optional.empty()))), then.methods());
        assertEquals(then.methods(), then.with(List.of(requesting(FIRST))).methods());
    }

    @Test
    void whatIsMalformedIsNotBelieved() {
        AnnouncedMethods read = told(notify(Bytes.ofHex("020201"))).orElseThrow();
        assertEquals(Optional.of("malformed announcement length at byte 2"), read.fault());
        assertEquals(List.of(), read.ways());
    }

    @Test
    void aWayAdmitsItsMethodSchemeAndAuthorityOnly() {
        var own = new SignatureAuth.Choice(14, SignatureScheme.ECDSA_SHA256);
        var other = new SignatureAuth.Choice(14, SignatureScheme.ECDSA_SHA384);
        var classic = new SignatureAuth.Choice(9, SignatureScheme.ECDSA_SHA256);
        AnnouncedMethods linked = ways(ecdsa(Optional.of(FIRST)));
        assertTrue(linked.admits(own, FIRST::equals));
        assertFalse(linked.admits(own, SECOND::equals));
        assertFalse(linked.admits(other, FIRST::equals));
        assertFalse(linked.admits(classic, FIRST::equals));
        AnnouncedMethods old = ways(new Way(9, Optional.empty(), Optional.empty()));
        assertTrue(old.admits(classic, SECOND::equals));
        assertFalse(old.admits(own, SECOND::equals));
    }
}
