package org.keyferry.crypto;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;

/// Hashes that show whether a NAT changed an address (RFC 7296 §2.23).
public final class NatDetection {
    private static final ThreadLocal<MessageDigest> SHA1 =
            ThreadLocal.withInitial(NatDetection::sha1);

    private NatDetection() {}

    /// Data of a NAT_DETECTION_*_IP notify: `SHA-1(SPIi | SPIr | address | port)`, 20 bytes.
    ///
    /// @param spiR zero in the first request
    public static Bytes hash(IkeSpi spiI, IkeSpi spiR, Endpoint endpoint) {
        byte[] address = endpoint.address().toBytes();
        byte[] input =
                ByteBuffer.allocate(2 * IkeSpi.LENGTH_BYTES + address.length + Short.BYTES)
                        .putLong(spiI.value())
                        .putLong(spiR.value())
                        .put(address)
                        .putShort((short) endpoint.port())
                        .array();
        return Bytes.wrapOwned(SHA1.get().digest(input));
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
