package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `XFRM_MSG_MIGRATE`: a policy and its states get new outer addresses in one step.
///
/// @param moves at most 6, one per template
/// @param daemonAddresses local and remote address for IKE (`struct xfrm_user_kmaddress`)
/// @param encap UDP encapsulation afterwards
public record XfrmMigration(
        XfrmPolicyId policy,
        List<Move> moves,
        Optional<DaemonAddresses> daemonAddresses,
        Optional<XfrmEncap> encap) {
    public XfrmMigration {
        moves = List.copyOf(moves);
    }

    /// `struct xfrm_user_migrate`: states with the old addresses, protocol, mode and reqid move.
    public record Move(
            InetAddress oldSource,
            InetAddress oldDestination,
            InetAddress newSource,
            InetAddress newDestination,
            int protocol,
            XfrmMode mode,
            int reqid) {
        void encode(ByteBuffer out) {
            XfrmAddress.put(out, oldDestination);
            XfrmAddress.put(out, oldSource);
            XfrmAddress.put(out, newDestination);
            XfrmAddress.put(out, newSource);
            out.put((byte) protocol).put((byte) mode.number()).putShort((short) 0).putInt(reqid);
            out.putShort((short) AddressFamily.of(oldSource).number());
            out.putShort((short) AddressFamily.of(newSource).number());
        }

        static Move decode(StructReader in) throws MalformedKernelMessage {
            var oldDestination = XfrmAddress.read(in);
            var oldSource = XfrmAddress.read(in);
            var newDestination = XfrmAddress.read(in);
            var newSource = XfrmAddress.read(in);
            int protocol = in.u8("migrate proto");
            var mode = new XfrmMode(in.u8("migrate mode"));
            in.skip("migrate reserved", 2);
            int reqid = in.u32("migrate reqid");
            AddressFamily oldFamily = AddressFamily.of(in.u16("migrate old_family"));
            AddressFamily newFamily = AddressFamily.of(in.u16("migrate new_family"));
            return new Move(
                    oldSource.as(oldFamily),
                    oldDestination.as(oldFamily),
                    newSource.as(newFamily),
                    newDestination.as(newFamily),
                    protocol,
                    mode,
                    reqid);
        }
    }

    /// `struct xfrm_user_kmaddress`.
    public record DaemonAddresses(InetAddress local, InetAddress remote) {
        void encode(ByteBuffer out) {
            XfrmAddress.put(out, local);
            XfrmAddress.put(out, remote);
            out.putInt(0).putShort((short) AddressFamily.of(local).number()).putShort((short) 0);
        }

        static DaemonAddresses decode(StructReader in) throws MalformedKernelMessage {
            var local = XfrmAddress.read(in);
            var remote = XfrmAddress.read(in);
            in.skip("kmaddress reserved", 4);
            AddressFamily family = AddressFamily.of(in.u16("kmaddress family"));
            return new DaemonAddresses(local.as(family), remote.as(family));
        }
    }

    void encode(ByteBuffer out) {
        policy.encodeFixed(out);
        Attributes.put(out, XfrmAttribute.MIGRATE, to -> moves.forEach(m -> m.encode(to)));
        daemonAddresses.ifPresent(k -> Attributes.put(out, XfrmAttribute.KMADDRESS, k::encode));
        encap.ifPresent(e -> Attributes.put(out, XfrmAttribute.ENCAP, e::encode));
        if (policy.ifId() != 0) Attributes.putU32(out, XfrmAttribute.IF_ID, policy.ifId());
    }

    static XfrmMigration decode(StructReader in) throws MalformedKernelMessage {
        StructReader fixed = in.part("xfrm_userpolicy_id", XfrmPolicyId.BYTES);
        Attributes attributes = Attributes.readAll(in);
        return new XfrmMigration(
                XfrmPolicyId.decode(fixed),
                attributes.find(XfrmAttribute.MIGRATE, XfrmMigration::moves).orElse(List.of()),
                attributes.find(XfrmAttribute.KMADDRESS, DaemonAddresses::decode),
                attributes.find(XfrmAttribute.ENCAP, XfrmEncap::decode));
    }

    private static List<Move> moves(StructReader in) throws MalformedKernelMessage {
        var moves = new ArrayList<Move>();
        while (in.remaining() > 0) moves.add(Move.decode(in));
        return moves;
    }
}
