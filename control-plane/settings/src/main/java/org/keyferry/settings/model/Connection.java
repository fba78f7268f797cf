package org.keyferry.settings.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.wire.Proposal;

/// One IKE connection with its children, in the order of the configuration.
///
/// @param localPort own UDP port, the daemon's if none was configured
/// @param remotePort the peer's UDP port, 500 unless configured
/// @param proposals IKE proposals, most preferred first, never empty
/// @param encap UDP encapsulation even without a NAT
/// @param tcp when it is initiated over TCP
/// @param dpdDelay zero means never
/// @param keyingTries full retransmission sequences when initiating; 0 means without end
/// @param reauthTime zero means never, as for `rekeyTime`
/// @param overTime grace after a missed rekeying or reauthentication
/// @param randTime largest random part taken off `rekeyTime` and `reauthTime`
/// @param dscp 0 to 63, on outgoing IKE packets
/// @param ifIdIn XFRM interface id for children without their own
/// @param ifIdOut as `ifIdIn`
/// @param certExchange for rounds with public keys
/// @param childless whether IKE_SAs may, or must, come up without a CHILD_SA
/// @param addressing what is asked for and given by configuration payloads
/// @param redirects where peers are sent that want to set an IKE_SA up
/// @param resumption whether IKE_SAs may be taken up again by a ticket (RFC 5723)
/// @param local own authentication rounds, at least one
/// @param remote the peer's authentication rounds, at least one
public record Connection(
        String name,
        List<AddressSpec> localAddrs,
        List<AddressSpec> remoteAddrs,
        int localPort,
        int remotePort,
        List<Proposal> proposals,
        boolean encap,
        boolean mobike,
        TcpUse tcp,
        Duration dpdDelay,
        Fragmentation fragmentation,
        int keyingTries,
        UniquePolicy unique,
        Duration reauthTime,
        Duration rekeyTime,
        Duration overTime,
        Duration randTime,
        int dscp,
        InterfaceId ifIdIn,
        InterfaceId ifIdOut,
        CertExchange certExchange,
        Childless childless,
        PpkTerms ppk,
        Addressing addressing,
        Redirects redirects,
        boolean resumption,
        List<AuthRound> local,
        List<AuthRound> remote,
        List<Child> children) {
    public Connection {
        localAddrs = List.copyOf(localAddrs);
        remoteAddrs = List.copyOf(remoteAddrs);
        proposals = List.copyOf(proposals);
        local = List.copyOf(local);
        remote = List.copyOf(remote);
        children = List.copyOf(children);
    }

    /// With everything else as it is when not configured.
    public Connection(
            String name,
            List<AddressSpec> localAddrs,
            List<AddressSpec> remoteAddrs,
            int localPort,
            int remotePort,
            List<Proposal> proposals,
            boolean encap,
            boolean mobike,
            Duration dpdDelay,
            Fragmentation fragmentation,
            int keyingTries,
            UniquePolicy unique,
            Duration reauthTime,
            Duration rekeyTime,
            Duration overTime,
            Duration randTime,
            int dscp,
            InterfaceId ifIdIn,
            InterfaceId ifIdOut,
            List<AuthRound> local,
            List<AuthRound> remote,
            List<Child> children) {
        this(
                name,
                localAddrs,
                remoteAddrs,
                localPort,
                remotePort,
                proposals,
                encap,
                mobike,
                TcpUse.NEVER,
                dpdDelay,
                fragmentation,
                keyingTries,
                unique,
                reauthTime,
                rekeyTime,
                overTime,
                randTime,
                dscp,
                ifIdIn,
                ifIdOut,
                CertExchange.DEFAULT,
                Childless.ALLOW,
                PpkTerms.NONE,
                Addressing.NONE,
                Redirects.NONE,
                false,
                local,
                remote,
                children);
    }

    public Connection with(List<Proposal> otherProposals, List<Child> otherChildren) {
        return changed(
                c -> {
                    c.proposals = otherProposals;
                    c.children = otherChildren;
                });
    }

    public Connection with(Childless otherChildless, PpkTerms otherPpk) {
        return changed(
                c -> {
                    c.childless = otherChildless;
                    c.ppk = otherPpk;
                });
    }

    public Connection with(CertExchange other) {
        return changed(c -> c.certExchange = other);
    }

    public Connection with(Addressing other) {
        return changed(c -> c.addressing = other);
    }

    public Connection with(Redirects otherRedirects, boolean otherResumption) {
        return changed(
                c -> {
                    c.redirects = otherRedirects;
                    c.resumption = otherResumption;
                });
    }

    public Connection with(TcpUse other) {
        return changed(c -> c.tcp = other);
    }

    /// What copies may differ in.
    private static final class Changes {
        private List<Proposal> proposals;
        private TcpUse tcp;
        private CertExchange certExchange;
        private Childless childless;
        private PpkTerms ppk;
        private Addressing addressing;
        private Redirects redirects;
        private boolean resumption;
        private List<Child> children;

        private Changes(Connection of) {
            proposals = of.proposals;
            tcp = of.tcp;
            certExchange = of.certExchange;
            childless = of.childless;
            ppk = of.ppk;
            addressing = of.addressing;
            redirects = of.redirects;
            resumption = of.resumption;
            children = of.children;
        }
    }

    private Connection changed(Consumer<Changes> change) {
        var changes = new Changes(this);
        change.accept(changes);
        return new Connection(
                name,
                localAddrs,
                remoteAddrs,
                localPort,
                remotePort,
                changes.proposals,
                encap,
                mobike,
                changes.tcp,
                dpdDelay,
                fragmentation,
                keyingTries,
                unique,
                reauthTime,
                rekeyTime,
                overTime,
                randTime,
                dscp,
                ifIdIn,
                ifIdOut,
                changes.certExchange,
                changes.childless,
                changes.ppk,
                changes.addressing,
                changes.redirects,
                changes.resumption,
                local,
                remote,
                changes.children);
    }

    /// Whether the other has the same options and differs in children only, if at all.
    public boolean equalsButChildren(Connection other) {
        return with(proposals, List.of()).equals(other.with(other.proposals, List.of()));
    }

    public Optional<Child> child(String childName) {
        return children.stream().filter(child -> child.name().equals(childName)).findFirst();
    }
}
