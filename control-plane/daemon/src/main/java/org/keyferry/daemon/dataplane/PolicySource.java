package org.keyferry.daemon.dataplane;

import java.util.List;
import java.util.Optional;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;

/// What policies and routes are made of: a CHILD_SA, a trap for one that is still to come, or a
/// shunt.
///
/// @param name for logs
/// @param protocolId ESP or AH
/// @param ipcomp its numbers are 0 for traps
/// @param reqid 0 for shunts
/// @param spiOut of the outbound state; none for traps and shunts
/// @param local of the tunnel; the address may be any for traps and is for shunts, as for `remote`
/// @param patient see [ChildInstallation]
public record PolicySource(
        Kind kind,
        String name,
        Child config,
        ChildMode mode,
        int protocolId,
        Optional<Ipcomp> ipcomp,
        ChildTags tags,
        int reqid,
        Spi spiOut,
        Endpoint local,
        Endpoint remote,
        List<TrafficSelector> localTs,
        List<TrafficSelector> remoteTs,
        boolean patient) {
    /// Of a CHILD_SA that is still to come.
    private static final Ipcomp NO_CPI = new Ipcomp(0, 0);

    public PolicySource {
        localTs = List.copyOf(localTs);
        remoteTs = List.copyOf(remoteTs);
    }

    public enum Kind {
        CHILD_SA(PolicyPriority.INSTALLED),
        TRAP(PolicyPriority.ROUTED),
        PASS(PolicyPriority.PASS),
        DROP(PolicyPriority.DROP);

        private final PolicyPriority priority;

        Kind(PolicyPriority priority) {
            this.priority = priority;
        }

        PolicyPriority priority() {
            return priority;
        }

        /// Packets pass by IPsec.
        boolean isShunt() {
            return this == PASS || this == DROP;
        }
    }

    static PolicySource of(ChildInstallation child) {
        return new PolicySource(
                Kind.CHILD_SA,
                ChildInstaller.name(child),
                child.config(),
                child.mode(),
                child.protocolId(),
                child.ipcomp(),
                child.tags(),
                child.reqid(),
                new Spi(child.spiOut().value()),
                child.local(),
                child.remote(),
                child.localTs(),
                child.remoteTs(),
                child.patient());
    }

    /// Packets of these selectors ask for a CHILD_SA.
    public static PolicySource trap(
            String name,
            Child config,
            ChildTags tags,
            int reqid,
            IpAddress local,
            IpAddress remote,
            List<TrafficSelector> localTs,
            List<TrafficSelector> remoteTs) {
        return new PolicySource(
                Kind.TRAP,
                name,
                config,
                config.mode(),
                config.proposals().isEmpty()
                        ? ProtocolId.ESP
                        : config.proposals().getFirst().protocolId(),
                config.ipcomp() ? Optional.of(NO_CPI) : Optional.empty(),
                tags,
                reqid,
                Spi.NONE,
                new Endpoint(local, 0),
                new Endpoint(remote, 0),
                localTs,
                remoteTs,
                false);
    }

    /// Packets of these selectors pass in the clear, or are dropped, as the child's mode says.
    public static PolicySource shunt(
            String name,
            Child config,
            ChildTags tags,
            List<TrafficSelector> localTs,
            List<TrafficSelector> remoteTs) {
        var nowhere = new Endpoint(IpAddress.ANY_V4, 0);
        return new PolicySource(
                config.mode() == ChildMode.PASS ? Kind.PASS : Kind.DROP,
                name,
                config,
                config.mode(),
                ProtocolId.ESP,
                Optional.empty(),
                tags,
                0,
                Spi.NONE,
                nowhere,
                nowhere,
                localTs,
                remoteTs,
                false);
    }
}
