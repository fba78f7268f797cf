package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Payload.Configuration;
import org.keyferry.wire.Payload.Encrypted;
import org.keyferry.wire.Payload.EncryptedFragment;
import org.keyferry.wire.Payload.KeyExchange;
import org.keyferry.wire.Payload.Nonce;
import org.keyferry.wire.Payload.Notify;
import org.keyferry.wire.Payload.SecurityAssociation;
import org.keyferry.wire.Payload.TsInitiator;
import org.keyferry.wire.Payload.Unrecognized;
import org.keyferry.wire.Payload.VendorId;

/// What RFC 7296 §3 and RFC 7383 §2.5 demand of received bytes, rule by rule. Bodies are written by
/// hand from the RFC's diagrams.
class DecodingRulesTest {
    private static final String SPIS = "0102030405060708" + "1112131415161718";

    /// Header, then payloads given as hex; the length is filled in.
    private static Bytes datagram(int firstPayload, String payloadsHex) {
        String header = SPIS + "%02x20252800000007%08x";
        return Bytes.ofHex(
                header.formatted(firstPayload, 28 + payloadsHex.length() / 2) + payloadsHex);
    }

    /// One payload with its generic header.
    private static String payload(int next, String bodyHex) {
        return "%02x00%04x".formatted(next, 4 + bodyHex.length() / 2) + bodyHex;
    }

    private static Payload only(int type, String bodyHex) throws PeerViolation {
        List<Payload> payloads = IkeMessage.decode(datagram(type, payload(0, bodyHex))).payloads();
        assertEquals(1, payloads.size());
        return payloads.getFirst();
    }

    private static Violation refused(Bytes datagram) {
        return assertThrows(PeerViolation.class, () -> IkeMessage.decode(datagram)).violation();
    }

    private static String refusal(int type, String bodyHex) {
        return refused(datagram(type, payload(0, bodyHex))).toString();
    }

    /// RFC 8019 §8.2.
    @Test
    void aPuzzleSolutionIsFourKeysOfOneSize() throws PeerViolation {
        assertEquals(
                new Payload.PuzzleSolution(
                        Stream.of("0102", "0304", "0506", "0708").map(Bytes::ofHex).toList()),
                only(54, "0102030405060708"));
        assertEquals("malformed puzzle solution length at byte 32", refusal(54, ""));
        assertEquals("malformed puzzle solution length at byte 32", refusal(54, "010203"));
        assertEquals("malformed puzzle solution length at byte 32", refusal(54, "0102030405"));
        assertEquals(4, ((Payload.PuzzleSolution) only(54, "00".repeat(256))).keys().size());
        assertEquals(
                "more than 64 bytes in a key of a puzzle solution", refusal(54, "00".repeat(260)));
    }

    /// RFC 8019 §8.1: PRF and difficulty.
    @Test
    void aPuzzleIsThreeBytes() throws PeerViolation {
        assertEquals(3, ((Notify) only(41, "00004032" + "000512")).data().length());
        assertTrue(refusal(41, "00004032" + "0005").startsWith("malformed PUZZLE data"));
        assertTrue(refusal(41, "00004032" + "00051200").startsWith("malformed PUZZLE data"));
    }

    @Test
    void anEmptyMessageHasNoPayloads() throws PeerViolation {
        IkeMessage message = IkeMessage.decode(datagram(0, ""));
        assertEquals(List.of(), message.payloads());
        assertEquals(7, message.header().messageId());
        assertTrue(message.header().fromInitiator());
        assertTrue(message.header().response());
    }

    @Test
    void theHeaderIsChecked() {
        assertEquals("malformed IKE header at byte 27", refused(datagram(0, "").slice(0, 27)) + "");
        assertEquals(
                "malformed message length at byte 24",
                refused(datagram(0, "").concat(Bytes.ofU8(0))) + "");
        assertEquals(
                "malformed message length at byte 24",
                refused(datagram(43, payload(0, "00")).slice(0, 32)) + "");
        Bytes zeroSpi = new IkeSpi(0).bytes().concat(datagram(0, "").slice(8, 28));
        assertEquals("malformed initiator SPI at byte 0", refused(zeroSpi) + "");
    }

