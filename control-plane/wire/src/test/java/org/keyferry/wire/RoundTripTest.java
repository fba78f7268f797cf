package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Payload.Encrypted;
import org.keyferry.wire.Payload.VendorId;

class RoundTripTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void whatIsEncodedDecodesToTheSame(long seed) throws PeerViolation {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            List<Payload> payloads = SampleMessages.random(random);
            IkeSpi initiator = new IkeSpi(random.nextLong() | 1);
            IkeSpi responder = new IkeSpi(random.nextLong());
            int exchangeType = random.nextInt(256);
            int messageId = random.nextInt();
            Bytes datagram =
                    IkeMessage.encode(
                            initiator, responder, exchangeType, false, true, messageId, payloads);
            IkeMessage expected =
                    new IkeMessage(
                            new IkeHeader(
                                    initiator,
                                    responder,
                                    IkeMessage.firstType(payloads),
                                    2,
                                    0,
                                    exchangeType,
                                    false,
                                    true,
                                    messageId,
                                    datagram.length()),
                            payloads);
            assertEquals(expected, IkeMessage.decode(datagram), "message " + i);
        }
    }

    @Test
    void everySampleIsValid() throws PeerViolation {
        for (byte[] sample : SampleMessages.corpus()) {
            DecoderProbe.probe(sample);
            assertEquals(sample.length, IkeMessage.decode(Bytes.of(sample)).header().lengthBytes());
        }
    }

    @Test
    void helpersFindPayloads() {
        List<Payload> payloads =
                List.of(
                        new VendorId(Bytes.ofU8(1)),
                        Payload.Notify.of(NotifyType.COOKIE, Bytes.ofU8(9)),
                        new VendorId(Bytes.ofU8(2)));
        assertEquals(
                new VendorId(Bytes.ofU8(1)),
                IkeMessage.first(payloads, VendorId.class).orElseThrow());
        assertEquals(2, IkeMessage.all(payloads, VendorId.class).size());
        assertEquals(
                Bytes.ofU8(9), IkeMessage.notify(payloads, NotifyType.COOKIE).orElseThrow().data());
        assertEquals(43, IkeMessage.firstType(payloads));
        assertEquals(0, IkeMessage.firstType(List.of()));
    }

    @Test
    void nothingFollowsAnEncryptedPayload() {
        List<Payload> payloads = List.of(new Encrypted(0, Bytes.EMPTY), new VendorId(Bytes.EMPTY));
        assertThrows(IllegalArgumentException.class, () -> IkeMessage.encodeChain(payloads));
    }

    @Test
    void aPayloadThatDoesNotFitItsLengthFieldIsOurMistake() {
        List<Payload> payloads = List.of(new VendorId(Bytes.of(new byte[65_532])));
        assertThrows(IndexOutOfBoundsException.class, () -> IkeMessage.encodeChain(payloads));
    }
}
