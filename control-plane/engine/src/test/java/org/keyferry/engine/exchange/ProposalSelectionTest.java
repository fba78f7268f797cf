package org.keyferry.engine.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// RFC 7296 §2.7 and §3.3.6, charon's order of preference.
class ProposalSelectionTest {
    private static final Bytes PEER_SPI = Bytes.ofHex("c0ffee01");

    /// `1:12:128` is type, id and key bits.
    private static List<Transform> transforms(String text) {
        return Stream.of(text.split(" "))
                .map(word -> word.split(":"))
                .map(
                        part ->
                                new Transform(
                                        Integer.parseInt(part[0]),
                                        Integer.parseInt(part[1]),
                                        part.length > 2 ? Integer.parseInt(part[2]) : 0))
                .toList();
    }

    private static Proposal esp(int number, String text) {
        return new Proposal(number, ProtocolId.ESP, PEER_SPI, transforms(text));
    }

    private static Proposal ike(int number, String text) {
        return new Proposal(number, ProtocolId.IKE, Bytes.EMPTY, transforms(text));
    }

    private static String chosen(Proposal own, Proposal peer, boolean withoutKe) {
        var outcome = ProposalSelection.select(List.of(own), List.of(peer), true, withoutKe, false);
        return outcome.proposal().map(p -> text(p.transforms())).orElse(outcome.mismatch());
    }

    private static String text(List<Transform> transforms) {
        return String.join(" ", transforms.stream().map(t -> t.type() + ":" + t.id()).toList());
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # own, peer, chosen
                    1:12:128 3:12 5:0,          1:12:128 3:12 5:0,           1:12 3:12 5:0
                    1:12:256 1:12:128 3:12 5:0, 1:12:128 1:12:256 3:12 5:0,  1:12 3:12 5:0
                    1:20:128 5:0,               1:20:128 3:12 5:0,           1:20 5:0
                    1:20:128 3:12 5:0,          1:20:128 5:0,                1:20 5:0
                    1:20:128 5:0,               1:20:128 3:0 5:0,            1:20 5:0
                    1:11 3:12 5:0,              1:11 3:12 5:0,               1:11 3:12 5:0
                    1:20:128 5:1 5:0,           1:20:128 5:0 5:1,            1:20 5:1
                    1:20:128 5:0,               1:20:128 5:0 5:1,            1:20 5:0
                    1:20:128 5:0,               1:20:128 4:31 4:0 5:0,       1:20 5:0
                    1:20:128 4:31 4:0 5:0,      1:20:128 5:0,                1:20 5:0
                    1:20:128 4:31 5:0,          1:20:128 4:31 5:0,           1:20 4:31 5:0
                    1:20:128 4:31 6:36 6:0 5:0, 1:20:128 4:31 5:0,           1:20 4:31 5:0
                    """)
    void espProposalsThatMeet(String own, String peer, String expected) {
        assertEquals(expected, chosen(esp(1, own), esp(1, peer), false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1:12:128 3:12 5:0 | 1:12:256 3:12 5:0 | encryption: peer's AES_CBC_256, ours AES_CBC_128
                    1:12:128 3:12 5:0 | 1:12 3:12 5:0     | encryption: peer's AES_CBC, ours AES_CBC_128
                    1:12:128 3:12 5:0 | 1:12:128 3:14 5:0 | integrity: peer's HMAC_SHA2_512_256, ours HMAC_SHA2_256_128
                    1:12:128 3:12 5:0 | 1:12:128 5:0      | integrity: peer's none, ours HMAC_SHA2_256_128
                    1:20:128 5:1      | 1:20:128 5:0      | sequence numbers: peer's NO_EXT_SEQ, ours EXT_SEQ
                    1:20:128 5:0      | 1:20:128          | sequence numbers: peer's none, ours NO_EXT_SEQ
                    1:20:128 4:31 5:0 | 1:20:128 5:0      | key exchange: peer's none, ours CURVE_25519
                    1:20:128 6:36 5:0 | 1:20:128 5:0      | additional key exchange 1: peer's none, ours KE1_ML_KEM_768
                    """)
    void theFirstMismatchIsNamed(String own, String peer, String expected) {
        assertEquals(expected, chosen(esp(1, own), esp(1, peer), false));
    }

