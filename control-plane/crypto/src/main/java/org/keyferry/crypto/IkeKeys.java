package org.keyferry.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeSpi;

/// The keys of one IKE SA (RFC 7296 §2.14), all in one array, and the counter that makes the nonces
/// of what is sealed under them. Belongs to one thread at a time. Encryption keys include the salt.
public final class IkeKeys {
    /// How far a snapshot's counter is ahead: no more messages are ever sealed between a snapshot
    /// and its use, so no nonce is used twice under one key.
    private static final long SNAPSHOT_LEAD = 1 << 20;

    private static final int SHORT_NONCE_BYTES = 8;

    private final SkProtection protection;
    private final byte[] material;
    private long sealed;

    private IkeKeys(SkProtection protection, byte[] material, long sealed) {
        this.protection = protection;
        this.material = material;
        this.sealed = sealed;
    }

    /// For a new IKE SA: `SKEYSEED = prf(Ni | Nr, g^ir)`.
    ///
    /// @param shared stays the caller's to close
    public static IkeKeys derive(
            IkeSuite suite, Secret shared, Bytes ni, Bytes nr, IkeSpi spiI, IkeSpi spiR) {
        Prf prf = suite.prf();
        byte[] nonces = Concat.of(seedPart(prf, ni), seedPart(prf, nr));
        byte[] skeyseed = prf.compute(nonces, shared.array());
        return expand(suite, skeyseed, ni, nr, spiI, spiR);
    }

    /// For an IKE SA that replaces another (RFC 7296 §2.18): `SKEYSEED = prf(SK_d (old), g^ir | Ni
    /// | Nr)` by the old SA's PRF.
    ///
    /// @param oldSkD stays the caller's to wipe
    /// @param shared stays the caller's to close
    public static IkeKeys deriveRekeyed(
            IkeSuite suite,
            Prf oldPrf,
            byte[] oldSkD,
            Secret shared,
            Bytes ni,
            Bytes nr,
            IkeSpi spiI,
            IkeSpi spiR) {
        byte[] skeyseed = oldPrf.compute(oldSkD, shared.array(), ni.toArray(), nr.toArray());
        return expand(suite, skeyseed, ni, nr, spiI, spiR);
    }

    /// From a snapshot, which must not be restored twice.
    ///
    /// @throws IllegalArgumentException if the snapshot is of another suite
    public static IkeKeys restore(IkeSuite suite, byte[] exported) {
        SkProtection protection = SkProtection.of(suite);
        int materialBytes = exported.length - Long.BYTES;
        if (materialBytes != protection.layout().totalBytes()) {
            throw new IllegalArgumentException("key snapshot of " + exported.length + " bytes");
        }
        return new IkeKeys(
                protection,
                Arrays.copyOfRange(exported, Long.BYTES, exported.length),
                ByteBuffer.wrap(exported).getLong());
    }

    /// All keys and the nonce counter, advanced by 2^20 against messages that are sealed after
    /// this. Secret: the caller wipes it.
    public byte[] export() {
        return ByteBuffer.allocate(Long.BYTES + material.length)
                .putLong(Math.addExact(sealed, SNAPSHOT_LEAD))
                .put(material)
                .array();
    }

    public IkeSuite suite() {
        return protection.suite();
    }

    /// A copy, to be wiped by the caller.
    public byte[] skD() {
        return copy(0, layout().prfKeyBytes());
    }

    /// A copy of `SK_pi` or `SK_pr`, to be wiped by the caller.
    public byte[] skP(boolean ofInitiator) {
        return copy(layout().skP(ofInitiator), layout().prfKeyBytes());
    }

    /// A copy of `SK_ai` or `SK_ar`; empty with an AEAD cipher.
    byte[] skA(boolean ofInitiator) {
        return copy(layout().skA(ofInitiator), layout().integKeyBytes());
    }

    /// A copy of `SK_ei` or `SK_er` without the salt.
    byte[] skE(boolean ofInitiator) {
        return copy(layout().skE(ofInitiator), layout().encrKeyBytes());
    }

    /// Puts the salt of `SK_ei` or `SK_er` at the start of a nonce.
    void copySalt(boolean ofInitiator, byte[] nonce) {
        int at = layout().skE(ofInitiator) + layout().encrKeyBytes();
        System.arraycopy(material, at, nonce, 0, layout().saltBytes());
    }

    /// A number that no other message under these keys has.
    long nextSealNumber() {
        return sealed++;
    }

    /// Wipes all keys; nothing can be sealed or opened any more.
    public void wipe() {
        Arrays.fill(material, (byte) 0);
    }

    @Override
    public String toString() {
        return "keys of an IKE SA";
    }

    private KeyLayout layout() {
        return protection.layout();
    }

    private byte[] copy(int from, int lengthBytes) {
        return Arrays.copyOfRange(material, from, from + lengthBytes);
    }

    private static byte[] seedPart(Prf prf, Bytes nonce) {
        int lengthBytes = prf.shortensNonces() ? SHORT_NONCE_BYTES : nonce.length();
        return nonce.slice(0, lengthBytes).toArray();
    }

    private static IkeKeys expand(
            IkeSuite suite, byte[] skeyseed, Bytes ni, Bytes nr, IkeSpi spiI, IkeSpi spiR) {
        SkProtection protection = SkProtection.of(suite);
        byte[] seed =
                ByteBuffer.allocate(ni.length() + nr.length() + 2 * IkeSpi.LENGTH_BYTES)
                        .put(ni.toArray())
                        .put(nr.toArray())
                        .putLong(spiI.value())
                        .putLong(spiR.value())
                        .array();
        byte[] material = suite.prf().plus(skeyseed, seed, protection.layout().totalBytes());
        Arrays.fill(skeyseed, (byte) 0);
        return new IkeKeys(protection, material, 0);
    }
}
