package org.keyferry.daemon.lan;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.KeyParameter;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// What a DHCP server knows a peer by.
///
/// @param mac 6 bytes
/// @param clientId value of that option (RFC 2132 §9.14)
record ClientIdentity(Bytes mac, Optional<Bytes> clientId) {
    /// As charon's begin; the bit of locally administered addresses is set.
    private static final short PREFIX = 0x7aa7;

    private static final byte[] KEY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
    private static final int MAX_OPTION_BYTES = 255;

    /// Nobody has been known by it.
    static ClientIdentity random(RandomGenerator random) {
        return new ClientIdentity(mac(random.nextInt()), Optional.empty());
    }

    /// The same for the same identity, here and in charon: the last four bytes are the lower half
    /// of SipHash-2-4 over the identity's value, with the key 00 01 … 0f.
    static ClientIdentity of(Identification identity) {
        var hash = new SipHash();
        hash.init(new KeyParameter(KEY));
        byte[] value = identity.data().toArray();
        hash.update(value, 0, value.length);
        Bytes id = Bytes.ofU8(0).concat(Bytes.utf8(identity.toString()));
        return new ClientIdentity(
                mac((int) hash.doFinal()),
                Optional.of(id).filter(bytes -> bytes.length() <= MAX_OPTION_BYTES));
    }

    private static Bytes mac(int rest) {
        return Bytes.wrapOwned(
                ByteBuffer.allocate(Short.BYTES + Integer.BYTES)
                        .putShort(PREFIX)
                        .putInt(rest)
                        .array());
    }
}
