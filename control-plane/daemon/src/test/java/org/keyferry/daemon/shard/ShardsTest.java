package org.keyferry.daemon.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Spis;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PeerViolation;

class ShardsTest {
    private static final IpAddress PEER = IpAddress.parse("192.0.2.1");

    private static Bytes message(long initiatorSpi, long responderSpi, boolean fromInitiator) {
        return IkeMessage.encode(
                new IkeSpi(initiatorSpi),
                new IkeSpi(responderSpi),
                ExchangeType.INFORMATIONAL,
                fromInitiator,
                false,
                7,
                List.of());
    }

    @Test
    void ourOwnSpiTellsTheShardInEitherRole() {
        long onShardThree = 0x03_11223344556677L;
        long ofPeer = 0x05_aabbccddeeff00L;
        assertEquals(3, Shards.shardOf(message(ofPeer, onShardThree, true), PEER, 8));
        assertEquals(3, Shards.shardOf(message(onShardThree, ofPeer, false), PEER, 8));
    }

    @Test
    void aFirstMessageGoesToTheShardOfItsSender() {
        int shard = Shards.shardOf(message(0x05_aabbccddeeff00L, 0, true), PEER, 8);
        assertEquals(Spis.shardOf(PEER, 8), shard);
    }

    @Test
    void theShortcutAgreesWithTheWholeHeader() throws PeerViolation {
        var random = new Random(1);
        for (int round = 0; round < 1_000; round++) {
            long responder = random.nextInt(4) == 0 ? 0 : random.nextLong();
            Bytes message = message(random.nextLong() | 1, responder, random.nextBoolean());
            IkeHeader header = IkeHeader.decode(message.asBuffer());
            assertEquals(Spis.shardOf(header, PEER, 8), Shards.shardOf(message, PEER, 8));
        }
    }

    @Test
    void newPeersAreSpreadOverAllShards() {
        long used =
                IntStream.range(0, 256)
                        .map(host -> Spis.shardOf(IpAddress.v4(0x0a000000 + host), 8))
                        .distinct()
                        .count();
        assertTrue(used == 8, "shards used: " + used);
    }
}
