package org.keyferry.daemon.dataplane;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmMark;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmTemplate;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// One policy that a CHILD_SA wants.
///
/// @param computedPriority orders users of one policy whose configured priorities are equal
/// @param patient waits behind the SA that it replaces until that one is removed
record ChildPolicy(XfrmPolicy policy, int computedPriority, boolean patient) {
    /// OUT, IN and, in tunnel mode, FWD for each pair of a local and a remote selector that a
    /// packet can match; none if the configuration says so.
    static List<ChildPolicy> of(ChildInstallation child) {
        var policies = new ArrayList<ChildPolicy>();
        if (!child.config().kernel().policies()) {
            return policies;
        }
        for (TrafficSelector local : child.localTs()) {
            for (TrafficSelector remote : child.remoteTs()) {
                Selectors.between(local, remote).ifPresent(s -> policies.add(out(child, s)));
                Selectors.between(remote, local)
                        .ifPresent(
                                s -> {
                                    policies.add(in(child, s, XfrmDirection.IN));
                                    if (!isTransport(child)) {
                                        policies.add(in(child, s, XfrmDirection.FWD));
                                    }
                                });
            }
        }
        return policies;
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

    private int reqid() {
        return policy.templates().stream().mapToInt(XfrmTemplate::reqid).findFirst().orElse(0);
    }

    static boolean isTransport(ChildInstallation child) {
        return child.mode() == ChildMode.TRANSPORT;
    }

    static XfrmMode mode(ChildInstallation child) {
        return isTransport(child) ? XfrmMode.TRANSPORT : XfrmMode.TUNNEL;
    }

    static XfrmMark mark(Mark mark) {
        return new XfrmMark(mark.value(), mark.mask());
    }

    private static ChildPolicy out(ChildInstallation child, XfrmSelector selector) {
        // The SPI makes a policy switch to the new state of a rekeying at once.
        var template =
                template(
                        child,
                        child.local().address(),
                        child.remote().address(),
                        new Spi(child.spiOut().value()));
        var tags = child.tags();
        var id =
                new XfrmPolicyId(selector, XfrmDirection.OUT, mark(tags.markOut()), tags.ifIdOut());
        return of(child, id, template);
    }

    private static ChildPolicy in(
            ChildInstallation child, XfrmSelector selector, XfrmDirection direction) {
        var template = template(child, child.remote().address(), child.local().address(), Spi.NONE);
        var tags = child.tags();
        var id = new XfrmPolicyId(selector, direction, mark(tags.markIn()), tags.ifIdIn());
        return of(child, id, template);
    }

    private static ChildPolicy of(ChildInstallation child, XfrmPolicyId id, XfrmTemplate template) {
        int computed = PolicyPriority.INSTALLED.of(id.selector());
        int configured = child.config().kernel().priority();
        int priority = configured != 0 ? configured : computed;
        return new ChildPolicy(
                XfrmPolicy.of(id, priority, XfrmAction.ALLOW, List.of(template)),
                computed,
                child.patient());
    }

    private static XfrmTemplate template(
            ChildInstallation child, IpAddress source, IpAddress destination, Spi spi) {
        AddressFamily family = Inet.family(destination);
        InetAddress any = family.any();
        boolean transport = isTransport(child);
        return new XfrmTemplate(
                transport ? any : Inet.of(source),
                transport ? any : Inet.of(destination),
                spi,
                ChildStates.ESP,
                mode(child),
                child.reqid(),
                false);
    }
}
