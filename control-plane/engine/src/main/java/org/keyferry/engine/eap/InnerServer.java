package org.keyferry.engine.eap;

import java.util.List;
import java.util.Optional;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.PeerViolation;

/// The server of EAP inside of EAP: first the client's name, then one method.
final class InnerServer {
    private final EapContext context;
    private final EapType method;
    private int identifier;
    private Optional<Identification> identity = Optional.empty();
    private EapServer server;

    InnerServer(EapContext context, EapType method) {
        this.context = context;
        this.method = method;
    }

    /// Who the client says it is.
    Optional<Identification> identity() {
        return identity;
    }

    /// Of the request that is to be answered.
    int identifier() {
        return server == null ? identifier : server.identifier();
    }

    EapType method() {
        return method;
    }

    /// A request for the name.
    Bytes askName(int number) {
        identifier = number;
        return EapPacket.request(number, EapType.IDENTITY, Bytes.EMPTY).encode();
    }

    EapAnswer process(Bytes received) {
        if (server != null) {
            return server.process(received);
        }
        EapPacket packet;
        try {
            packet = EapPacket.decode(received);
        } catch (PeerViolation e) {
            return rejected("received an invalid inner EAP packet: " + e.getMessage());
        }
        boolean name =
                packet.code() == EapPacket.Code.RESPONSE
                        && packet.type().equals(EapType.IDENTITY)
                        && !packet.data().isEmpty();
        if (!name) {
            return rejected("client did not tell its inner EAP identity");
        }
        Identification told = EapNames.parse(packet.data());
        identity = Optional.of(told);
        server =
                new EapServer(
                        context.inside(told),
                        new EapTerms.Method.Typed(method),
                        packet.identifier());
        return server.begin();
    }

    /// Lines for the log since the last call.
    List<String> takeNotes() {
        return server == null ? List.of() : server.takeNotes();
    }

    private static EapAnswer rejected(String why) {
        return new EapAnswer.Rejected(Optional.empty(), why);
    }
}