    @Test
    void inIkeAuthKeyExchangesDoNotCount() {
        assertEquals(
                "1:20 5:0", chosen(esp(1, "1:20:128 4:31 5:0"), esp(1, "1:20:128 4:14 5:0"), true));
    }

    @Test
    void ikeCannotDoWithoutAKeyExchange() {
        assertEquals(
                "key exchange: peer's none, ours CURVE_25519/KE_NONE",
                chosen(ike(1, "1:20:128 2:5 4:31 4:0"), ike(1, "1:20:128 2:5"), false));
    }

    @Test
    void thePreferredSideDecidesAndThePeersNumberAndSpiReturn() {
        var own = List.of(esp(1, "1:20:256 5:0"), esp(2, "1:20:128 5:0"));
        var peer = List.of(esp(1, "1:20:128 5:0"), esp(2, "1:20:256 5:0"));
        var mine = ProposalSelection.select(own, peer, true, true, false).proposal().orElseThrow();
        var theirs =
                ProposalSelection.select(own, peer, false, true, false).proposal().orElseThrow();
        assertEquals(2, mine.number());
        assertEquals(256, mine.transforms().getFirst().keyBits());
        assertEquals(1, theirs.number());
        assertEquals(128, theirs.transforms().getFirst().keyBits());
        assertEquals(PEER_SPI, theirs.spi());
    }

    @Test
    void privateIdentifiersOnlyWhenAllowed() {
        var own = List.of(esp(1, "1:12:128 3:1026 5:0"));
        assertTrue(ProposalSelection.select(own, own, true, true, false).proposal().isEmpty());
        assertTrue(ProposalSelection.select(own, own, true, true, true).proposal().isPresent());
    }

    @Test
    void theNearestPairIsDescribed() {
        var own = List.of(esp(1, "1:20:128 5:0"), esp(2, "1:12:128 3:12 5:0"));
        var peer = List.of(esp(1, "1:12:128 3:2 5:0"));
        assertEquals(
                "integrity: peer's HMAC_SHA1_96, ours HMAC_SHA2_256_128",
                ProposalSelection.select(own, peer, true, true, false).mismatch());
        assertEquals(
                "protocol: peer's 1, ours 3",
                chosen(esp(1, "1:20:128 5:0"), ike(1, "1:20:128 2:5 4:31"), false));
    }

    @Test
    void anAnswerIsOneOfTheOffersWithoutAlternatives() {
        var offered = List.of(esp(1, "1:20:128 1:20:256 5:0"));
        assertTrue(
                ProposalSelection.confirm(offered, List.of(esp(1, "1:20:256 5:0")), true)
                        .proposal()
                        .isPresent());
        assertEquals(
                "encryption: peer chose more than one transform",
                ProposalSelection.confirm(offered, offered, true).mismatch());
        var two = List.of(esp(1, "1:20:128 5:0"), esp(2, "1:20:256 5:0"));
        assertEquals(
                "number of proposals: peer chose 2",
                ProposalSelection.confirm(offered, two, true).mismatch());
        assertTrue(
                ProposalSelection.confirm(offered, List.of(esp(1, "1:20:192 5:0")), true)
                        .proposal()
                        .isEmpty());
    }

    @Test
    void whatGoesIntoIkeAuthHasNoKeyExchange() {
        var offer =
                ProposalSelection.forAuth(List.of(esp(7, "1:20:128 4:31 4:0 5:0 6:36")), PEER_SPI);
        assertEquals(1, offer.getFirst().number());
        assertEquals("1:20 5:0", text(offer.getFirst().transforms()));
        assertEquals(List.of(), offer.getFirst().ofType(TransformType.KE));
    }
}
