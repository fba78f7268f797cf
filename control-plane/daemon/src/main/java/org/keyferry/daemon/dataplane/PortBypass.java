package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmPorts;
import org.keyferry.netlink.xfrm.XfrmSelector;

/// Policies for all that let IKE's own packets pass in the clear (`port_bypass`), where the
/// policies of sockets do not serve: a packet that a device sends on, or another program's look-up.
final class PortBypass {
    /// Before whatever a connection may want, as charon has it.
    private static final int PRIORITY = 32;

    private final Xfrm xfrm;
    private final Set<XfrmPolicyId> installed = new LinkedHashSet<>();

    PortBypass(Xfrm xfrm) {
        this.xfrm = xfrm;
    }

    /// Once for each port and family, however many sockets have it.
    synchronized void exempt(boolean v6, int port) throws IOException {
        IpPrefix any = IpPrefix.any(v6 ? AddressFamily.IPV6 : AddressFamily.IPV4);
        XfrmPorts own = XfrmPorts.exactly(port);
        pass(XfrmSelector.between(any, any, IpProtocols.UDP, XfrmPorts.ANY, own), XfrmDirection.IN);
        pass(
                XfrmSelector.between(any, any, IpProtocols.UDP, own, XfrmPorts.ANY),
                XfrmDirection.OUT);
    }

    /// An update adds what is not there.
    private void pass(XfrmSelector selector, XfrmDirection direction) throws IOException {
        var id = new XfrmPolicyId(selector, direction);
        if (!installed.contains(id)) {
            var policy = XfrmPolicy.of(id, PRIORITY, XfrmAction.ALLOW, List.of());
            XfrmDataplane.await(xfrm.updatePolicy(policy));
            installed.add(id);
        }
    }

    synchronized CompletableFuture<Settled> remove() {
        var requests = new ArrayList<CompletableFuture<Void>>();
        installed.forEach(id -> requests.add(xfrm.deletePolicy(id)));
        installed.clear();
        return Settled.of(requests);
    }
}
