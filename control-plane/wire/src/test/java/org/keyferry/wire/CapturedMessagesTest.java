package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Payload.Authentication;
import org.keyferry.wire.Payload.Encrypted;
import org.keyferry.wire.Payload.IdInitiator;
import org.keyferry.wire.Payload.IdResponder;
import org.keyferry.wire.Payload.KeyExchange;
import org.keyferry.wire.Payload.Nonce;
import org.keyferry.wire.Payload.Notify;
import org.keyferry.wire.Payload.SecurityAssociation;
import org.keyferry.wire.Payload.TsInitiator;
import org.keyferry.wire.Payload.TsResponder;

/// The expected values are those that tcpdump 4.99.3 and charon's log give for the same packets.
class CapturedMessagesTest {
    private static final IkeSpi SPI_I = new IkeSpi(0xaf633a6e01e0c6d1L);
    private static final IkeSpi SPI_R = new IkeSpi(0x1b81bc3fecaa1838L);

    @Test
    void theIkeSaInitRequestReadsAsTcpdumpSaysIt() throws PeerViolation {
        IkeMessage message = IkeMessage.decode(Captured.read("ike-sa-init-request"));

        assertEquals(
                new IkeHeader(SPI_I, IkeSpi.ZERO, 33, 2, 0, 34, true, false, 0, 284),
                message.header());
        assertEquals(
                "SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(REDIR_SUP)",
                outline(message.payloads()));
        var proposals = ((SecurityAssociation) message.payloads().getFirst()).proposals();
        assertEquals(
                List.of(
                        new Proposal(
                                1,
                                ProtocolId.IKE,
                                Bytes.EMPTY,
                                List.of(
                                        new Transform(TransformType.ENCR, 12, 128),
                                        Transform.of(TransformType.INTEG, 12),
                                        Transform.of(TransformType.PRF, 5),
                                        Transform.of(TransformType.KE, 31),
                                        Transform.of(TransformType.KE, 19))),
                        new Proposal(
                                2,
                                ProtocolId.IKE,
                                Bytes.EMPTY,
                                List.of(
                                        new Transform(TransformType.ENCR, 20, 256),
                                        Transform.of(TransformType.PRF, 6),
                                        Transform.of(TransformType.KE, 31)))),
                proposals);
        assertEquals(
                new KeyExchange(
                        31,
                        Bytes.ofHex(
                                "1b1577c29c908c86ff6b1a490e87d17b0b021e8f21599cc3234cebe3068b4a50")),
                message.payloads().get(1));
        assertEquals(
                new Nonce(
                        Bytes.ofHex(
                                "7c7b10791aa8023d7e25e5d450b1e7c5bd09d4d5386aace5e27d632c0832e62c")),
                message.payloads().get(2));
        assertEquals(
                Notify.of(
                        NotifyType.NAT_DETECTION_SOURCE_IP,
                        Bytes.ofHex("16ce89045de39d40fc3ba055b7d767c53c50ea87")),
                message.payloads().get(3));
        assertEquals(
                Notify.of(NotifyType.SIGNATURE_HASH_ALGORITHMS, Bytes.ofHex("0002000300040005")),
                message.payloads().get(6));
    }

    @Test
    void theIkeSaInitResponseReadsAsCharonLogsIt() throws PeerViolation {
        IkeMessage message = IkeMessage.decode(Captured.read("ike-sa-init-response"));

        assertEquals(
                new IkeHeader(SPI_I, SPI_R, 33, 2, 0, 34, false, true, 0, 248), message.header());
        assertEquals(
                "SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(CHDLESS_SUP)"
                        + " N(MULT_AUTH)",
                outline(message.payloads()));
        var sa = (SecurityAssociation) message.payloads().getFirst();
        assertEquals(
                "[IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/CURVE_25519]",
                sa.proposals().toString());
    }

    @Test
    void anIkeAuthRequestIsOneEncryptedPayload() throws PeerViolation {
        IkeMessage message = IkeMessage.decode(Captured.read("ike-auth-request"));

        assertEquals(
                new IkeHeader(SPI_I, SPI_R, 46, 2, 0, 35, true, false, 1, 512), message.header());
        var sk = assertInstanceOf(Encrypted.class, message.payloads().getFirst());
        assertEquals(1, message.payloads().size());
        assertEquals(IdInitiator.TYPE, sk.firstInner());
        assertEquals(480, sk.body().length());
        assertTrue(sk.body().startsWith(Bytes.ofHex("5e661c5ea3876462cfca7423c5fc9561")));
    }

