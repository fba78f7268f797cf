package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_aevent_id` and attributes: a state's sequence numbers and counters, for another
/// host that shall go on with them.
///
/// @param flags `XFRM_AE_*`: what is asked or told and why
/// @param timerThresholdTenths tell again after that many tenths of a second
/// @param sequenceThreshold tell again after that many packets
public record XfrmReplayEvent(
        XfrmStateId id,
        InetAddress source,
        int flags,
        int reqid,
        Optional<XfrmReplay> replay,
        Optional<XfrmUsage> usage,
        OptionalInt timerThresholdTenths,
        OptionalInt sequenceThreshold) {
    /// Of `struct xfrm_aevent_id`.
    static final int BYTES = 48;

    public static final int REPLAY_THRESHOLD = 1;
    public static final int REPLAY_VALUE = 2;
    public static final int LIFETIME_VALUE = 4;
    public static final int TIMER_THRESHOLD = 8;

    /// Only names the state, to ask for the rest.
    static XfrmReplayEvent query(XfrmStateId id, InetAddress source) {
        return new XfrmReplayEvent(
                id,
                source,
                REPLAY_VALUE | LIFETIME_VALUE,
                0,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    void encode(ByteBuffer out) {
        id.encode(out);
        XfrmAddress.put(out, source);
        out.putInt(flags).putInt(reqid);
        id.mark().put(out);
        replay.ifPresent(r -> r.put(out));
        usage.ifPresent(u -> Attributes.put(out, XfrmAttribute.LTIME_VAL, u::encode));
        timerThresholdTenths.ifPresent(v -> Attributes.putU32(out, XfrmAttribute.ETIMER_THRESH, v));
        sequenceThreshold.ifPresent(v -> Attributes.putU32(out, XfrmAttribute.REPLAY_THRESH, v));
    }

    static XfrmReplayEvent decode(StructReader in) throws MalformedKernelMessage {
        StructReader fixed = in.part("xfrm_aevent_id", BYTES);
        Attributes attributes = Attributes.readAll(in);
        XfrmStateId id = XfrmStateId.decode(fixed).withMark(XfrmMark.of(attributes));
        return new XfrmReplayEvent(
                id,
                XfrmAddress.read(fixed).as(id.family()),
                fixed.u32("aevent flags"),
                fixed.u32("aevent reqid"),
                XfrmReplay.of(attributes),
                attributes.find(XfrmAttribute.LTIME_VAL, XfrmUsage::decode),
                attributes.u32(XfrmAttribute.ETIMER_THRESH),
                attributes.u32(XfrmAttribute.REPLAY_THRESH));
    }
}
