package org.keyferry.engine;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;

/// What a gateway writes into a ticket, and needs to take the IKE_SA up again (RFC 5723 §5).
///
/// @param reauthAt when the client has to authenticate again; [Instant#MAX] for never
/// @param connection its name
/// @param fingerprint of the connection: one that was changed since takes nothing up again
/// @param eapIdentity of the client, if it proved itself by EAP
/// @param proposal the chosen one
/// @param skD of the IKE_SA; wiped by who opened or sealed the ticket
public record Session(
        Instant reauthAt,
        String connection,
        Bytes fingerprint,
        Identification localId,
        Identification remoteId,
        Optional<Identification> eapIdentity,
        boolean ppk,
        Proposal proposal,
        Secret skD) {
    /// All but what has a length of its own.
    private static final int FIXED_BYTES = 64;

    private static final int TRANSFORM_BYTES = 5;

    /// Secret: the caller wipes it.
    byte[] encode() {
        Bytes name = Bytes.utf8(connection);
        var out =
                ByteBuffer.allocate(
                        FIXED_BYTES
                                + name.length()
                                + fingerprint.length()
                                + localId.data().length()
                                + remoteId.data().length()
                                + eapIdentity.map(id -> id.data().length()).orElse(0)
                                + proposal.transforms().size() * TRANSFORM_BYTES
                                + skD.length());
        out.putLong(reauthAt.equals(Instant.MAX) ? Long.MAX_VALUE : reauthAt.getEpochSecond());
        put(out, name);
        put(out, fingerprint);
        put(out, localId);
        put(out, remoteId);
        out.put((byte) (eapIdentity.isPresent() ? 1 : 0));
        eapIdentity.ifPresent(id -> put(out, id));
        out.put((byte) (ppk ? 1 : 0));
        out.put((byte) proposal.transforms().size());
        for (Transform transform : proposal.transforms()) {
            out.put((byte) transform.type());
            out.putShort((short) transform.id());
            out.putShort((short) transform.keyBits());
        }
        out.putShort((short) skD.length());
        out.put(skD.array());
        byte[] encoded = new byte[out.position()];
        out.flip().get(encoded);
        java.util.Arrays.fill(out.array(), (byte) 0);
        return encoded;
    }

    /// Of what [#encode] made; nobody else can have written a ticket.
    static Session decode(byte[] encoded) {
        var in = ByteBuffer.wrap(encoded);
        long reauth = in.getLong();
        String connection = bytes(in).utf8();
        Bytes fingerprint = bytes(in);
        Identification local = identification(in);
        Identification remote = identification(in);
        Optional<Identification> eap =
                in.get() == 1 ? Optional.of(identification(in)) : Optional.empty();
        boolean ppk = in.get() == 1;
        int count = Byte.toUnsignedInt(in.get());
        var transforms = new ArrayList<Transform>(count);
        for (int i = 0; i < count; i++) {
            int type = Byte.toUnsignedInt(in.get());
            int id = Short.toUnsignedInt(in.getShort());
            transforms.add(new Transform(type, id, Short.toUnsignedInt(in.getShort())));
        }
        byte[] skD = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(skD);
        return new Session(
                reauth == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochSecond(reauth),
                connection,
                fingerprint,
                local,
                remote,
                eap,
                ppk,
                new Proposal(1, ProtocolId.IKE, Bytes.EMPTY, transforms),
                Secret.owned(skD));
    }

    private static void put(ByteBuffer out, Identification id) {
        out.put((byte) id.idType());
        put(out, id.data());
    }

    private static void put(ByteBuffer out, Bytes bytes) {
        out.putShort((short) bytes.length());
        bytes.copyTo(out);
    }

    private static Identification identification(ByteBuffer in) {
        int type = Byte.toUnsignedInt(in.get());
        return new Identification(type, bytes(in));
    }

    private static Bytes bytes(ByteBuffer in) {
        byte[] content = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(content);
        return Bytes.wrapOwned(content);
    }

    @Override
    public String toString() {
        return "Session(%s, '%s', keys hidden)".formatted(connection, remoteId);
    }
}
