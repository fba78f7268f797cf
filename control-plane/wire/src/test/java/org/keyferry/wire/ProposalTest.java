package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProposalTest {
    @ParameterizedTest
    @CsvSource({
        "1, 12, 128, AES_CBC_128",
        "1, 20, 256, AES_GCM_16_256",
        "1, 28, 0, CHACHA20_POLY1305",
        "1, 99, 0, UNKNOWN_1_99",
        "2, 5, 0, PRF_HMAC_SHA2_256",
        "3, 12, 0, HMAC_SHA2_256_128",
        "4, 31, 0, CURVE_25519",
        "4, 0, 0, KE_NONE",
        "5, 0, 0, NO_EXT_SEQ",
        "6, 36, 0, KE1_ML_KEM_768",
        "12, 0, 0, KE7_KE_NONE",
        "13, 1, 0, UNKNOWN_13_1",
    })
    void transformsHaveCharonsNames(int type, int id, int keyBits, String text) {
        assertEquals(text, new Transform(type, id, keyBits).toString());
    }

    @Test
    void namesLeadBackToIds() {
        assertEquals(OptionalInt.of(20), TransformNames.id(TransformType.ENCR, "AES_GCM_16"));
        assertEquals(OptionalInt.empty(), TransformNames.id(TransformType.PRF, "AES_GCM_16"));
    }

    @Test
    void proposalsPrintTheirTransformsInCharonsOrder() {
        Proposal proposal =
                new Proposal(
                        1,
                        ProtocolId.IKE,
                        Bytes.EMPTY,
                        List.of(
                                Transform.of(TransformType.ADDKE1, 36),
                                Transform.of(TransformType.KE, 31),
                                Transform.of(TransformType.PRF, 5),
                                Transform.of(TransformType.INTEG, 12),
                                new Transform(TransformType.ENCR, 12, 256)));
        assertEquals(
                "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/CURVE_25519/KE1_ML_KEM_768",
                proposal.toString());
        assertEquals(
                List.of(Transform.of(TransformType.KE, 31)), proposal.ofType(TransformType.KE));
    }

    @Test
    void notifiesHaveNames() {
        assertEquals("NO_PROPOSAL_CHOSEN", NotifyType.name(14));
        assertEquals("NO_PROP", NotifyType.shortName(14));
        assertEquals("NOTIFY_50000", NotifyType.name(50_000));
        assertEquals(true, NotifyType.isError(16_383));
        assertEquals(false, NotifyType.isError(16_384));
        assertEquals("CREATE_CHILD_SA", ExchangeType.name(36));
    }

    @Test
    void aTransformThatWasNotUnderstoodCannotBeSent() {
        Transform odd = new Transform(TransformType.ENCR, 12, Transform.NOT_UNDERSTOOD);
        Proposal proposal = new Proposal(1, ProtocolId.IKE, Bytes.EMPTY, List.of(odd));
        List<Payload> payloads = List.of(new Payload.SecurityAssociation(List.of(proposal)));
        assertThrows(IllegalArgumentException.class, () -> IkeMessage.encodeChain(payloads));
    }
}
