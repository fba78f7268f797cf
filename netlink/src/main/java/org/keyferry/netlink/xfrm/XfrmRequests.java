package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.KernelRequest;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;

/// Every request of the XFRM subsystem, with the struct it begins with.
final class XfrmRequests {
    private XfrmRequests() {}

    static KernelRequest<XfrmState> newState(XfrmState state) {
        return ask(
                XfrmMessageType.NEWSA,
                state::encode,
                message -> XfrmState.decode(message.body()),
                "add state " + state.id());
    }

    static KernelRequest<XfrmState> updateState(XfrmState state) {
        return ask(
                XfrmMessageType.UPDSA,
                state::encode,
                message -> XfrmState.decode(message.body()),
                "update state " + state.id());
    }

    /// `struct xfrm_userspi_info`: the larval state and the range.
    static KernelRequest<XfrmState> allocateSpi(XfrmState larval, Spi min, Spi max) {
        return ask(
                XfrmMessageType.ALLOCSPI,
                out -> {
                    larval.encodeFixed(out);
                    out.putInt(min.value()).putInt(max.value());
                    larval.options().put(out, larval.id().mark());
                },
                message -> XfrmState.decode(message.body()),
                "allocate SPI %s to %s from %s"
                        .formatted(
                                XfrmNames.protocol(larval.id().protocol()),
                                larval.id().destination().getHostAddress(),
                                larval.source().getHostAddress()));
    }

    static KernelRequest<XfrmState> getState(XfrmStateId id) {
        return ask(
                XfrmMessageType.GETSA,
                out -> stateId(out, id, Optional.empty()),
                message -> XfrmState.decode(message.body()),
                "get state " + id);
    }

    static KernelRequest<Void> deleteState(XfrmStateId id, Optional<InetAddress> source) {
        return command(
                XfrmMessageType.DELSA, out -> stateId(out, id, source), "delete state " + id);
    }

    static KernelRequest<XfrmState> dumpStates() {
        return KernelRequest.dump(
                XfrmMessageType.GETSA,
                XfrmRequests::empty,
                message -> XfrmState.decode(message.body()),
                "list states");
    }

    static KernelRequest<Void> flushStates(int protocol) {
        return command(XfrmMessageType.FLUSHSA, out -> out.put((byte) protocol), "flush states");
    }

    static KernelRequest<Void> newPolicy(XfrmPolicy policy) {
        return command(XfrmMessageType.NEWPOLICY, policy::encode, "add policy " + policy.id());
    }

    static KernelRequest<Void> updatePolicy(XfrmPolicy policy) {
        return command(XfrmMessageType.UPDPOLICY, policy::encode, "update policy " + policy.id());
    }

    static KernelRequest<Void> deletePolicy(XfrmPolicyId id) {
        return command(XfrmMessageType.DELPOLICY, id::encode, "delete policy " + id);
    }

    static KernelRequest<XfrmPolicy> getPolicy(XfrmPolicyId id) {
        return ask(
                XfrmMessageType.GETPOLICY,
                id::encode,
                message -> XfrmPolicy.decode(message.body()),
                "get policy " + id);
    }

    static KernelRequest<XfrmPolicy> dumpPolicies() {
        return KernelRequest.dump(
                XfrmMessageType.GETPOLICY,
                XfrmRequests::empty,
                message -> XfrmPolicy.decode(message.body()),
                "list policies");
    }

    static KernelRequest<Void> flushPolicies() {
        return command(XfrmMessageType.FLUSHPOLICY, XfrmRequests::empty, "flush policies");
    }

    static KernelRequest<Void> migrate(XfrmMigration migration) {
        return command(XfrmMessageType.MIGRATE, migration::encode, "migrate " + migration.policy());
    }

    static KernelRequest<XfrmReplayEvent> getReplay(XfrmReplayEvent query) {
        return ask(
                XfrmMessageType.GETAE,
                query::encode,
                message -> XfrmReplayEvent.decode(message.body()),
                "get replay state of " + query.id());
    }

    static KernelRequest<Void> setReplay(XfrmReplayEvent event) {
        return KernelRequest.acknowledged(
                XfrmMessageType.NEWAE,
                NetlinkMessage.REPLACE,
                event::encode,
                XfrmRequests::nothing,
                "set replay state of " + event.id());
    }

    static KernelRequest<XfrmDatabaseInfo.States> stateInfo() {
        return ask(
                XfrmMessageType.GETSADINFO,
                XfrmRequests::noFlags,
                message -> XfrmDatabaseInfo.States.decode(message.body()),
                "get number of states");
    }

    static KernelRequest<XfrmDatabaseInfo.Policies> policyInfo() {
        return ask(
                XfrmMessageType.GETSPDINFO,
                XfrmRequests::noFlags,
                message -> XfrmDatabaseInfo.Policies.decode(message.body()),
                "get number of policies");
    }

    static KernelRequest<Void> setHashThresholds(
            Optional<XfrmDatabaseInfo.HashThreshold> ipv4,
            Optional<XfrmDatabaseInfo.HashThreshold> ipv6) {
        return command(
                XfrmMessageType.NEWSPDINFO,
                out -> {
                    noFlags(out);
                    ipv4.ifPresent(t -> threshold(out, XfrmAttribute.SPD_IPV4_HTHRESH, t));
                    ipv6.ifPresent(t -> threshold(out, XfrmAttribute.SPD_IPV6_HTHRESH, t));
                },
                "set policy hash thresholds");
    }

    private static void threshold(
            ByteBuffer out, int type, XfrmDatabaseInfo.HashThreshold threshold) {
        Attributes.put(
                out,
                type,
                to -> to.put((byte) threshold.localBits()).put((byte) threshold.remoteBits()));
    }

    private static void empty(ByteBuffer unusedOut) {}

    private static void noFlags(ByteBuffer out) {
        out.putInt(-1); // as iproute2 asks; the kernel does not look
    }

    private static void stateId(ByteBuffer out, XfrmStateId id, Optional<InetAddress> source) {
        id.encode(out);
        source.ifPresent(
                address ->
                        Attributes.put(
                                out, XfrmAttribute.SRCADDR, to -> XfrmAddress.put(to, address)));
        id.mark().put(out);
    }

    private static <T> KernelRequest<T> ask(
            int type,
            Consumer<ByteBuffer> body,
            KernelRequest.AnswerDecoder<T> answer,
            String description) {
        return KernelRequest.acknowledged(type, 0, body, answer, description);
    }

    private static KernelRequest<Void> command(
            int type, Consumer<ByteBuffer> body, String description) {
        return ask(type, body, XfrmRequests::nothing, description);
    }

    private static Void nothing(NetlinkMessage message) throws MalformedKernelMessage {
        throw new MalformedKernelMessage("answer to a change, type", message.type());
    }
}
