package org.keyferry.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmEncap;
import org.keyferry.netlink.xfrm.XfrmMark;
import org.keyferry.netlink.xfrm.XfrmNames;
import org.keyferry.netlink.xfrm.XfrmOffload;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateFlag;
import org.keyferry.netlink.xfrm.XfrmTemplate;

/// The kernel's things in words. Never a key.
final class XfrmText {
    private XfrmText() {}

    static String source(XfrmState state) {
        return endpoint(state, state.source(), true);
    }

    static String destination(XfrmState state) {
        return endpoint(state, state.id().destination(), false);
    }

    private static String endpoint(XfrmState state, InetAddress address, boolean source) {
        return address.getHostAddress()
                + state.options().encap().map(encap -> "[" + port(encap, source) + "]").orElse("");
    }

    private static int port(XfrmEncap encap, boolean source) {
        return source ? encap.sourcePort() : encap.destinationPort();
    }

    static List<String> algorithms(XfrmState state) {
        return state.algorithms().stream().map(XfrmNames::algorithm).toList();
    }

    static List<String> flags(XfrmState state) {
        return state.flags().stream().map(XfrmText::flag).sorted().toList();
    }

    private static String flag(XfrmStateFlag flag) {
        return flag.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What only some states have.
    static String extras(XfrmState state) {
        var extras = new ArrayList<String>();
        state.options().encap().ifPresent(e -> extras.add(XfrmNames.encapsulation(e.type())));
        addMark(extras, state.id().mark());
        addIfId(extras, state.options().ifId());
        state.options().offload().ifPresent(o -> extras.add("offload " + offload(o)));
        if (state.flags().contains(XfrmStateFlag.ESN)) {
            extras.add("esn");
        }
        return extras.isEmpty() ? "-" : String.join(", ", extras);
    }

    static String extras(XfrmPolicy policy) {
        var extras = new ArrayList<String>();
        addMark(extras, policy.id().mark());
        addIfId(extras, policy.id().ifId());
        policy.offload().ifPresent(o -> extras.add("offload " + offload(o)));
        return extras.isEmpty() ? "-" : String.join(", ", extras);
    }

    private static void addMark(List<String> extras, XfrmMark mark) {
        if (!mark.equals(XfrmMark.NONE)) {
            extras.add("mark " + mark);
        }
    }

    private static void addIfId(List<String> extras, int ifId) {
        if (ifId != 0) {
            extras.add("if_id 0x" + Integer.toHexString(ifId));
        }
    }

    /// `eth0 (packet)`.
    static String offload(XfrmOffload offload) {
        return device(offload.interfaceIndex()) + (offload.isPacket() ? " (packet)" : " (crypto)");
    }

    static String device(int index) {
        try {
            var device = NetworkInterface.getByIndex(index);
            return device == null ? "interface " + index : device.getName();
        } catch (IOException _) {
            return "interface " + index;
        }
    }

    static String direction(XfrmDirection direction) {
        return XfrmNames.direction(direction);
    }

    /// `10.1.0.0/16 === 10.2.0.0/16 [6/any-443]`.
    static String selector(XfrmSelector selector) {
        String text = selector.source() + " === " + selector.destination();
        boolean anyPorts =
                selector.sourcePorts().mask() == 0 && selector.destinationPorts().mask() == 0;
        if (selector.protocol() == 0 && anyPorts) {
            return text;
        }
        String ports =
                anyPorts ? "" : "/" + selector.sourcePorts() + "-" + selector.destinationPorts();
        return text + " [" + selector.protocol() + ports + "]";
    }

    /// `esp tunnel reqid 1 192.0.2.1 192.0.2.2`, several joined; `-` without.
    static String templates(XfrmPolicy policy) {
        if (policy.templates().isEmpty()) {
            return "-";
        }
        return policy.templates().stream()
                .map(XfrmText::template)
                .collect(Collectors.joining(", "));
    }

    static String template(XfrmTemplate template) {
        String ends =
                template.source().isAnyLocalAddress() && template.destination().isAnyLocalAddress()
                        ? ""
                        : " %s %s"
                                .formatted(
                                        template.source().getHostAddress(),
                                        template.destination().getHostAddress());
        return "%s %s reqid %s%s"
                .formatted(
                        XfrmNames.protocol(template.protocol()),
                        template.mode(),
                        Integer.toUnsignedString(template.reqid()),
                        ends);
    }

    /// Since a moment of the epoch; `-` for 0.
    static String age(long epochSeconds, long nowEpochSeconds) {
        return epochSeconds == 0 ? "-" : Text.duration(Math.max(0, nowEpochSeconds - epochSeconds));
    }
}
