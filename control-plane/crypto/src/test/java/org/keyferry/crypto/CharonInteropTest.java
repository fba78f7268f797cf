package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;
import org.keyferry.wire.Violation;

class CharonInteropTest {
    private static final String[] KEY_NAMES = {
        "sk_d", "sk_ai", "sk_ar", "sk_ei", "sk_er", "sk_pi", "sk_pr"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcm",
                "cbc",
                "chacha",
                "ccm",
                "ctr",
                "tripledes",
                "gcm8",
                "xcbc",
                "cmac",
                "ccm16",
                "ccm8",
                "gcm12",
                "ctr256",
                "frag",
                "fragcbc",
                "rekey"
            })
    void keysOfAnIkeSaAreCharons(String name) throws PeerViolation {
        CharonCapture capture = CharonCapture.load(name);
        byte[] exported = capture.keys().export();
        byte[][] wanted = new byte[KEY_NAMES.length][];
        for (int i = 0; i < KEY_NAMES.length; i++) {
            wanted[i] = capture.secretOrEmpty(KEY_NAMES[i] + ".0");
        }
        assertArrayEquals(
                Concat.of(wanted), Bytes.wrapOwned(exported).slice(8, exported.length).toArray());
        assertArrayEquals(capture.secret("sk_d.0"), capture.keys().skD());
        assertArrayEquals(capture.secret("sk_pr.0"), capture.keys().skP(false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcm",
                "cbc",
                "chacha",
                "ccm",
                "ctr",
                "tripledes",
                "gcm8",
                "xcbc",
                "cmac",
                "ccm16",
                "ccm8",
                "gcm12",
                "ctr256"
            })
    void everyMessageOpensAndSealedAgainIsTheSame(String name) throws PeerViolation {
        CharonCapture capture = CharonCapture.load(name);
        IkeKeys keys = capture.keys();
        SkProtection protection = SkProtection.of(keys.suite());
        for (CharonCapture.Datagram datagram : capture.datagrams().subList(2, 6)) {
            List<Payload> inner = protection.open(keys, datagram.fromInitiator(), datagram.bytes());
            IkeMessage outer = IkeMessage.decode(datagram.bytes());
            Bytes again =
                    protection.seal(
                            keys,
                            datagram.fromInitiator(),
                            outer.header().initiatorSpi(),
                            outer.header().responderSpi(),
                            outer.header().exchangeType(),
                            outer.header().response(),
                            outer.header().messageId(),
                            inner,
                            new Random(1));
            assertEquals(datagram.bytes().length(), again.length());
            assertEquals(inner, protection.open(keys, datagram.fromInitiator(), again));
        }
        assertTrue(protection.open(keys, false, capture.datagrams().get(5).bytes()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcm", "cbc", "ctr", "ccm", "chacha", "xcbc"})
    void anyChangedBitIsFound(String name) throws PeerViolation {
        CharonCapture capture = CharonCapture.load(name);
        IkeKeys keys = capture.keys();
        SkProtection protection = SkProtection.of(keys.suite());
        Bytes genuine = capture.datagrams().get(5).bytes();
        for (int at = 0; at < genuine.length(); at++) {
            byte[] changed = genuine.toArray();
            changed[at] ^= 4;
            Bytes forged = Bytes.wrapOwned(changed);
            PeerViolation found =
                    assertThrows(PeerViolation.class, () -> protection.open(keys, false, forged));
            assertEquals(new Violation.IntegrityFailed(), found.violation(), "byte " + at);
        }
        PeerViolation wrongSide =
                assertThrows(PeerViolation.class, () -> protection.open(keys, true, genuine));
        assertEquals(new Violation.IntegrityFailed(), wrongSide.violation());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcm",
                "cbc",
                "chacha",
                "ccm",
                "ctr",
                "tripledes",
                "gcm8",
                "xcbc",
                "cmac",
                "ccm16",
                "ccm8",
                "gcm12",
                "ctr256"
            })
    void sharedKeyAuthenticationIsCharons(String name) throws PeerViolation {
        CharonCapture capture = CharonCapture.load(name);
        IkeKeys keys = capture.keys();
        List<CharonCapture.Datagram> datagrams = capture.datagrams();
        List<Payload> request =
                SkProtection.of(keys.suite()).open(keys, true, datagrams.get(2).bytes());
        List<Payload> response =
                SkProtection.of(keys.suite()).open(keys, false, datagrams.get(3).bytes());
        Identification idI = CharonCapture.payload(request, Payload.IdInitiator.class).id();
        Identification idR = CharonCapture.payload(response, Payload.IdResponder.class).id();
        Bytes authI = CharonCapture.payload(request, Payload.Authentication.class).data();
        Bytes authR = CharonCapture.payload(response, Payload.Authentication.class).data();
        byte[] psk = capture.secret("psk.0");
        Prf prf = keys.suite().prf();
        Bytes computed =
                PskAuth.compute(
                        prf,
                        psk,
                        keys.skP(true),
                        datagrams.get(0).bytes(),
                        capture.nonce(true),
                        idI);
        assertEquals(authI, computed);
        assertArrayEquals(capture.secret("auth.0"), computed.toArray());
        assertTrue(verifyResponder(capture, keys, psk, idR, authR));
        psk[0] ^= 1;
        assertFalse(verifyResponder(capture, keys, psk, idR, authR));
    }

    private static boolean verifyResponder(
            CharonCapture capture, IkeKeys keys, byte[] psk, Identification id, Bytes auth)
            throws PeerViolation {
        return PskAuth.verify(
                keys.suite().prf(),
                psk,
                keys.skP(false),
                capture.datagrams().get(1).bytes(),
                capture.nonce(false),
                id,
                auth);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcm",
                "cbc",
                "chacha",
                "ccm",
                "ctr",
                "tripledes",
                "gcm8",
                "xcbc",
                "cmac",
                "ccm16",
                "ccm8",
                "gcm12",
                "ctr256"
            })
    void keysOfTheFirstChildAreCharons(String name) throws PeerViolation {
        CharonCapture capture = CharonCapture.load(name);
        IkeKeys keys = capture.keys();
        List<Payload> response =
                SkProtection.of(keys.suite()).open(keys, false, capture.datagrams().get(3).bytes());
        assertChildKeys(
                capture,
                0,
                response,
                keys.suite().prf(),
                keys.skD(),
                null,
                capture.nonce(false),
                capture.nonce(true));
    }

    @Test
    void keysOfRekeyedSasAreCharons() throws PeerViolation {
        CharonCapture capture = CharonCapture.load("rekey");
        IkeKeys old = capture.keys();
        SkProtection protection = SkProtection.of(old.suite());
        List<CharonCapture.Datagram> datagrams = capture.datagrams();

        List<Payload> childRequest = protection.open(old, true, datagrams.get(4).bytes());
        List<Payload> childResponse = protection.open(old, false, datagrams.get(5).bytes());
        assertChildKeys(
                capture,
                1,
                childResponse,
                old.suite().prf(),
                old.skD(),
                Secret.owned(capture.secret("child_shared.0")),
                CharonCapture.payload(childRequest, Payload.Nonce.class).data(),
                CharonCapture.payload(childResponse, Payload.Nonce.class).data());

        List<Payload> ikeRequest = protection.open(old, true, datagrams.get(10).bytes());
        List<Payload> ikeResponse = protection.open(old, false, datagrams.get(11).bytes());
        Proposal selected =
                CharonCapture.payload(ikeResponse, Payload.SecurityAssociation.class)
                        .proposals()
                        .getFirst();
        IkeMessage first = IkeMessage.decode(datagrams.get(14).bytes());
        IkeKeys renewed =
                IkeKeys.deriveRekeyed(
                        IkeSuite.of(selected),
                        old.suite().prf(),
                        old.skD(),
                        Secret.owned(capture.secret("shared.1")),
                        CharonCapture.payload(ikeRequest, Payload.Nonce.class).data(),
                        CharonCapture.payload(ikeResponse, Payload.Nonce.class).data(),
                        first.header().initiatorSpi(),
                        first.header().responderSpi());
        assertArrayEquals(capture.secret("sk_d.1"), renewed.skD());
        assertArrayEquals(capture.secret("sk_pi.1"), renewed.skP(true));
        assertFalse(protection.open(renewed, true, datagrams.get(14).bytes()).isEmpty());
    }

    private static void assertChildKeys(
            CharonCapture capture,
            int number,
            List<Payload> response,
            Prf prf,
            byte[] skD,
            Secret shared,
            Bytes ni,
            Bytes nr) {
        Proposal esp =
                CharonCapture.payload(response, Payload.SecurityAssociation.class)
                        .proposals()
                        .getFirst();
        Transform encr = esp.ofType(TransformType.ENCR).getFirst();
        Transform integ = esp.ofType(TransformType.INTEG).stream().findFirst().orElse(null);
        ChildKeys keys = ChildKeys.derive(prf, skD, shared, ni, nr, encr, integ);
        String end = "." + number;
        assertArrayEquals(capture.secret("child_encr_i" + end), keys.encrInitiator().array());
        assertArrayEquals(capture.secret("child_encr_r" + end), keys.encrResponder().array());
        assertArrayEquals(
                capture.secretOrEmpty("child_integ_i" + end), keys.integInitiator().array());
        assertArrayEquals(
                capture.secretOrEmpty("child_integ_r" + end), keys.integResponder().array());
        keys.close();
        assertArrayEquals(new byte[keys.encrInitiator().length()], keys.encrInitiator().array());
    }

    @ParameterizedTest
    @ValueSource(strings = {"frag", "fragcbc"})
    void fragmentsAreJoined(String name) throws PeerViolation {
        CharonCapture capture = CharonCapture.load(name);
        IkeKeys keys = capture.keys();
        SkProtection protection = SkProtection.of(keys.suite());
        List<Bytes> sent =
                capture.datagrams().stream()
                        .filter(one -> one.fromInitiator() && isFragment(one.bytes()))
                        .map(CharonCapture.Datagram::bytes)
                        .toList();
        assertEquals(2, sent.size());
        List<Payload> inner = join(protection, keys, sent);
        assertEquals(
                Bytes.wrapOwned(capture.secret("auth.0")),
                CharonCapture.payload(inner, Payload.Authentication.class).data());

        IkeMessage outer = IkeMessage.decode(sent.getFirst());
        List<Bytes> again =
                protection.sealFragments(
                        keys,
                        true,
                        outer.header().initiatorSpi(),
                        outer.header().responderSpi(),
                        outer.header().exchangeType(),
                        false,
                        outer.header().messageId(),
                        List.of(),
                        inner,
                        120,
                        new Random(1));
        assertTrue(again.size() > 2);
        assertTrue(again.stream().allMatch(one -> one.length() <= 120));
        assertEquals(inner, join(protection, keys, again));
    }

    private static boolean isFragment(Bytes datagram) {
        return datagram.u8(16) == 53;
    }

    private static List<Payload> join(SkProtection protection, IkeKeys keys, List<Bytes> sent)
            throws PeerViolation {
        Bytes chain = Bytes.EMPTY;
        List<Payload.EncryptedFragment> fragments = new ArrayList<>();
        for (Bytes datagram : sent) {
            fragments.add(
                    CharonCapture.payload(
                            IkeMessage.decode(datagram), Payload.EncryptedFragment.class));
            chain = chain.concat(protection.openFragment(keys, true, datagram));
        }
        for (int i = 0; i < fragments.size(); i++) {
            assertEquals(i + 1, fragments.get(i).number());
            assertEquals(fragments.size(), fragments.get(i).total());
            assertEquals(i == 0, fragments.get(i).firstInner() != 0);
        }
        return IkeMessage.decodeChain(fragments.getFirst().firstInner(), chain);
    }

    @Test
    void natDetectionHashIsCharons() throws PeerViolation {
        // the capture's user-space IPsec makes charon lie about the source, not the destination
        IkeMessage request = CharonCapture.load("gcm").init(false);
        Payload.Notify destination =
                IkeMessage.notify(request.payloads(), NotifyType.NAT_DETECTION_DESTINATION_IP)
                        .orElseThrow();
        Endpoint responder = new Endpoint(IpAddress.parse("10.99.0.2"), 500);
        assertEquals(
                destination.data(),
                NatDetection.hash(
                        request.header().initiatorSpi(),
                        request.header().responderSpi(),
                        responder));
    }

    @Test
    void aRestoredSnapshotNeverRepeatsANonce() throws PeerViolation {
        CharonCapture capture = CharonCapture.load("gcm");
        IkeKeys keys = capture.keys();
        keys.nextSealNumber();
        IkeKeys restored = IkeKeys.restore(keys.suite(), keys.export());
        long lead = restored.nextSealNumber() - keys.nextSealNumber();
        assertEquals(1 << 20, lead);
        assertArrayEquals(keys.skD(), restored.skD());
        assertThrows(
                IllegalArgumentException.class,
                () -> IkeKeys.restore(CharonCapture.load("cbc").suite(), keys.export()));
    }
}
