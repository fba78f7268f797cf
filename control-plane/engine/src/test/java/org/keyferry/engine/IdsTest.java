package org.keyferry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.model.SpiLabel;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

class IdsTest {
    private final Ids ids = new Ids();

    private static Ids.ReqidKey key(String local, int mark) {
        var selector = List.of(TrafficSelector.parse(local));
        return new Ids.ReqidKey(selector, selector, List.of(mark));
    }

    @Test
    void sasCountFromOne() {
        assertEquals(1, ids.nextIke());
        assertEquals(1, ids.nextChild());
        assertEquals(2, ids.nextIke());
        ids.skipTo(10, 5);
        ids.skipTo(3, 3);
        assertEquals(11, ids.nextIke());
        assertEquals(6, ids.nextChild());
    }

    @Test
    void sameSelectorsShareAReqidUntilTheLastIsGone() {
        int first = ids.reqid(key("10.1.0.0/16", 0));
        assertEquals(first, ids.reqid(key("10.1.0.0/16", 0)));
        assertNotEquals(first, ids.reqid(key("10.1.0.0/16", 1)));
        ids.releaseReqid(key("10.1.0.0/16", 0));
        assertEquals(first, ids.reqid(key("10.1.0.0/16", 0)), "still in use");
        ids.releaseReqid(key("10.1.0.0/16", 0));
        ids.releaseReqid(key("10.1.0.0/16", 0));
        assertEquals(first, ids.reqid(key("10.9.0.0/16", 0)), "given again");
    }

    @Test
    void releasingTwiceIsOurMistake() {
        ids.reqid(key("10.1.0.0/16", 0));
        ids.releaseReqid(key("10.1.0.0/16", 0));
        assertThrows(IllegalStateException.class, () -> ids.releaseReqid(key("10.1.0.0/16", 0)));
    }

    @Test
    void anAdoptedReqidIsNotGivenToOthers() {
        ids.adoptReqid(key("10.1.0.0/16", 0), 7);
        assertEquals(7, ids.reqid(key("10.1.0.0/16", 0)));
        var given = new HashSet<Integer>();
        for (int i = 0; i < 20; i++) {
            given.add(ids.reqid(key("10.1.0.0/16", 1 + i)));
        }
        assertEquals(20, given.size());
        assertTrue(!given.contains(7), given::toString);
    }

    @Test
    void ourSpisTellTheShard() {
        var random = new SplittableRandom(1);
        var taken = new HashSet<Long>();
        for (int i = 0; i < 100; i++) {
            IkeSpi spi = Spis.draw(3, SpiLabel.NONE, random, taken::contains);
            assertTrue(taken.add(spi.value()));
            assertEquals(3, Spis.shardOf(spi, 8));
        }
        IkeSpi last = Spis.draw(255, SpiLabel.NONE, random, taken::contains);
        assertEquals(255, Spis.shardOf(last, 256));
    }

    @Test
    void aMessageGoesToTheShardOfItsSa() {
        var remote = IpAddress.parse("192.0.2.1");
        IkeSpi own = Spis.draw(5, SpiLabel.NONE, new SplittableRandom(1), _ -> false);
        var peer = new IkeSpi(0x0777_0000_0000_0001L);
        assertEquals(5, Spis.shardOf(header(own, peer, false), remote, 8));
        assertEquals(5, Spis.shardOf(header(peer, own, true), remote, 8));
        int first = Spis.shardOf(header(peer, IkeSpi.ZERO, true), remote, 8);
        assertEquals(Spis.shardOf(remote, 8), first, "a first request goes by the address");
    }

    private static IkeHeader header(IkeSpi initiator, IkeSpi responder, boolean fromInitiator) {
        return new IkeHeader(
                initiator, responder, 0, 2, 0, 34, fromInitiator, !fromInitiator, 0, 28);
    }

    @Test
    void addressesSpreadOverTheShards() {
        int[] count = new int[4];
        for (int i = 0; i < 1000; i++) {
            count[Spis.shardOf(IpAddress.parse("10.0." + i / 250 + "." + i % 250), 4)]++;
        }
        for (int n : count) {
            assertTrue(n > 100, () -> n + " of 1000 in one of 4 shards");
        }
    }

    @Test
    void aLabelKeepsItsBitsAndLeavesTheShard() {
        var label = new SpiLabel(0x00ab_0000_0000_0000L, 0x00ff_0000_0000_0000L);
        assertTrue(Spis.admits(label, 256));
        for (int shard : new int[] {0, 3, 255}) {
            IkeSpi spi = Spis.draw(shard, label, new SplittableRandom(shard), _ -> false);
            assertEquals(shard, Spis.shardOf(spi, 256));
            assertEquals(0xab, (spi.value() >>> 48) & 0xff);
        }
        assertFalse(Spis.admits(new SpiLabel(0, 0xff00_0000_0000_0000L), 2));
        assertTrue(Spis.admits(new SpiLabel(0, 0xff00_0000_0000_0000L), 1));
        assertFalse(Spis.admits(new SpiLabel(0, 0x00ff_ffff_ff00_0000L), 1));
    }

    @Test
    void reqidsBeginWhereTheyAreTold() {
        var key = new Ids.ReqidKey(List.of(), List.of(), List.of());
        assertEquals(1_000, new Ids(1_000).reqid(key));
        assertEquals(1, new Ids().reqid(key));
    }
}