    @Test
    void theMajorVersionMustBeTwoAndTheMinorIsIgnored() throws PeerViolation {
        byte[] bytes = datagram(0, "").toArray();
        bytes[17] = 0x30;
        assertEquals(new Violation.UnsupportedVersion(3), refused(Bytes.of(bytes)));
        bytes[17] = 0x2f;
        assertEquals(15, IkeMessage.decode(Bytes.of(bytes)).header().minorVersion());
    }

    @Test
    void reservedBitsAreIgnored() throws PeerViolation {
        byte[] bytes = datagram(34, "007f" + "000c" + "001f" + "ffff" + "01020304").toArray();
        bytes[19] |= (byte) 0xc7; // all flags that are reserved, or are of version 1
        IkeMessage message = IkeMessage.decode(Bytes.of(bytes));
        assertEquals(List.of(new KeyExchange(31, Bytes.ofHex("01020304"))), message.payloads());
    }

    @Test
    void unknownPayloadsAreSkippedUnlessCritical() throws PeerViolation {
        String vendor = payload(0, "ab");
        Bytes skipped = datagram(200, payload(43, "0102") + vendor);
        assertEquals(
                List.of(
                        new Unrecognized(200, false, Bytes.ofHex("0102")),
                        new VendorId(Bytes.ofU8(0xab))),
                IkeMessage.decode(skipped).payloads());

        Bytes critical = datagram(200, "2b80" + "0006" + "0102" + vendor);
        assertEquals(new Violation.UnknownCritical(200), refused(critical));
        Bytes knownCritical = datagram(43, "0080" + "0005" + "ab");
        assertEquals(
                List.of(new VendorId(Bytes.ofU8(0xab))),
                IkeMessage.decode(knownCritical).payloads());
    }

    @Test
    void payloadLengthsMustFit() {
        assertEquals("malformed payload length at byte 30", refused(datagram(43, "00000003")) + "");
        assertEquals("malformed payload length at byte 32", refused(datagram(43, "00000005")) + "");
        assertEquals("malformed next payload at byte 28", refused(datagram(43, "")) + "");
        assertEquals(
                "malformed bytes after last payload at byte 33",
                refused(datagram(43, payload(0, "ab") + "00")) + "");
    }

    @Test
    void theEncryptedPayloadIsTheLast() throws PeerViolation {
        Bytes good = datagram(41, payload(46, "00004000") + payload(35, "ffff"));
        assertEquals(
                List.of(
                        Notify.of(NotifyType.INITIAL_CONTACT),
                        new Encrypted(35, Bytes.ofHex("ffff"))),
                IkeMessage.decode(good).payloads());
        Bytes more = datagram(46, payload(43, "ffff") + payload(0, "ab"));
        assertEquals("malformed bytes after last payload at byte 34", refused(more) + "");
    }

    @Test
    void anEncryptedPayloadCannotHoldAnother() {
        Bytes chain = Bytes.ofHex(payload(0, "ffff"));
        for (int type : List.of(46, 53)) {
            PeerViolation violation =
                    assertThrows(PeerViolation.class, () -> IkeMessage.decodeChain(type, chain));
            assertEquals(
                    "malformed encrypted payload inside another at byte 0", violation.getMessage());
        }
    }

