package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// Where a state's sequence numbers stand. All numbers are unsigned.
public sealed interface XfrmReplay {
    /// Appends the attribute.
    void put(ByteBuffer out);

    static Optional<XfrmReplay> of(Attributes attributes) throws MalformedKernelMessage {
        Optional<XfrmReplay> extended =
                attributes.find(XfrmAttribute.REPLAY_ESN_VAL, Extended::decode);
        return extended.isPresent()
                ? extended
                : attributes.find(XfrmAttribute.REPLAY_VAL, Small::decode);
    }

    /// `struct xfrm_replay_state`: windows of at most 32 packets.
    record Small(int sentSequence, int receivedSequence, int bitmap) implements XfrmReplay {
        @Override
        public void put(ByteBuffer out) {
            Attributes.put(
                    out,
                    XfrmAttribute.REPLAY_VAL,
                    to -> to.putInt(sentSequence).putInt(receivedSequence).putInt(bitmap));
        }

        static XfrmReplay decode(StructReader in) throws MalformedKernelMessage {
            return new Small(in.u32("oseq"), in.u32("seq"), in.u32("bitmap"));
        }
    }

    /// `struct xfrm_replay_state_esn`: larger windows, and extended sequence numbers.
    ///
    /// @param windowPackets at most 4096
    /// @param bitmap words of 32 packets, as many as the window needs
    record Extended(
            long sentSequence, long receivedSequence, int windowPackets, List<Integer> bitmap)
            implements XfrmReplay {
        /// `XFRMA_REPLAY_ESN_MAX` in bytes, as the kernel counts.
        private static final int MAX_WORDS = 4_096 / 4;

        public Extended {
            bitmap = List.copyOf(bitmap);
        }

        /// A fresh window; 0 packets for an outbound state.
        public static Extended window(int packets) {
            var words = new ArrayList<Integer>();
            for (int i = 0; i < (packets + 31) / 32; i++) words.add(0);
            return new Extended(0, 0, packets, words);
        }

        @Override
        public void put(ByteBuffer out) {
            Attributes.put(out, XfrmAttribute.REPLAY_ESN_VAL, this::encode);
        }

        private void encode(ByteBuffer out) {
            out.putInt(bitmap.size()).putInt((int) sentSequence).putInt((int) receivedSequence);
            out.putInt((int) (sentSequence >>> 32)).putInt((int) (receivedSequence >>> 32));
            out.putInt(windowPackets);
            for (int word : bitmap) out.putInt(word);
        }

        static XfrmReplay decode(StructReader in) throws MalformedKernelMessage {
            int words = in.u32("bmp_len");
            if (words < 0 || words > MAX_WORDS) throw new MalformedKernelMessage("bmp_len", words);
            long sent = Integer.toUnsignedLong(in.u32("oseq"));
            long received = Integer.toUnsignedLong(in.u32("seq"));
            sent |= (long) in.u32("oseq_hi") << 32;
            received |= (long) in.u32("seq_hi") << 32;
            int windowPackets = in.u32("replay_window");
            // As in the kernel, an attribute without the bitmap stands for one of zeros.
            boolean bitmapLeftOut = in.remaining() == 0;
            var bitmap = new ArrayList<Integer>(words);
            for (int i = 0; i < words; i++) bitmap.add(bitmapLeftOut ? 0 : in.u32("bmp"));
            return new Extended(sent, received, windowPackets, bitmap);
        }
    }
}
