package org.keyferry.crypto.sim;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// The keys of one authentication by EAP-SIM, EAP-AKA or EAP-AKA', full or fast. Not thread-safe;
/// wiped when closed.
public final class SimKeys implements AutoCloseable {
    public static final int MAC_BYTES = 16;
    private static final int ENCR_BYTES = 16;
    private static final int MSK_BYTES = 64;
    private static final int SHA1_BYTES = 20;
    private static final int SHA1_BLOCK_BYTES = 64;
    private static final int SHA1_STATE_AT = 16;
    private static final int PRIME_RE_AT = 48;
    private static final int PRIME_RE_BYTES = 32;

    /// What differs between AKA' and the two older methods.
    private enum Hash {
        SHA1(16),
        SHA256(32);

        private final int authBytes;

        Hash(int authBytes) {
            this.authBytes = authBytes;
        }

        private Digest digest() {
            return this == SHA1 ? new SHA1Digest() : SHA256Digest.newInstance();
        }
    }

    private final Hash hash;
    private final byte[] encr;
    private final byte[] aut;

    /// That fast re-authentication makes its MSK of: MK, or K_re of AKA'.
    private final byte[] root;

    private final byte[] msk;

    /// @param root wiped with these keys
    /// @param msk likewise
    private SimKeys(Hash hash, byte[] encr, byte[] aut, byte[] root, byte[] msk) {
        this.hash = hash;
        this.encr = encr;
        this.aut = aut;
        this.root = root;
        this.msk = msk;
    }

    /// @param material wiped
    /// @param root wiped with these keys
    private SimKeys(Hash hash, byte[] material, byte[] root, int mskAt) {
        this(
                hash,
                Arrays.copyOf(material, ENCR_BYTES),
                Arrays.copyOfRange(material, ENCR_BYTES, ENCR_BYTES + hash.authBytes),
                root,
                Arrays.copyOfRange(material, mskAt, mskAt + MSK_BYTES));
        Arrays.fill(material, (byte) 0);
    }

    /// EAP-SIM (RFC 4186 §7).
    ///
    /// @param versions the server's, two bytes each
    /// @param selected one of them, two bytes
    public static SimKeys ofSim(
            Bytes identity, List<Bytes> kcs, Bytes nonceMt, Bytes versions, Bytes selected) {
        Bytes all = kcs.stream().reduce(identity, Bytes::concat);
        return ofMaster(all.concat(nonceMt).concat(versions).concat(selected));
    }

    /// EAP-AKA (RFC 4187 §7).
    public static SimKeys ofAka(Bytes identity, Bytes ik, Bytes ck) {
        return ofMaster(identity.concat(ik).concat(ck));
    }

    /// EAP-AKA' (RFC 9048 §3.3), of what the card answered.
    ///
    /// @param autn of the challenge
    /// @param network name of the access network
    public static SimKeys ofAkaPrime(
            Bytes identity, Bytes ik, Bytes ck, Bytes autn, Bytes network) {
        byte[] key = primed(ck, ik, autn, network);
        Bytes seed = Bytes.utf8("EAP-AKA'").concat(identity);
        byte[] material = prfPrime(key, seed, PRIME_RE_AT + PRIME_RE_BYTES + MSK_BYTES);
        Arrays.fill(key, (byte) 0);
        byte[] root = Arrays.copyOfRange(material, PRIME_RE_AT, PRIME_RE_AT + PRIME_RE_BYTES);
        return new SimKeys(Hash.SHA256, material, root, PRIME_RE_AT + PRIME_RE_BYTES);
    }

    /// What outlives an authentication: all but the MSK, for whoever closes it.
    public SimKeys lasting() {
        return new SimKeys(hash, encr.clone(), aut.clone(), root.clone(), new byte[0]);
    }

    /// The keys of a fast re-authentication after this one (RFC 4186 §7, RFC 4187 §7, RFC 9048
    /// §3.3).
    ///
    /// @param identity the one for fast re-authentication, as the client told it
    /// @param counter 16 bits
    /// @param nonceS the server's, 16 bytes
    public SimKeys again(Bytes identity, int counter, Bytes nonceS) {
        Bytes seed = identity.concat(Bytes.ofU16(counter)).concat(nonceS);
        byte[] fresh;
        if (hash == Hash.SHA256) {
            fresh = prfPrime(root, Bytes.utf8("EAP-AKA' re-auth").concat(seed), MSK_BYTES);
        } else {
            byte[] xkey = sha1(seed.toArray(), root);
            fresh = fips186(xkey, MSK_BYTES);
            Arrays.fill(xkey, (byte) 0);
        }
        return new SimKeys(hash, encr.clone(), aut.clone(), root.clone(), fresh);
    }

    /// IK' and CK', in the order in which they are a key.
    static byte[] primed(Bytes ck, Bytes ik, Bytes autn, Bytes network) {
        Bytes concealed = Quintuplet.concealedSqn(autn);
        Bytes text =
                Bytes.ofU8(0x20)
                        .concat(network)
                        .concat(Bytes.ofU16(network.length()))
                        .concat(concealed)
                        .concat(Bytes.ofU16(concealed.length()));
        byte[] both = hmac(Hash.SHA256, ck.concat(ik).toArray(), text.toArray());
        byte[] swapped = new byte[both.length];
        int half = both.length / 2;
        System.arraycopy(both, half, swapped, 0, half);
        System.arraycopy(both, 0, swapped, half, half);
        Arrays.fill(both, (byte) 0);
        return swapped;
    }

