package org.keyferry.daemon.dataplane;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmMark;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPolicyFlag;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmTemplate;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// One policy that a CHILD_SA wants, a trap or a shunt.
///
/// @param computedPriority orders users of one policy whose configured priorities are equal
/// @param patient waits behind the SA that it replaces until that one is removed
record ChildPolicy(XfrmPolicy policy, int computedPriority, boolean patient) {
    /// For each pair of a local and a remote selector that a packet can match: OUT, IN and, but in
    /// transport mode, FWD; none if the configuration says so. With `policies_fwd_out` also one
    /// that lets packets to the peer be forwarded where only explicit policies do.
    static List<ChildPolicy> of(PolicySource child, Placement placement) {
        var policies = new ArrayList<ChildPolicy>();
        KernelOptions config = child.config().kernel();
        if (!config.policies()) {
            return policies;
        }
        for (TrafficSelector local : child.localTs()) {
            for (TrafficSelector remote : child.remoteTs()) {
                Selectors.between(local, remote)
                        .map(s -> s.onInterface(placement.policyInterface()))
                        .ifPresent(
                                s -> {
                                    policies.add(out(child, s, placement));
                                    if (config.policiesFwdOut()) {
                                        policies.add(forwardOut(child, s));
                                    }
                                });
                Selectors.between(remote, local)
                        .map(s -> s.onInterface(inboundInterface(child, placement)))
                        .ifPresent(
                                s -> {
                                    policies.add(in(child, s, XfrmDirection.IN, placement));
                                    if (!isTransport(child)) {
                                        policies.add(in(child, s, XfrmDirection.FWD, placement));
                                    }
                                });
            }
        }
        return policies;
    }

    /// What a CHILD_SA receives comes from wherever the peer sends it; a shunt is of its device
    /// both ways.
    private static int inboundInterface(PolicySource child, Placement placement) {
        return child.kind().isShunt() ? placement.policyInterface() : 0;
    }

    XfrmPolicyId id() {
        return policy.id();
    }

    /// Whether this one stays in the kernel when `newcomer` wants the same selector: the better
    /// priority does, else the newcomer takes over, unless it alone is for no particular SA.
    boolean staysAheadOf(ChildPolicy newcomer) {
        int byPriority = Integer.compareUnsigned(policy.priority(), newcomer.policy.priority());
        if (byPriority != 0) {
            return byPriority < 0;
        }
        if (computedPriority != newcomer.computedPriority) {
            return computedPriority < newcomer.computedPriority;
        }
        return newcomer.patient || (newcomer.reqid() == 0 && reqid() != 0);
    }

    /// Drops instead what it would have let through, and comes first.
    ChildPolicy blocking() {
        var block = XfrmPolicy.of(policy.id(), policy.priority(), XfrmAction.BLOCK, List.of());
        return new ChildPolicy(block, computedPriority - 1, false);
    }

    private int reqid() {
        return policy.templates().stream().mapToInt(XfrmTemplate::reqid).findFirst().orElse(0);
    }

    static boolean isTransport(ChildInstallation child) {
        return child.mode() == ChildMode.TRANSPORT;
    }

    static boolean isTransport(PolicySource child) {
        return child.mode() == ChildMode.TRANSPORT;
    }

    static XfrmMode mode(ChildMode mode) {
        return switch (mode) {
            case TRANSPORT -> XfrmMode.TRANSPORT;
            case BEET -> XfrmMode.BEET;
            case TUNNEL, PASS, DROP -> XfrmMode.TUNNEL;
        };
    }

    static XfrmMark mark(Mark mark) {
        return new XfrmMark(mark.value(), mark.mask());
    }

    private static ChildPolicy out(PolicySource child, XfrmSelector selector, Placement placement) {
        // The SPI makes a policy switch to the new state of a rekeying at once.
        var templates =
                templates(
                        child,
                        child.local().address(),
                        child.remote().address(),
                        child.spiOut(),
                        new Spi(child.ipcomp().map(Ipcomp::cpiOut).orElse(0)),
                        false);
        var id = outId(child, selector, XfrmDirection.OUT);
        return of(child, id, templates, placement).withIcmp(child);
    }

