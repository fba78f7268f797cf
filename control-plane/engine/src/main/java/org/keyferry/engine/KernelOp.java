package org.keyferry.engine;

import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;

/// What the engine asks of the dataplane, in IPsec's words; only the dataplane adapter speaks XFRM.
public sealed interface KernelOp {

    /// Reserves an inbound SPI; answered by [KernelAnswer.SpiAllocated]. What of it a CHILD_SA that
    /// is installed with that SPI does not need, is given back then.
    ///
    /// @param protocolId ESP or AH
    /// @param withCpi a CPI for IPComp, too
    record AllocateSpi(Endpoint local, Endpoint remote, int protocolId, boolean withCpi)
            implements KernelOp {}

    /// Gives a reserved SPI back, with its CPI.
    record ReleaseSpi(Endpoint local, Endpoint remote, ChildSpi spi) implements KernelOp {}

    /// Installs both states and the policies of a CHILD_SA: inbound state, outbound state,
    /// policies. All or nothing: a failed step takes back what was installed before it.
    ///
    /// @param keys the performer wipes them once the kernel has them
    record InstallChild(ChildInstallation child, DirectionKeys keys) implements KernelOp {}

    /// Removes policies and both states; parts that are already gone are no error.
    record RemoveChild(ChildInstallation child) implements KernelOp {}

    /// The same but for the inbound state: nothing is sent any more, and late packets are taken.
    record RetireChild(ChildInstallation child) implements KernelOp {}

    /// Removes what [RetireChild] left.
    record RemoveInbound(ChildInstallation child) implements KernelOp {}

    /// The policies of a patient CHILD_SA come first from now on, where they waited behind those of
    /// another one.
    ///
    /// @param child as it is now: no more patient
    record PreferChild(ChildInstallation child) implements KernelOp {}

    /// Moves a CHILD_SA to other endpoints: both states with their sequence numbers, counters and
    /// what is left of their lifetime, its policies and routes. What is as it was stays untouched.
    /// If it fails half way, the dataplane tells that the states are gone.
    ///
    /// @param after the same but for endpoints, encapsulation, selectors and reqid
    record MoveChild(ChildInstallation before, ChildInstallation after) implements KernelOp {}

    /// Puts addresses that the peer gave us on an interface: all or none. An address that several
    /// SAs have is there until the last of them removes it.
    ///
    /// @param remote the peer, to which the interface leads
    /// @param leftBehind they may be there already, from an earlier process
    record AddAddresses(List<IpAddress> addresses, Endpoint remote, boolean leftBehind)
            implements KernelOp {
        public AddAddresses {
            addresses = List.copyOf(addresses);
        }
    }

    /// Puts virtual IPs of ours on the interface that leads to the peer now, or back where they
    /// belong if they went with an interface. CHILD_SAs that are moved after that find them there.
    record MoveAddresses(List<IpAddress> addresses, Endpoint remote) implements KernelOp {
        public MoveAddresses {
            addresses = List.copyOf(addresses);
        }
    }

    /// Takes them away, after what was begun before; those that are not there are no error.
    record RemoveAddresses(List<IpAddress> addresses) implements KernelOp {
        public RemoveAddresses {
            addresses = List.copyOf(addresses);
        }
    }

    /// Everything the kernel has to know of one CHILD_SA but its keys.
    ///
    /// @param ikeName connection name, for logs
    /// @param mode as negotiated, which may be tunnel mode although another one is configured
    /// @param protocolId ESP or AH, see [org.keyferry.wire.ProtocolId]
    /// @param padding the peer copes with the padding that `config` may ask for
    /// @param encap UDP encapsulation (RFC 3948) between the ports of `local` and `remote`, or
    ///   encapsulation in their TCP connection (RFC 9329)
    /// @param encr absent (`null`) with AH
    /// @param integ absent (`null`) with combined-mode ciphers
    /// @param softSeconds 0 = no limit; likewise `hardSeconds` and the limits of bytes and packets
    ///   that are taken from `config`
    /// @param patient its policies wait behind those of the CHILD_SA that it replaces until that is
    ///   removed: the peer, which asked for it, may not be ready to receive yet
    /// @param acquireSequence the kernel's number of the acquire that is answered, 0 for none
    /// @param keyExchanges that were made for its keys, additional ones included; empty for none
    record ChildInstallation(
            String ikeName,
            int ikeUniqueId,
            int childUniqueId,
            Child config,
            ChildMode mode,
            int protocolId,
            Optional<Ipcomp> ipcomp,
            boolean padding,
            ChildTags tags,
            int reqid,
            ChildSpi spiIn,
            ChildSpi spiOut,
            Endpoint local,
            Endpoint remote,
            boolean encap,
            Transform encr,
            Transform integ,
            boolean esn,
            List<TrafficSelector> localTs,
            List<TrafficSelector> remoteTs,
            long softSeconds,
            long hardSeconds,
            boolean patient,
            int acquireSequence,
            List<Transform> keyExchanges) {
        public ChildInstallation {
            localTs = List.copyOf(localTs);
            remoteTs = List.copyOf(remoteTs);
            keyExchanges = List.copyOf(keyExchanges);
        }

        /// The same between other endpoints.
        public ChildInstallation between(
                Endpoint otherLocal, Endpoint otherRemote, boolean otherEncap) {
            return with(otherLocal, otherRemote, otherEncap, localTs, remoteTs, reqid, patient);
        }

        /// The same whose policies do not wait behind others.
        public ChildInstallation first() {
            return with(local, remote, encap, localTs, remoteTs, reqid, false);
        }

        /// The same for other traffic.
        public ChildInstallation covering(
                List<TrafficSelector> otherLocalTs,
                List<TrafficSelector> otherRemoteTs,
                int otherReqid) {
            return with(local, remote, encap, otherLocalTs, otherRemoteTs, otherReqid, patient);
        }

        private ChildInstallation with(
                Endpoint otherLocal,
                Endpoint otherRemote,
                boolean otherEncap,
                List<TrafficSelector> otherLocalTs,
                List<TrafficSelector> otherRemoteTs,
                int otherReqid,
                boolean waits) {
            return new ChildInstallation(
                    ikeName,
                    ikeUniqueId,
                    childUniqueId,
                    config,
                    mode,
                    protocolId,
                    ipcomp,
                    padding,
                    tags,
                    otherReqid,
                    spiIn,
                    spiOut,
                    otherLocal,
                    otherRemote,
                    otherEncap,
                    encr,
                    integ,
                    esn,
                    otherLocalTs,
                    otherRemoteTs,
                    softSeconds,
                    hardSeconds,
                    waits,
                    acquireSequence,
                    keyExchanges);
        }
    }

    /// IPComp (RFC 3173) with DEFLATE below ESP or AH.
    ///
    /// @param cpiIn 256 to 61439, chosen by us, likewise `cpiOut` by the peer
    record Ipcomp(int cpiIn, int cpiOut) {}

    /// Keys by direction as seen from this host; encryption keys carry their salt at the end.
    ///
    /// @param integIn `null` with combined-mode ciphers, likewise `integOut`
    record DirectionKeys(Secret encrIn, Secret integIn, Secret encrOut, Secret integOut)
            implements AutoCloseable {
        @Override
        public void close() {
            encrIn.close();
            encrOut.close();
            if (integIn != null) {
                integIn.close();
            }
            if (integOut != null) {
                integOut.close();
            }
        }
    }
}
