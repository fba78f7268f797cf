package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// One SA of the kernel (`struct xfrm_usersa_info` and attributes). Closing it wipes its keys.
///
/// @param source outer address, of the destination's family
/// @param acquireSequence of the acquire that asked for this state, else 0
/// @param usage, failures told by the kernel only
/// @param replayWindowPackets 0 to 32; larger ones stand in the options' replay state
public record XfrmState(
        XfrmStateId id,
        InetAddress source,
        XfrmMode mode,
        int reqid,
        int acquireSequence,
        XfrmSelector selector,
        XfrmLifetime lifetime,
        XfrmUsage usage,
        XfrmStateFailures failures,
        int replayWindowPackets,
        Set<XfrmStateFlag> flags,
        List<XfrmAlgorithm> algorithms,
        XfrmStateOptions options)
        implements AutoCloseable {
    /// Of `struct xfrm_usersa_info`.
    static final int BYTES = 224;

    private static final int PADDING_AFTER_ID = 3;
    private static final int PADDING_AT_END = 7;

    public XfrmState {
        if (AddressFamily.of(source) != id.family())
            throw new IllegalArgumentException(source + " for " + id);
        Objects.checkIndex(replayWindowPackets, 256);
        flags = Set.copyOf(flags);
        algorithms = List.copyOf(algorithms);
    }

    public static XfrmStateBuilder builder(XfrmStateId id, InetAddress source, XfrmMode mode) {
        return new XfrmStateBuilder(id, source, mode);
    }

    /// A builder that starts with all of this, such as to move a state to new addresses.
    public XfrmStateBuilder toBuilder() {
        return new XfrmStateBuilder(this);
    }

    @Override
    public void close() {
        algorithms.forEach(algorithm -> algorithm.key().close());
    }

    /// The fixed struct.
    void encodeFixed(ByteBuffer out) {
        selector.encode(out);
        XfrmAddress.put(out, id.destination());
        XfrmSelector.putBe32(out, id.spi().value());
        out.put((byte) id.protocol()).put(new byte[PADDING_AFTER_ID]);
        XfrmAddress.put(out, source);
        lifetime.encode(out);
        usage.encode(out);
        failures.encode(out);
        out.putInt(acquireSequence).putInt(reqid).putShort((short) id.family().number());
        out.put((byte) mode.number()).put((byte) replayWindowPackets);
        out.put((byte) XfrmStateFlag.bits(flags, false)).put(new byte[PADDING_AT_END]);
    }

    /// The body of NEWSA and UPDSA.
    void encode(ByteBuffer out) {
        encodeFixed(out);
        algorithms.forEach(algorithm -> algorithm.put(out));
        int extra = XfrmStateFlag.bits(flags, true);
        if (extra != 0) Attributes.putU32(out, XfrmAttribute.SA_EXTRA_FLAGS, extra);
        options.put(out, id.mark());
    }

    /// The body of NEWSA.
    static XfrmState decode(StructReader in) throws MalformedKernelMessage {
        StructReader fixed = in.part("xfrm_usersa_info", BYTES);
        return decode(fixed, Attributes.readAll(in));
    }

    static XfrmState decode(StructReader fixed, Attributes attributes)
            throws MalformedKernelMessage {
        XfrmSelector selector = XfrmSelector.decode(fixed);
        var destination = XfrmAddress.read(fixed);
        var spi = new Spi(fixed.be32("xfrm_id spi"));
        int protocol = fixed.u8("xfrm_id proto");
        fixed.skip("xfrm_id padding", PADDING_AFTER_ID);
        var source = XfrmAddress.read(fixed);
        XfrmLifetime lifetime = XfrmLifetime.decode(fixed);
        XfrmUsage usage = XfrmUsage.decode(fixed);
        XfrmStateFailures failures = XfrmStateFailures.decode(fixed);
        int acquireSequence = fixed.u32("usersa_info seq");
        int reqid = fixed.u32("usersa_info reqid");
        AddressFamily family = AddressFamily.of(fixed.u16("usersa_info family"));
        var mode = new XfrmMode(fixed.u8("usersa_info mode"));
        int replayWindowPackets = fixed.u8("usersa_info replay_window");
        int flags = fixed.u8("usersa_info flags");
        int extraFlags = attributes.u32(XfrmAttribute.SA_EXTRA_FLAGS).orElse(0);
        return new XfrmState(
                new XfrmStateId(destination.as(family), spi, protocol, XfrmMark.of(attributes)),
                source.as(family),
                mode,
                reqid,
                acquireSequence,
                selector,
                lifetime,
                usage,
                failures,
                replayWindowPackets,
                XfrmStateFlag.of(flags, extraFlags),
                XfrmAlgorithm.of(attributes),
                XfrmStateOptions.of(attributes, family));
    }
}
