package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Packets of EAP-SIM, EAP-AKA and EAP-AKA', byte by byte.
class EapSimMessageTest {
    private static final String ZEROS = "00".repeat(16);

    private static String text(EapSimMessage message) {
        var out = new StringBuilder(message.subtype().toString());
        message.fields()
                .forEach(
                        f ->
                                out.append(' ')
                                        .append(f.attribute())
                                        .append('=')
                                        .append(f.value().hex()));
        return out.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "AKA, true, 050000 0d010000, AKA_IDENTITY ANY_ID_REQ=",
        "AKA, false, 050000 0e03000561626364 65000000, AKA_IDENTITY IDENTITY=6162636465",
        "SIM, true, 0a0000 0f02000200010000, SIM_START VERSION_LIST=0001",
        "SIM, false, 0a0000 0705000001234567 89abcdeffedcba98 76543210 10010001,"
                + " SIM_START NONCE_MT=0123456789abcdeffedcba9876543210 SELECTED_VERSION=0001",
        "AKA, false, 010000 0303004028d7b0f2 a2ec3de5, AKA_CHALLENGE RES=28d7b0f2a2ec3de5",
        "AKA, false, 040000 0404000102030405 060708090a0b0c0d,"
                + " AKA_SYNCHRONIZATION_FAILURE AUTS=000102030405060708090a0b0c0d",
        "AKA, true, 0c0000 0c014000, NOTIFICATION_ROUND NOTIFICATION=4000",
        "SIM, false, 0e0000 16010003, CLIENT_ERROR CLIENT_ERROR_CODE=0003",
        "AKA_PRIME, true, 010000 18010001 17020004574c414e 18010002,"
                + " AKA_CHALLENGE KDF=0001 KDF_INPUT=574c414e KDF=0002",
        "AKA, true, 010000 88018000 86010000 87010000,"
                + " AKA_CHALLENGE BIDDING=8000 CHECKCODE= RESULT_IND=",
        // skippable and unknown, or out of place
        "AKA, true, 050000 ff0200000000dead 0d010000, AKA_IDENTITY ANY_ID_REQ=",
        "SIM, true, 0c0000 0c014000 88018000, NOTIFICATION_ROUND NOTIFICATION=4000"
    })
    void decodes(EapSimMethod method, boolean request, String hex, String wanted)
            throws PeerViolation {
        Bytes data = Bytes.ofHex(hex.replace(" ", ""));
        EapSimMessage message = EapSimMessage.decode(method, request, data);
        assertEquals(wanted, text(message));
        if (!hex.contains(" ff") && !wanted.contains("NOTIFICATION=4000")) {
            assertEquals(data, message.encode());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AKA, true, 0500, reserved bytes",
        "AKA, true, 0a0000, subtype 10",
        "SIM, true, 050000, subtype 5",
        "SIM, true, 630000, subtype 99",
        "AKA, true, 050000 0d, length of attribute 13",
        "AKA, true, 050000 0d000000, length of attribute 13",
        "AKA, true, 050000 0d02000000, attribute 13",
        "AKA, true, 050000 0d0200000000 0000, AT_ANY_ID_REQ",
        "AKA, true, 050000 0d010000 0d010000, second AT_ANY_ID_REQ",
        "AKA, true, 050000 7f010000, attribute 127",
        "AKA, true, 050000 0e0200010000 0000, attribute 14",
        "AKA, true, 010000 18010001, attribute 24",
        "SIM, true, 0b0000 0205000000000000 0000000000000000 00000000, attribute 2",
        "AKA, false, 050000 0e01000a, length of AT_IDENTITY",
        "AKA, false, 050000 0e010000, AT_IDENTITY",
        "AKA, false, 050000 0e02000161000001, AT_IDENTITY",
        "AKA, false, 050000 0e0300016100000000000000, AT_IDENTITY",
        "AKA, false, 010000 0302001f00000000, AT_RES",
        "AKA, false, 010000 0302001800000000, AT_RES",
        "AKA, false, 010000 0306009000000000 0000000000000000 0000000000000000, AT_RES",
        "AKA, false, 010000 0b02000000000000, AT_MAC",
        "AKA, true, 010000 86020000 00000000, AT_CHECKCODE",
        "AKA, true, 010000 0104000000000000 0000000000000000, AT_RAND",
        "AKA, true, 010000 8205000000000000 0000000000000000, attribute 130",
        "AKA, true, 010000 82040000 0000000000000000 00000000, AT_ENCR_DATA",
        "SIM, true, 0a0000 0f02000300010000, AT_VERSION_LIST"
    })
    void refuses(EapSimMethod method, boolean request, String hex, String wanted) {
        Bytes data = Bytes.ofHex(hex.replace(" ", ""));
        var violation =
                assertThrows(
                        PeerViolation.class, () -> EapSimMessage.decode(method, request, data));
        assertTrue(violation.getMessage().contains(wanted), violation.getMessage());
    }

    @Test
    void whatIsHiddenIsPaddedToBlocks() throws PeerViolation {
        var reauthentication =
                new EapSimMessage(EapSimSubtype.REAUTHENTICATION)
                        .with(EapSimAttribute.COUNTER, Bytes.ofU16(1))
                        .with(EapSimAttribute.NONCE_S, Bytes.ofHex(ZEROS));
        Bytes plain = reauthentication.encodeHidden();
        assertEquals(32, plain.length());
        EapSimMessage again = reauthentication.hidden(true, plain);
        assertEquals(Bytes.ofHex("000000000000"), again.get(EapSimAttribute.PADDING).orElseThrow());
        byte[] wrong = plain.toArray();
        wrong[31] = 1;
        var violation =
                assertThrows(
                        PeerViolation.class, () -> reauthentication.hidden(true, Bytes.of(wrong)));
        assertTrue(violation.getMessage().contains("AT_PADDING"), violation.getMessage());
        assertThrows(PeerViolation.class, () -> reauthentication.hidden(false, plain), "a nonce");
        assertEquals(
                0,
                new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                                .with(EapSimAttribute.NEXT_PSEUDONYM, Bytes.of(new byte[12]))
                                .encodeHidden()
                                .length()
                        % 16);
    }

    @Test
    void theMacIsMadeOfThePacketWithZerosInItsPlace() {
        String head = "010200241701000087010000";
        Bytes packet = Bytes.ofHex(head + "0b050000" + "a5".repeat(16) + "86010000");
        assertEquals(
                Bytes.ofHex(head + "0b050000" + ZEROS + "86010000"),
                EapSimMessage.withoutMac(packet).orElseThrow());
        assertTrue(EapSimMessage.withoutMac(Bytes.ofHex(head)).isEmpty());
    }
}
