package org.keyferry.engine.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Payload;

class PeerSupportTest {
    private static Payload request(int encoding, int first, int count) {
        byte[] keys = new byte[20 * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(Bytes.ofU32(first + i).toArray(), 0, keys, 20 * i, 4);
        }
        return new Payload.CertificateRequest(encoding, Bytes.of(keys));
    }

    /// Whoever logs in by EAP sends many messages before it proves anything.
    @Test
    void whatIsAskedForDoesNotGrowWithEachMessage() {
        var support = PeerSupport.NONE;
        for (int message = 0; message < 10; message++) {
            support =
                    support.with(
                            List.of(
                                    request(PeerSupport.X509_ENCODING, message * 500, 500),
                                    request(PeerSupport.OCSP_ENCODING, message * 500, 500)));
        }
        assertEquals(PeerSupport.MOST_KEYS, support.askedFor().orElseThrow().size());
        assertEquals(PeerSupport.MOST_KEYS, support.ocspResponders().orElseThrow().size());
        Bytes first = Bytes.ofU32(0).concat(Bytes.of(new byte[16]));
        assertTrue(support.askedFor().orElseThrow().contains(first));
    }
}