    @Test
    void fragmentNumbersCountFromOneToTheTotal() throws PeerViolation {
        assertEquals(
                new EncryptedFragment(0, 2, 2, Bytes.ofU8(0xee)), only(53, "0002" + "0002" + "ee"));
        assertEquals("malformed fragment number at byte 32", refusal(53, "00000001ee"));
        assertEquals("malformed fragment number at byte 32", refusal(53, "00030002ee"));
        assertEquals("malformed total fragments at byte 34", refusal(53, "0001"));
        Bytes first = datagram(53, payload(35, "00010002ee"));
        assertEquals(
                List.of(new EncryptedFragment(35, 1, 2, Bytes.ofU8(0xee))),
                IkeMessage.decode(first).payloads());
        Bytes second = datagram(53, payload(35, "00020002ee"));
        assertEquals("malformed fragment next payload at byte 28", refused(second) + "");
    }

    @ParameterizedTest
    @CsvSource({"15, false", "16, true", "256, true", "257, false"})
    void noncesHave16To256Bytes(int length, boolean good) throws PeerViolation {
        String body = "5a".repeat(length);
        if (good) {
            assertEquals(new Nonce(Bytes.ofHex(body)), only(40, body));
        } else {
            assertEquals("malformed nonce length at byte 32", refusal(40, body));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "010400000102ffff, malformed notify SPI size at byte 33", // IKE with an SPI
        "030800001122334455667788, malformed notify SPI size at byte 33",
        "0004000011223344, malformed notify SPI size at byte 33",
        "0304400900, malformed notify SPI at byte 36",
        "00000011ab, malformed INVALID_KE_PAYLOAD data at byte 36",
        "00004006, malformed COOKIE data at byte 36",
        "0000400411223344, malformed NAT_DETECTION_SOURCE_IP data at byte 36",
        "00004009, malformed REKEY_SA data at byte 36",
        "000040, malformed notify type at byte 34",
    })
    void notifiesThatBreakARuleAreRefused(String body, String why) {
        assertEquals(why, refusal(41, body));
    }

    @Test
    void aCookieHasUpTo64Bytes() throws PeerViolation {
        assertEquals(
                Notify.of(NotifyType.COOKIE, Bytes.ofHex("c0".repeat(64))),
                only(41, "00004006" + "c0".repeat(64)));
        assertEquals("malformed COOKIE data at byte 36", refusal(41, "00004006" + "c0".repeat(65)));
    }

    @Test
    void aNotifyMayNameAChild() throws PeerViolation {
        assertEquals(
                new Notify(3, Bytes.ofHex("c0ffee01"), NotifyType.REKEY_SA, Bytes.EMPTY),
                only(41, "03044009c0ffee01"));
        assertEquals(new Notify(1, Bytes.EMPTY, 60_000, Bytes.ofU8(1)), only(41, "0100ea6001"));
    }

    @ParameterizedTest
    @CsvSource({
        "01080000, malformed delete SPI size at byte 33",
        "01000001, malformed delete SPI count at byte 34",
        "03080001c0ffee01c0ffee02, malformed delete SPI size at byte 33",
        "03040002c0ffee01, malformed delete SPI count at byte 34",
        "03040001c0ffee01c0ffee02, malformed delete SPI count at byte 34",
        "03040001000000ff, malformed delete SPI at byte 36",
        "04020001c0ff, malformed delete protocol at byte 32",
        "03ffffff, malformed delete SPI size at byte 33",
    })
    void deletesThatBreakARuleAreRefused(String body, String why) {
        assertEquals(why, refusal(42, body));
    }

    @Test
    void deletesNameTheIkeSaOrChildren() throws PeerViolation {
        assertEquals(Payload.Delete.ikeSa(), only(42, "01000000"));
        assertEquals(
                Payload.Delete.child(
                        ProtocolId.ESP, List.of(new ChildSpi(0xc0ffee01), new ChildSpi(256))),
                only(42, "03040002" + "c0ffee01" + "00000100"));
    }

