package org.keyferry.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
    private static final byte[] RESUMPTION = "Resumption".getBytes(StandardCharsets.US_ASCII);

    private final SkProtection protection;
    private final byte[] material;
    private long sealed;

    /// SK_d, SK_pi and SK_pr without the PPK; empty if there is none in them.
    private byte[] plain = new byte[0];

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
    /// | Nr)` by the old SA's PRF; and for one whose keys an IKE_INTERMEDIATE exchange renews (RFC
    /// 9370 §2.2.2).
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
        try (Secret none = Secret.owned(new byte[0])) {
            return deriveRekeyed(suite, oldPrf, oldSkD, shared, ni, nr, none, spiI, spiR);
        }
    }

    /// The same with additional key exchanges (RFC 9370 §2.2.4): `SKEYSEED = prf(SK_d (old), SK(0)
    /// | Ni | Nr | SK(1) | …)`.
    ///
    /// @param additional the secrets of those, one after the other; stays the caller's to close
    public static IkeKeys deriveRekeyed(
            IkeSuite suite,
            Prf oldPrf,
            byte[] oldSkD,
            Secret shared,
            Bytes ni,
            Bytes nr,
            Secret additional,
            IkeSpi spiI,
            IkeSpi spiR) {
        byte[] skeyseed =
                oldPrf.compute(
                        oldSkD, shared.array(), ni.toArray(), nr.toArray(), additional.array());
        return expand(suite, skeyseed, ni, nr, spiI, spiR);
    }

    /// For an IKE SA that is taken up again by a ticket (RFC 5723 §5.1): `SKEYSEED = prf(SK_d
    /// (old), "Resumption" | Ni | Nr)`.
    ///
    /// @param oldSkD stays the caller's to wipe
    public static IkeKeys deriveResumed(
            IkeSuite suite, byte[] oldSkD, Bytes ni, Bytes nr, IkeSpi spiI, IkeSpi spiR) {
        byte[] skeyseed = suite.prf().compute(oldSkD, RESUMPTION, ni.toArray(), nr.toArray());
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

    /// Mixes a postquantum pre-shared key into SK_d, SK_pi and SK_pr (RFC 8784 §3): each becomes
    /// `prf+(PPK, itself)`.
    ///
    /// @param ppk stays the caller's
    public void mix(byte[] ppk) {
        unmix();
        plain = Concat.of(skD(), skP(true), skP(false));
        for (int at : mixedOffsets()) {
            byte[] key = copy(at, layout().prfKeyBytes());
            byte[] mixed = suite().prf().plus(ppk, key, key.length);
            System.arraycopy(mixed, 0, material, at, mixed.length);
            Arrays.fill(key, (byte) 0);
            Arrays.fill(mixed, (byte) 0);
        }
    }

    /// Goes back to the keys before [#mix], if that was called.
    public void unmix() {
        if (plain.length > 0) {
            int from = 0;
            for (int at : mixedOffsets()) {
                System.arraycopy(plain, from, material, at, layout().prfKeyBytes());
                from += layout().prfKeyBytes();
            }
        }
        settle();
    }

    /// There is no way back from [#mix] any more.
    public void settle() {
        Arrays.fill(plain, (byte) 0);
        plain = new byte[0];
    }

    private int[] mixedOffsets() {
        return new int[] {0, layout().skP(true), layout().skP(false)};
    }

    /// Wipes all keys; nothing can be sealed or opened any more.
    public void wipe() {
        Arrays.fill(material, (byte) 0);
        settle();
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