    @Test
    void theDecryptedIkeAuthRequestReadsAsCharonLogsIt() throws PeerViolation {
        Bytes chain = Captured.read("ike-auth-request-inner");
        List<Payload> payloads = IkeMessage.decodeChain(IdInitiator.TYPE, chain);

        assertEquals(
                "IDi N(INIT_CONTACT) IDr AUTH SA TSi TSr N(MOBIKE_SUP) N(ADD_6_ADDR) N(MULT_AUTH)"
                        + " N(EAP_ONLY) N(MSG_ID_SYN_SUP)",
                outline(payloads));
        assertEquals(
                "C=CH, O=Example & Sons, CN=gw-a",
                ((IdInitiator) payloads.getFirst()).id().toString());
        assertEquals(
                new IdResponder(new Identification(IdType.FQDN, Bytes.utf8("gw-b.example.org"))),
                payloads.get(2));
        var auth = (Authentication) payloads.get(3);
        assertEquals(2, auth.method());
        assertEquals(32, auth.data().length());
        var proposals = ((SecurityAssociation) payloads.get(4)).proposals();
        assertEquals(
                "[ESP:AES_GCM_16_256/NO_EXT_SEQ, ESP:AES_CBC_128/HMAC_SHA2_256_128/EXT_SEQ/NO_EXT_SEQ]",
                proposals.toString());
        assertEquals("682607a9", ChildSpi.of(proposals.getFirst().spi()).toString());
        assertEquals(
                "[10.1.0.0/16[tcp/http], 10.1.0.1..10.1.0.9, fd00:1::/32[udp/1024-2048],"
                        + " 10.1.1.0/24[icmp/8], 10.1.2.0/24[gre], 10.1.3.0/24[0/domain],"
                        + " 10.1.4.0/24[udp/OPAQUE]]",
                ((TsInitiator) payloads.get(5)).selectors().toString());
        assertEquals("[10.2.0.0/16]", ((TsResponder) payloads.get(6)).selectors().toString());
        assertEquals(
                Bytes.wrapOwned(IpAddress.parse("2001:db8::1").toBytes()),
                ((Notify) payloads.get(8)).data());
    }

    @Test
    void theDecryptedIkeAuthResponseRefusesTheSelectors() throws PeerViolation {
        Bytes chain = Captured.read("ike-auth-response-inner");
        List<Payload> payloads = IkeMessage.decodeChain(IdResponder.TYPE, chain);

        assertEquals("IDr AUTH N(MOBIKE_SUP) N(ADD_6_ADDR) N(TS_UNACCEPT)", outline(payloads));
        assertTrue(IkeMessage.notify(payloads, NotifyType.TS_UNACCEPTABLE).isPresent());
        assertTrue(((Notify) payloads.getLast()).isError());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ike-sa-init-request",
                "ike-sa-init-response",
                "ike-auth-request",
                "ike-auth-response"
            })
    void encodingWhatWasDecodedGivesTheSameBytes(String name) throws PeerViolation {
        Bytes datagram = Captured.read(name);
        IkeMessage message = IkeMessage.decode(datagram);
        IkeHeader header = message.header();

        assertEquals(
                datagram,
                IkeMessage.encode(
                        header.initiatorSpi(),
                        header.responderSpi(),
                        header.exchangeType(),
                        header.fromInitiator(),
                        header.response(),
                        header.messageId(),
                        message.payloads()));
    }

    @Test
    void encodingTheInnerPayloadsGivesTheSameBytes() throws PeerViolation {
        Bytes request = Captured.read("ike-auth-request-inner");
        assertEquals(
                request, IkeMessage.encodeChain(IkeMessage.decodeChain(IdInitiator.TYPE, request)));
        Bytes response = Captured.read("ike-auth-response-inner");
        assertEquals(
                response,
                IkeMessage.encodeChain(IkeMessage.decodeChain(IdResponder.TYPE, response)));
    }

    private static String outline(List<Payload> payloads) {
        return payloads.stream()
                .map(CapturedMessagesTest::shortName)
                .collect(Collectors.joining(" "));
    }

    private static String shortName(Payload payload) {
        return switch (payload) {
            case SecurityAssociation _ -> "SA";
            case KeyExchange _ -> "KE";
            case Nonce _ -> "No";
            case IdInitiator _ -> "IDi";
            case IdResponder _ -> "IDr";
            case Authentication _ -> "AUTH";
            case TsInitiator _ -> "TSi";
            case TsResponder _ -> "TSr";
            case Notify notify -> "N(" + NotifyType.shortName(notify.notifyType()) + ")";
            default -> "payload " + payload.type();
        };
    }
}