    @ParameterizedTest
    @CsvSource({
        "01000000 07000010 0000ffff 0a000001 0a000000, malformed TS addresses at byte 44",
        "01000000 07000010 00020001 0a000000 0a000001, malformed TS ports at byte 40",
        "01000000 07000014 0000ffff 0a000000 0a000001 00000000, malformed TS length at byte 38",
        "01000000 08000010 0000ffff 0a000000 0a000001, malformed TS length at byte 38",
        "01000000 0700000f 0000ffff 0a000000 0a0001, malformed TS length at byte 38",
        "01000000 07000003, malformed TS length at byte 38",
        "02000000 07000010 0000ffff 0a000000 0a000001, malformed TS type at byte 52",
        "00000000, malformed TS count at byte 32",
        "01000000 07000010 0000ffff 0a000000 0a000001 00, malformed bytes after payload 44 at byte"
                + " 52",
    })
    void selectorsThatBreakARuleAreRefused(String body, String why) {
        assertEquals(why, refusal(44, body.replace(" ", "")));
    }

    @Test
    void selectorsOfUnknownTypesAreLeftOut() throws PeerViolation {
        String unknown = "0b000008" + "61626364";
        String range = "07110010" + "ffff0000" + "0a000000" + "0a0000ff";
        assertEquals(
                new TsInitiator(List.of(TrafficSelector.parse("10.0.0.0/24[udp/opaque]"))),
                only(44, "02000000" + unknown + range));
        assertEquals(new TsInitiator(List.of()), only(44, "01000000" + unknown));
    }

    /// RFC 9478 §2.2.
    @Test
    void securityLabelsAreNoSelectorsOfPackets() throws PeerViolation {
        String label = "0a000008" + "61626300";
        String range = "07110010" + "ffff0000" + "0a000000" + "0a0000ff";
        var read =
                new TsInitiator(
                        List.of(TrafficSelector.parse("10.0.0.0/24[udp/opaque]")),
                        List.of(Bytes.ofHex("61626300")));
        assertEquals(read, only(44, "02000000" + label + range));
        assertEquals(read, only(44, "02000000" + range + label));
        assertEquals(new TsInitiator(List.of()), only(44, "01000000" + "0a000004"));
    }

    @ParameterizedTest
    @CsvSource({
        // attribute, or key bits that the transform reads as
        "800e0100, 256", // Key Length, TV
        "'', 0",
        "80120001, -1", // Signature Algorithm Identifier: not understood
        "00120003aabbcc, -1", // TLV: not understood
        "800e0100800e0100, -1",
        "800e0000, -1",
        "800e010080120001, -1",
    })
    void attributesOfATransform(String attributes, int keyBits) throws PeerViolation {
        assertEquals(
                new SecurityAssociation(
                        List.of(
                                new Proposal(
                                        1,
                                        ProtocolId.IKE,
                                        Bytes.EMPTY,
                                        List.of(new Transform(1, 20, keyBits))))),
                only(33, proposal("01010001", transform(0, "01000014" + attributes))));
    }

    @ParameterizedTest
    @CsvSource({
        "00000008010100, malformed proposal length at byte 36",
        "0000000701010001, malformed proposal length at byte 34",
        "0000000801010001, malformed transform at byte 40",
        "0200000801010000, malformed proposal at byte 40",
        "0100000801010000, malformed proposal chaining at byte 32",
        "000000080101000000, malformed bytes after last proposal at byte 40",
        "000000100101000003000008 01000014, malformed bytes after last transform at byte 40",
        "000000100101000103000008 01000014, malformed transform count at byte 40",
        "000000100101000102000008 01000014, malformed transform chaining at byte 40",
        "000000100101000100000007 01000014, malformed transform id at byte 46",
        "000000100101000100000009 01000014, malformed transform length at byte 44",
        "0000000c0101000100000003, malformed transform length at byte 42",
        "0000000c01010400c0ffee01, malformed proposal SPI size at byte 38",
        "0000000c01030200c0ffee01, malformed proposal SPI size at byte 38",
        "0000000c01030400000000ff, malformed proposal SPI at byte 40",
        "000000140101000100000 00c01000014000e0100, malformed transform attribute length at byte"
                + " 52",
        "00000016010100010000000e01000014000e00020100, malformed Key Length attribute format at"
                + " byte 48",
        "0000001201010001000000 0a01000014800e, malformed transform attribute value at byte 50",
    })
    void proposalsThatBreakARuleAreRefused(String body, String why) {
        assertEquals(why, refusal(33, body.replace(" ", "")));
    }

