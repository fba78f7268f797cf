package org.keyferry.daemon.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

class ArpPacketTest {
    /// The layout of RFC 826: who has 10.1.0.50? asks 10.1.0.10.
    private static final String QUESTION =
            "0001"
                    + "0800"
                    + "06"
                    + "04"
                    + "0001"
                    + "525400430a0a"
                    + "0a01000a"
                    + "000000000000"
                    + "0a010032";

    private static final String ANSWER =
            "0001"
                    + "0800"
                    + "06"
                    + "04"
                    + "0002"
                    + "52540043e335"
                    + "0a010032"
                    + "525400430a0a"
                    + "0a01000a";

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    @Test
    void aQuestionIsAnswered() throws Exception {
        var question =
                ArpPacket.decode(bytes(QUESTION + "00".repeat(18))); // padded as Ethernet does
        assertEquals(ArpPacket.REQUEST, question.operation());
        assertEquals(IpAddress.parse("10.1.0.10"), question.sender());
        assertEquals(IpAddress.parse("10.1.0.50"), question.target());
        ByteBuffer out = ByteBuffer.allocate(ArpPacket.BYTES);
        question.answeredWith(Bytes.ofHex("52540043e335")).encode(out);
        assertEquals(ANSWER, HexFormat.of().formatHex(out.array()));
    }

    @ParameterizedTest
    @CsvSource({"1, 06", "2, 86", "4, 08", "5, 10"})
    void otherKindsAreRefused(int at, String value) {
        ByteBuffer packet = bytes(QUESTION).put(at, HexFormat.of().parseHex(value));
        assertThrows(Malformed.class, () -> ArpPacket.decode(packet));
    }

    @Test
    void whatIsCutIsRefused() {
        assertThrows(Malformed.class, () -> ArpPacket.decode(bytes(QUESTION.substring(2))));
    }
}
