package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

class ProposalTest {
    private static String parse(String protocol, String text) {
        int protocolId =
                switch (protocol) {
                    case "ike" -> ProtocolId.IKE;
                    case "esp" -> ProtocolId.ESP;
                    default -> ProtocolId.AH;
                };
        return ProposalText.parse(protocolId, 1, text, _ -> true).toString();
    }

    /// Rows of keyword, transform type, transform id, key bits.
    @Test
    void everyKeywordIsKnown() throws Exception {
        var seen = new HashSet<String>();
        try (var rows = getClass().getResourceAsStream("proposal-keywords.txt")) {
            for (String row :
                    new String(rows.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                String[] cells = row.split(" ", -1);
                var transform =
                        new Transform(
                                Integer.parseInt(cells[1]),
                                Integer.parseInt(cells[2]),
                                Integer.parseInt(cells[3]));
                assertEquals(Optional.of(transform), ProposalKeywords.find(cells[0]), row);
                seen.add(cells[0]);
            }
        }
        assertEquals(seen, ProposalKeywords.all());
        assertTrue(seen.size() > 150);
    }

    @Test
    void additionalKeyExchanges() {
        assertEquals(
                Optional.of(Transform.of(TransformType.ADDKE1, 36)),
                ProposalKeywords.find("ke1_mlkem768"));
        assertEquals(
                Optional.of(Transform.of(TransformType.ADDKE7, 0)),
                ProposalKeywords.find("KE7_none"));
        for (String wrong :
                List.of("ke0_x25519", "ke8_x25519", "ke1_aes", "ke1_", "ke1", "ke1x25519"))
            assertEquals(Optional.empty(), ProposalKeywords.find(wrong), wrong);
    }

    @ParameterizedTest
    @CsvSource({
        "ike, aes128-sha256-ecp256, IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256",
        "ike, aes256gcm16-prfsha384-ecp384, IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384",
        "ike, aes256gcm16-sha384-ecp384, IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384",
        "ike, aes-sha1-sha1_160-modp2048, IKE:AES_CBC_128/HMAC_SHA1_96/HMAC_SHA1_160/PRF_HMAC_SHA1/MODP_2048",
        "ike, aes-aesxcbc-aescmac-modp2048, IKE:AES_CBC_128/AES_XCBC_96/AES_CMAC_96/PRF_AES128_XCBC/PRF_AES128_CMAC/MODP_2048",
        "ike, aes-md5-prfsha512-modp2048, IKE:AES_CBC_128/HMAC_MD5_96/PRF_HMAC_SHA2_512/MODP_2048",
        "ike, 3des-aes-sha512-x25519-none, IKE:3DES_CBC/AES_CBC_128/HMAC_SHA2_512_256/PRF_HMAC_SHA2_512/CURVE_25519",
        "ike, ' aes128 - sha256 - x25519 ', IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/CURVE_25519",
        "ike, chacha20poly1305-prfsha256-x25519-ke1_mlkem768, IKE:CHACHA20_POLY1305/PRF_HMAC_SHA2_256/CURVE_25519/KE1_ML_KEM_768",
        "esp, aes128gcm16, ESP:AES_GCM_16_128/NO_EXT_SEQ",
        "esp, aes128gcm16-sha256, ESP:AES_GCM_16_128/NO_EXT_SEQ",
        "esp, aes128-sha256-prfsha256, ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ",
        "esp, aes128, ESP:AES_CBC_128/NO_EXT_SEQ",
        "esp, null-sha256-esn-noesn, ESP:NULL/HMAC_SHA2_256_128/EXT_SEQ/NO_EXT_SEQ",
        "esp, aes256gcm16-modp2048-none, ESP:AES_GCM_16_256/MODP_2048/KE_NONE/NO_EXT_SEQ",
        "ah, sha256-aes128, AH:HMAC_SHA2_256_128/NO_EXT_SEQ",
        "ah, aes128gmac-aes192gmac-aes256gmac, AH:AES_128_GMAC/AES_192_GMAC/AES_256_GMAC/NO_EXT_SEQ",
    })
    void rulesOfEachProtocol(String protocol, String text, String proposal) {
        assertEquals(proposal, parse(protocol, text));
    }

    @ParameterizedTest
    @CsvSource({
        "ike, aes256gcm16-ecp384, a PRF is mandatory",
        "ike, aes128-sha256_96-ecp384, a PRF is mandatory",
        "ike, aes128-sha256, a key exchange method is mandatory",
        "ike, aes128-sha256-none, a key exchange method is mandatory",
        "ike, sha256-x25519, a proposal needs an encryption algorithm",
        "ike, aes128-aes128gcm16-sha256-x25519, combined-mode and classic ciphers",
        "ike, aes128-prfsha256-x25519, an integrity algorithm is mandatory",
        "ike, aes128-sha256-x25519-esn, esn and noesn are not for IKE",
        "esp, sha256, a proposal needs an encryption algorithm",
        "esp, aes128-aes128gcm16, combined-mode and classic ciphers",
        "ah, aes128, an integrity algorithm is mandatory",
        "ike, aes128-sha257-x25519, algorithm 'sha257' not recognized",
        "ike, AES128-sha256-x25519, algorithm 'AES128' not recognized",
        "ike, aes128--x25519, algorithm '' not recognized",
        "ike, '', algorithm '' not recognized",
    })
    void whatBreaksARuleIsRefused(String protocol, String text, String reason) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> parse(protocol, text));
        assertTrue(refusal.getMessage().startsWith(reason), refusal.getMessage());
    }

    @Test
    void whatIsNotSupportedIsRefusedByName() {
        var refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                ProposalText.parse(
                                        ProtocolId.ESP,
                                        1,
                                        "aes128gcm16-none-noesn-blowfish",
                                        t -> t.id() == 20));
        assertEquals("algorithm 'blowfish' is not supported here", refusal.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> parse("esp", "aes128-".repeat(300) + "sha256"));
    }

    @Test
    void defaultsOfIke() {
        List<Proposal> ike = DefaultProposals.ike(_ -> true);
        assertEquals(2, ike.size());
        assertEquals(List.of(1, 2), ike.stream().map(Proposal::number).toList());
        assertEquals(
                "IKE:AES_CBC_128/AES_CBC_192/AES_CBC_256/AES_CTR_128/AES_CTR_192/AES_CTR_256"
                        + "/CAMELLIA_CBC_128/CAMELLIA_CBC_192/CAMELLIA_CBC_256/CAMELLIA_CTR_128"
                        + "/CAMELLIA_CTR_192/CAMELLIA_CTR_256/3DES_CBC"
                        + "/HMAC_SHA2_256_128/HMAC_SHA2_384_192/HMAC_SHA2_512_256/AES_XCBC_96"
                        + "/AES_CMAC_96/HMAC_SHA1_96"
                        + PRF_AND_KE,
                ike.getFirst().toString());
        assertEquals(
                "IKE:AES_GCM_16_128/AES_GCM_16_192/AES_GCM_16_256/AES_CCM_16_128/AES_CCM_16_192"
                        + "/AES_CCM_16_256/CAMELLIA_CCM_16_128/CAMELLIA_CCM_16_192"
                        + "/CAMELLIA_CCM_16_256/CHACHA20_POLY1305/AES_GCM_12_128/AES_GCM_12_192"
                        + "/AES_GCM_12_256/AES_GCM_8_128/AES_GCM_8_192/AES_GCM_8_256"
                        + "/AES_CCM_12_128/AES_CCM_12_192/AES_CCM_12_256/AES_CCM_8_128"
                        + "/AES_CCM_8_192/AES_CCM_8_256/CAMELLIA_CCM_12_128/CAMELLIA_CCM_12_192"
                        + "/CAMELLIA_CCM_12_256/CAMELLIA_CCM_8_128/CAMELLIA_CCM_8_192"
                        + "/CAMELLIA_CCM_8_256"
                        + PRF_AND_KE,
                ike.get(1).toString());
    }

    private static final String KE =
            "/ECP_256/ECP_384/ECP_521/ECP_256_BP/ECP_384_BP/ECP_512_BP/CURVE_25519/CURVE_448"
                    + "/MODP_3072/MODP_4096/MODP_6144/MODP_8192/MODP_2048";
    private static final String PRF_AND_KE =
            "/PRF_HMAC_SHA2_256/PRF_HMAC_SHA2_384/PRF_HMAC_SHA2_512/PRF_AES128_XCBC"
                    + "/PRF_AES128_CMAC/PRF_HMAC_SHA1"
                    + KE;

    @Test
    void defaultsOfEspAndAh() {
        assertEquals(
                List.of(
                        "ESP:AES_GCM_16_128/AES_GCM_16_192/AES_GCM_16_256"
                                + KE
                                + "/KE_NONE/NO_EXT_SEQ",
                        "ESP:AES_CBC_128/AES_CBC_192/AES_CBC_256/HMAC_SHA2_256_128"
                                + "/HMAC_SHA2_384_192/HMAC_SHA2_512_256/HMAC_SHA1_96/AES_XCBC_96"
                                + KE
                                + "/KE_NONE/NO_EXT_SEQ"),
                DefaultProposals.esp(_ -> true).stream().map(Proposal::toString).toList());
        assertEquals(
                "AH:HMAC_SHA2_256_128/HMAC_SHA2_384_192/HMAC_SHA2_512_256/HMAC_SHA1_96/AES_XCBC_96"
                        + KE
                        + "/KE_NONE/NO_EXT_SEQ",
                DefaultProposals.ah(_ -> true).getFirst().toString());
    }

    @Test
    void defaultsHoldOnlyWhatIsSupported() {
        Set<Transform> supported =
                Set.of(
                        new Transform(TransformType.ENCR, 20, 128),
                        Transform.of(TransformType.PRF, 5),
                        Transform.of(TransformType.KE, 31));
        Collection<Proposal> ike = DefaultProposals.ike(supported::contains);
        assertEquals("[IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/CURVE_25519]", ike.toString());
        assertEquals(
                "[ESP:AES_GCM_16_128/CURVE_25519/KE_NONE/NO_EXT_SEQ]",
                DefaultProposals.esp(supported::contains).toString());
        assertEquals(List.of(), DefaultProposals.ah(supported::contains));
    }
}