    /// PRF' (RFC 9048 §3.4).
    private static byte[] prfPrime(byte[] key, Bytes seed, int lengthBytes) {
        byte[] out = new byte[lengthBytes];
        byte[] last = new byte[0];
        int at = 0;
        for (int round = 1; at < lengthBytes; round++) {
            Bytes text = Bytes.of(last).concat(seed).concat(Bytes.ofU8(round));
            last = hmac(Hash.SHA256, key, text.toArray());
            int part = Math.min(last.length, lengthBytes - at);
            System.arraycopy(last, 0, out, at, part);
            at += part;
        }
        return out;
    }

    private static SimKeys ofMaster(Bytes text) {
        byte[] master = sha1(text.toArray());
        byte[] material = fips186(master, 2 * ENCR_BYTES + MSK_BYTES);
        return new SimKeys(Hash.SHA1, material, master, 2 * ENCR_BYTES);
    }

    private static byte[] sha1(byte[]... parts) {
        byte[] out = new byte[SHA1_BYTES];
        var digest = new SHA1Digest();
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        digest.doFinal(out, 0);
        return out;
    }

    /// The generator of FIPS 186-2 with change notice 1, for general purposes (RFC 4187 Appendix
    /// A): SHA-1's compression, fed with a key that steps on.
    static byte[] fips186(byte[] key, int lengthBytes) {
        byte[] out = new byte[(lengthBytes + SHA1_BYTES - 1) / SHA1_BYTES * SHA1_BYTES];
        BigInteger modulus = BigInteger.ONE.shiftLeft(8 * SHA1_BYTES);
        BigInteger step = new BigInteger(1, key);
        for (int at = 0; at < out.length; at += SHA1_BYTES) {
            byte[] compressed = compressed(fixed(step));
            System.arraycopy(compressed, 0, out, at, SHA1_BYTES);
            step = step.add(new BigInteger(1, compressed)).add(BigInteger.ONE).mod(modulus);
        }
        return Arrays.copyOf(out, lengthBytes);
    }

    private static byte[] fixed(BigInteger number) {
        byte[] plain = number.toByteArray();
        byte[] out = new byte[SHA1_BYTES];
        int length = Math.min(plain.length, SHA1_BYTES);
        System.arraycopy(plain, plain.length - length, out, SHA1_BYTES - length, length);
        return out;
    }

    /// The chaining value behind one block of the key and zeros.
    private static byte[] compressed(byte[] key) {
        var digest = new SHA1Digest();
        digest.update(Arrays.copyOf(key, SHA1_BLOCK_BYTES), 0, SHA1_BLOCK_BYTES);
        byte[] state = digest.getEncodedState();
        return Arrays.copyOfRange(state, SHA1_STATE_AT, SHA1_STATE_AT + SHA1_BYTES);
    }

    private static byte[] hmac(Hash hash, byte[] key, byte[] text) {
        var mac = new HMac(hash.digest());
        mac.init(new KeyParameter(key));
        mac.update(text, 0, text.length);
        byte[] out = new byte[mac.getMacSize()];
        mac.doFinal(out, 0);
        return out;
    }

    /// For AT_MAC.
    ///
    /// @param text the whole EAP packet with zeros for the MAC, and what its kind of packet adds
    public Bytes mac(Bytes text) {
        return Bytes.of(Arrays.copyOf(hmac(hash, aut, text.toArray()), MAC_BYTES));
    }

    /// Compares in constant time.
    public boolean isMac(Bytes mac, Bytes text) {
        return MessageDigest.isEqual(mac.toArray(), mac(text).toArray());
    }

    /// What AT_ENCR_DATA hides.
    ///
    /// @param iv 16 bytes
    /// @param data whole blocks of 16 bytes
    public Bytes decrypt(Bytes iv, Bytes data) {
        return cbc(false, iv, data);
    }

    /// For AT_ENCR_DATA; otherwise as [#decrypt].
    public Bytes encrypt(Bytes iv, Bytes data) {
        return cbc(true, iv, data);
    }

    private Bytes cbc(boolean forEncryption, Bytes iv, Bytes data) {
        var cipher = CBCBlockCipher.newInstance(AESEngine.newInstance());
        cipher.init(forEncryption, new ParametersWithIV(new KeyParameter(encr), iv.toArray()));
        byte[] in = data.toArray();
        byte[] out = new byte[in.length];
        for (int at = 0; at < in.length; at += cipher.getBlockSize()) {
            cipher.processBlock(in, at, out, at);
        }
        return Bytes.wrapOwned(out);
    }

    /// A copy, for whoever takes it.
    public Secret msk() {
        return Secret.copyOf(msk);
    }

    byte[] encr() {
        return encr.clone();
    }

    byte[] aut() {
        return aut.clone();
    }

    byte[] root() {
        return root.clone();
    }

    @Override
    public void close() {
        Arrays.fill(encr, (byte) 0);
        Arrays.fill(aut, (byte) 0);
        Arrays.fill(root, (byte) 0);
        Arrays.fill(msk, (byte) 0);
    }
}