    @Test
    void proposalsOfOtherProtocolsAreKeptForTheAnswerToRefuse() throws PeerViolation {
        String fibreChannel = "02000009" + "01040100" + "ee";
        String esp = "0000000c" + "02030400" + "c0ffee01";
        var sa = (SecurityAssociation) only(33, fibreChannel + esp);
        assertEquals(List.of(4, 3), sa.proposals().stream().map(Proposal::protocolId).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "35, 01000000 0a0000, malformed identification address at byte 36",
        "36, 05000000 0a000001, malformed identification address at byte 36",
        "35, 010000, malformed identification reserved at byte 33",
        "48, 01020005 01ff, malformed EAP length at byte 32",
        "48, 010200, malformed EAP length at byte 32",
        "47, 01000000 00010003 0a0000, malformed configuration attribute length at byte 38",
        "47, 01000000 00080010 20010db8000000000000000000000001, malformed configuration attribute"
                + " length at byte 38",
        "47, 01000000 00070005 41, malformed configuration attribute value at byte 40",
        "39, 0200, malformed AUTH reserved at byte 33",
        "37, '', malformed certificate encoding at byte 32",
        "34, 001f00, malformed KE reserved at byte 34",
    })
    void otherPayloadsThatBreakARuleAreRefused(int type, String body, String why) {
        assertEquals(why, refusal(type, body.replace(" ", "")));
    }

    @Test
    void configurationAttributesMayBeEmptyAndTheirReservedBitIsIgnored() throws PeerViolation {
        assertEquals(
                new Configuration(
                        Configuration.REQUEST,
                        List.of(
                                new ConfigAttribute(1, Bytes.EMPTY),
                                new ConfigAttribute(3, Bytes.ofHex("0a000001")))),
                only(47, "01ffffff" + "80010000" + "000300040a000001"));
    }

    @Test
    void limitsHold() throws PeerViolation {
        String vendor = payload(43, "");
        String last = payload(0, "");
        Bytes most = datagram(43, vendor.repeat(63) + last);
        assertEquals(64, IkeMessage.decode(most).payloads().size());
        assertEquals(
                new Violation.LimitExceeded("payloads in a message", 64),
                refused(datagram(43, vendor.repeat(64) + last)));

        String proposal = "0200000801010000";
        String lastProposal = "0000000801010000";
        assertEquals(
                64,
                ((SecurityAssociation) only(33, proposal.repeat(63) + lastProposal))
                        .proposals()
                        .size());
        assertEquals("more than 64 proposals", refusal(33, proposal.repeat(64) + lastProposal));
        assertEquals(
                "more than 256 configuration attributes",
                refusal(47, "01000000" + "00010000".repeat(257)));
        assertEquals(
                "more than 65535 bytes in a datagram", refused(Bytes.of(new byte[65_536])) + "");
    }

    @Test
    void aViolationCostsNoStackTrace() {
        PeerViolation violation =
                assertThrows(PeerViolation.class, () -> IkeMessage.decode(Bytes.EMPTY));
        assertEquals(0, violation.getStackTrace().length);
        assertEquals("malformed IKE header at byte 0", violation.getMessage());
    }

    private static String proposal(String head, String... transforms) {
        String body = head + String.join("", Stream.of(transforms).toList());
        return "0000%04x".formatted(4 + body.length() / 2) + body;
    }

    private static String transform(int more, String body) {
        return "%02x00%04x".formatted(more, 4 + body.length() / 2) + body;
    }
}