    /// Forwarded packets leave by the OUT policy: this one only lets them pass, and asks for no
    /// state.
    private static ChildPolicy forwardOut(PolicySource child, XfrmSelector selector) {
        PolicyPriority priority =
                child.kind().isShunt() ? child.kind().priority() : PolicyPriority.ROUTED;
        int computed = priority.of(selector);
        var policy =
                XfrmPolicy.of(
                        outId(child, selector, XfrmDirection.FWD),
                        priority(child, computed),
                        child.kind() == PolicySource.Kind.DROP
                                ? XfrmAction.BLOCK
                                : XfrmAction.ALLOW,
                        List.of());
        return new ChildPolicy(policy, computed, child.patient()).withIcmp(child);
    }

    private static XfrmPolicyId outId(
            PolicySource child, XfrmSelector selector, XfrmDirection direction) {
        var tags = child.tags();
        return new XfrmPolicyId(selector, direction, mark(tags.markOut()), tags.ifIdOut());
    }

    private static ChildPolicy in(
            PolicySource child,
            XfrmSelector selector,
            XfrmDirection direction,
            Placement placement) {
        var templates =
                templates(
                        child,
                        child.remote().address(),
                        child.local().address(),
                        Spi.NONE,
                        Spi.NONE,
                        true);
        var tags = child.tags();
        var id = new XfrmPolicyId(selector, direction, mark(tags.markIn()), tags.ifIdIn());
        return of(child, id, templates, placement);
    }

    private static ChildPolicy of(
            PolicySource child,
            XfrmPolicyId id,
            List<XfrmTemplate> templates,
            Placement placement) {
        int computed = child.kind().priority().of(id.selector());
        var action = child.kind() == PolicySource.Kind.DROP ? XfrmAction.BLOCK : XfrmAction.ALLOW;
        var policy = XfrmPolicy.of(id, priority(child, computed), action, templates);
        if (placement.isPacketOffloaded()) {
            boolean inbound = id.direction() != XfrmDirection.OUT;
            policy =
                    policy.withOffload(
                            placement.xfrm(Inet.family(child.local().address()), inbound));
        }
        return new ChildPolicy(policy, computed, child.patient());
    }

    private static int priority(PolicySource child, int computed) {
        int configured = child.config().kernel().priority();
        return configured != 0 ? configured : computed;
    }

    private ChildPolicy withIcmp(PolicySource child) {
        return child.config().kernel().icmp()
                ? new ChildPolicy(
                        policy.withFlags(Set.of(XfrmPolicyFlag.ICMP)), computedPriority, patient)
                : this;
    }

    /// The first one has the mode, and addresses if the mode has any.
    private static List<XfrmTemplate> templates(
            PolicySource child,
            IpAddress source,
            IpAddress destination,
            Spi spi,
            Spi cpi,
            boolean mayLackIpcomp) {
        if (child.kind().isShunt()) {
            return List.of();
        }
        int protocol = IpProtocols.of(child.protocolId());
        XfrmMode mode = mode(child.mode());
        if (child.ipcomp().isEmpty()) {
            return List.of(template(child, source, destination, spi, protocol, mode, false));
        }
        return List.of(
                template(child, source, destination, cpi, IpProtocols.COMP, mode, mayLackIpcomp),
                template(child, source, destination, spi, protocol, XfrmMode.TRANSPORT, false));
    }

    private static XfrmTemplate template(
            PolicySource child,
            IpAddress source,
            IpAddress destination,
            Spi spi,
            int protocol,
            XfrmMode mode,
            boolean optional) {
        InetAddress any = Inet.family(destination).any();
        boolean transport = mode.equals(XfrmMode.TRANSPORT);
        return new XfrmTemplate(
                transport ? any : Inet.of(source),
                transport ? any : Inet.of(destination),
                spi,
                protocol,
                mode,
                child.reqid(),
                optional);
    }
}
