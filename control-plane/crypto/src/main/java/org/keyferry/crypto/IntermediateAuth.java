package org.keyferry.crypto;

import java.nio.ByteBuffer;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeHeader;

/// What AUTH protects of IKE_INTERMEDIATE exchanges (RFC 9242 §3.3.2). A step of [#next] goes into
/// that of the following exchange in the same direction.
public final class IntermediateAuth {
    private static final int SK = 46;
    private static final int FIRST_PAYLOAD_AT = 16;
    private static final int LENGTH_AT = 24;
    private static final int GENERIC_HEADER_BYTES = 4;

    private IntermediateAuth() {}

    /// The octets of one message: its header and that of the SK payload as if nothing were
    /// encrypted nor split, and the inner payloads.
    ///
    /// @param datagram the message, or one of its fragments
    /// @param firstInner type of the first inner payload
    /// @param chain inner payloads with their generic headers
    public static Bytes octets(Bytes datagram, int firstInner, Bytes chain) {
        int headBytes = IkeHeader.LENGTH + GENERIC_HEADER_BYTES;
        byte[] octets = new byte[headBytes + chain.length()];
        datagram.slice(0, headBytes).copyTo(octets, 0);
        chain.copyTo(octets, headBytes);
        octets[FIRST_PAYLOAD_AT] = SK;
        octets[IkeHeader.LENGTH] = (byte) firstInner;
        ByteBuffer.wrap(octets)
                .putInt(LENGTH_AT, octets.length)
                .putShort(IkeHeader.LENGTH + 2, (short) (GENERIC_HEADER_BYTES + chain.length()));
        return Bytes.wrapOwned(octets);
    }

    /// `prf(SK_p, former | octets)`.
    ///
    /// @param skP of the sender, as it was in that exchange; stays the caller's to wipe
    /// @param former of the exchange before, empty for the first
    public static Bytes next(Prf prf, byte[] skP, Bytes former, Bytes octets) {
        return Bytes.wrapOwned(prf.compute(skP, former.toArray(), octets.toArray()));
    }

    /// IntAuth, which goes behind what AUTH covers otherwise.
    ///
    /// @param authMessageId of the first IKE_AUTH request
    public static Bytes whole(Bytes ofInitiator, Bytes ofResponder, int authMessageId) {
        byte[] id = ByteBuffer.allocate(Integer.BYTES).putInt(authMessageId).array();
        return ofInitiator.concat(ofResponder).concat(Bytes.wrapOwned(id));
    }
}
