package org.keyferry.netlink.xfrm;

import java.util.Optional;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// Sizes of the kernel's two databases; all numbers are unsigned.
public final class XfrmDatabaseInfo {
    private XfrmDatabaseInfo() {}

    /// Answer to `XFRM_MSG_GETSADINFO`.
    public record States(int count, int hashBuckets, int maxHashBuckets) {
        static States decode(StructReader in) throws MalformedKernelMessage {
            in.skip("sadinfo flags", 4);
            Attributes attributes = Attributes.readAll(in);
            int count = attributes.u32(XfrmAttribute.SAD_CNT).orElse(0);
            Optional<StructReader> hash = attributes.find(XfrmAttribute.SAD_HINFO);
            if (hash.isEmpty()) return new States(count, 0, 0);
            return new States(count, hash.get().u32("sadhcnt"), hash.get().u32("sadhmcnt"));
        }
    }

    /// Answer to `XFRM_MSG_GETSPDINFO`: policies per direction, those of sockets apart.
    ///
    /// @param ipv4Threshold, ipv6Threshold prefixes at least that long are hashed
    public record Policies(
            int in,
            int out,
            int fwd,
            int socketIn,
            int socketOut,
            int socketFwd,
            int hashBuckets,
            int maxHashBuckets,
            Optional<HashThreshold> ipv4Threshold,
            Optional<HashThreshold> ipv6Threshold) {
        static Policies decode(StructReader in) throws MalformedKernelMessage {
            in.skip("spdinfo flags", 4);
            Attributes attributes = Attributes.readAll(in);
            int[] counts = words(attributes, XfrmAttribute.SPD_INFO, 6);
            int[] hash = words(attributes, XfrmAttribute.SPD_HINFO, 2);
            return new Policies(
                    counts[0],
                    counts[1],
                    counts[2],
                    counts[3],
                    counts[4],
                    counts[5],
                    hash[0],
                    hash[1],
                    attributes.find(XfrmAttribute.SPD_IPV4_HTHRESH, HashThreshold::decode),
                    attributes.find(XfrmAttribute.SPD_IPV6_HTHRESH, HashThreshold::decode));
        }

        private static int[] words(Attributes attributes, int type, int count)
                throws MalformedKernelMessage {
            int[] words = new int[count];
            Optional<StructReader> value = attributes.find(type);
            if (value.isPresent())
                for (int i = 0; i < count; i++) words[i] = value.get().u32("spdinfo word");
            return words;
        }
    }

    /// `struct xfrmu_spdhthresh`, in prefix bits.
    public record HashThreshold(int localBits, int remoteBits) {
        static HashThreshold decode(StructReader in) throws MalformedKernelMessage {
            return new HashThreshold(in.u8("lbits"), in.u8("rbits"));
        }
    }
}
