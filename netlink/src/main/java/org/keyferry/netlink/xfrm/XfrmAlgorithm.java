package org.keyferry.netlink.xfrm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// What a state does to packets. Names are the kernel's, at most 63 characters.
public sealed interface XfrmAlgorithm {
    String kernelName();

    KeyMaterial key();

    /// Appends the attribute.
    void put(ByteBuffer out);

    /// `struct xfrm_algo_aead`.
    ///
    /// @param key with the salt at its end
    /// @param icvBits 64, 96 or 128
    record Aead(String kernelName, KeyMaterial key, int icvBits) implements XfrmAlgorithm {
        @Override
        public void put(ByteBuffer out) {
            Attributes.put(
                    out,
                    XfrmAttribute.ALG_AEAD,
                    to -> {
                        putHead(to, this);
                        key.put(to.putInt(icvBits));
                    });
        }

        static Aead decode(StructReader in) throws MalformedKernelMessage {
            var head = Head.decode(in);
            int icvBits = in.u32("alg_icv_len");
            return new Aead(head.name, head.key(in), icvBits);
        }
    }

    /// `struct xfrm_algo` for encryption; for CTR with the nonce at the key's end.
    record Encryption(String kernelName, KeyMaterial key) implements XfrmAlgorithm {
        @Override
        public void put(ByteBuffer out) {
            putPlain(out, XfrmAttribute.ALG_CRYPT, this);
        }

        static Encryption decode(StructReader in) throws MalformedKernelMessage {
            var head = Head.decode(in);
            return new Encryption(head.name, head.key(in));
        }
    }

    /// `struct xfrm_algo_auth`, or `struct xfrm_algo` if the kernel chooses the truncation.
    ///
    /// @param icvBits 0 for the kernel's own choice
    record Integrity(String kernelName, KeyMaterial key, int icvBits) implements XfrmAlgorithm {
        @Override
        public void put(ByteBuffer out) {
            if (icvBits == 0) putPlain(out, XfrmAttribute.ALG_AUTH, this);
            else
                Attributes.put(
                        out,
                        XfrmAttribute.ALG_AUTH_TRUNC,
                        to -> {
                            putHead(to, this);
                            key.put(to.putInt(icvBits));
                        });
        }

        static Integrity decodeTruncated(StructReader in) throws MalformedKernelMessage {
            var head = Head.decode(in);
            int icvBits = in.u32("alg_trunc_len");
            return new Integrity(head.name, head.key(in), icvBits);
        }

        static Integrity decodePlain(StructReader in) throws MalformedKernelMessage {
            var head = Head.decode(in);
            return new Integrity(head.name, head.key(in), 0);
        }
    }

    /// `struct xfrm_algo` for IPComp; the key is empty.
    record Compression(String kernelName, KeyMaterial key) implements XfrmAlgorithm {
        public static Compression of(String kernelName) {
            return new Compression(kernelName, KeyMaterial.owned(new byte[0]));
        }

        @Override
        public void put(ByteBuffer out) {
            putPlain(out, XfrmAttribute.ALG_COMP, this);
        }

        static Compression decode(StructReader in) throws MalformedKernelMessage {
            var head = Head.decode(in);
            return new Compression(head.name, head.key(in));
        }
    }

    /// Of a state's attributes. The kernel tells a truncated integrity algorithm a second time
    /// without its length; that one is left out.
    static List<XfrmAlgorithm> of(Attributes attributes) throws MalformedKernelMessage {
        var algorithms = new ArrayList<XfrmAlgorithm>();
        attributes.find(XfrmAttribute.ALG_AEAD, Aead::decode).ifPresent(algorithms::add);
        attributes.find(XfrmAttribute.ALG_CRYPT, Encryption::decode).ifPresent(algorithms::add);
        Optional<Integrity> integrity =
                attributes.find(XfrmAttribute.ALG_AUTH_TRUNC, Integrity::decodeTruncated);
        if (integrity.isEmpty())
            integrity = attributes.find(XfrmAttribute.ALG_AUTH, Integrity::decodePlain);
        integrity.ifPresent(algorithms::add);
        attributes.find(XfrmAttribute.ALG_COMP, Compression::decode).ifPresent(algorithms::add);
        return algorithms;
    }

    private static void putPlain(ByteBuffer out, int type, XfrmAlgorithm algorithm) {
        Attributes.put(
                out,
                type,
                to -> {
                    putHead(to, algorithm);
                    algorithm.key().put(to);
                });
    }

    private static void putHead(ByteBuffer out, XfrmAlgorithm algorithm) {
        byte[] name = algorithm.kernelName().getBytes(US_ASCII);
        if (name.length >= Head.NAME_BYTES)
            throw new IllegalArgumentException("algorithm name " + algorithm.kernelName());
        out.put(name).put(new byte[Head.NAME_BYTES - name.length]);
        out.putInt(algorithm.key().lengthBits());
    }

    /// What the three kernel structs begin with.
    record Head(String name, int keyBits) {
        static final int NAME_BYTES = 64;

        static Head decode(StructReader in) throws MalformedKernelMessage {
            return new Head(in.text("alg_name", NAME_BYTES), in.u32("alg_key_len"));
        }

        KeyMaterial key(StructReader in) throws MalformedKernelMessage {
            int keyBytes = (int) ((Integer.toUnsignedLong(keyBits) + 7) / 8);
            return KeyMaterial.owned(in.bytes("alg_key", keyBytes));
        }
    }
}
