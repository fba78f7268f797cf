package org.keyferry.engine.eap;

import java.util.Optional;
import org.keyferry.crypto.tls.TlsFailure;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// EAP-TTLS (RFC 5281, version 0) in both roles, with EAP inside of TLS.
final class EapTtls extends TlsMethod {
    private final InnerServer inner;
    private final EapPeer innerPeer;
    private boolean begun;
    private boolean waited;

    private EapTtls(EapContext context, boolean server) {
        super(context, server, EapType.TTLS, "ttls keying material");
        this.inner = new InnerServer(context, options().phase2Method());
        this.innerPeer = EapPeer.inside(context);
    }

    static EapTtls server(EapContext context) {
        return new EapTtls(context, true);
    }

    static EapTtls client(EapContext context) {
        return new EapTtls(context, false);
    }

    /// A server may want more than the session that it resumed.
    @Override
    public boolean mayGoOn() {
        return waited && !begun;
    }

    @Override
    boolean asksClient() {
        return options().requestPeerAuth() || !server;
    }

    @Override
    public Optional<Identification> innerIdentity() {
        return isResumed() ? resumedIdentity() : inner.identity();
    }

    @Override
    Optional<Identification> provenInside() {
        return server ? innerIdentity() : Optional.of(context.client());
    }

    @Override
    Step inside(int identifier, byte[] out, byte[] data) throws TlsFailure {
        try {
            return server ? asServer(out, data) : asClient(out, TtlsAvps.eapMessage(data));
        } catch (TtlsAvps.Malformed e) {
            return new Step.Failed("inside of EAP-TTLS: " + e.getMessage());
        }
    }

    /// The client begins, unless it leaves that to us. In a resumed session nothing is left to do
    /// (RFC 5281 §7.5).
    private Step asServer(byte[] out, byte[] data) throws TlsFailure, TtlsAvps.Malformed {
        if (isResumed()) {
            return data.length == 0 && out.length == 0
                    ? done(out)
                    : new Step.Failed("client goes on in a resumed session of EAP-TTLS");
        }
        if (data.length == 0) {
            boolean begins = !begun && (out.length == 0 || options().phase2Piggyback());
            if (begins) {
                begun = true;
                return send(out, TtlsAvps.eapMessage(inner.askName(0)));
            }
            return out.length > 0
                    ? send(out, new byte[0])
                    : new Step.Failed("client says nothing inside of EAP-TTLS");
        }
        begun = true;
        Bytes packet = TtlsAvps.eapMessage(data);
        if (packet.isEmpty()) {
            return new Step.Failed("client sent no EAP inside of EAP-TTLS");
        }
        EapAnswer answer = inner.process(packet);
        noteInside(inner.takeNotes());
        return switch (answer) {
            case EapAnswer.Request(Bytes request) -> send(out, TtlsAvps.eapMessage(request));
            case EapAnswer.Accepted(_, var msk, _, _) -> {
                msk.ifPresent(org.keyferry.crypto.Secret::close);
                note(
                        "EAP_TTLS phase2 authentication of '%s' with %s successful"
                                .formatted(inner.identity().orElseThrow(), inner.method()));
                yield done(new byte[0]);
            }
            case EapAnswer.Rejected(_, String why) -> {
                note("EAP_TTLS phase2 authentication with %s failed".formatted(inner.method()));
                yield new Step.Failed(why);
            }
        };
    }

    private Step asClient(byte[] out, Bytes packet) throws TlsFailure {
        if (packet.isEmpty()) {
            if (isResumed() && !waited) {
                waited = true; // the server may leave it at that
                return done(out);
            }
            if (begun) {
                return new Step.Failed("server says nothing inside of EAP-TTLS");
            }
            begun = true;
            Bytes name = Bytes.utf8(EapNames.text(context.client()));
            Bytes response = EapPacket.response(0, EapType.IDENTITY, name).encode();
            return send(out, TtlsAvps.eapMessage(response));
        }
        begun = true;
        EapPeer.Step step = innerPeer.process(packet);
        noteInside(innerPeer.takeNotes());
        return switch (step) {
            case EapPeer.Step.Respond(Bytes response) ->
                    innerPeer.isDone()
                            ? doneSaying(TtlsAvps.eapMessage(response))
                            : send(out, TtlsAvps.eapMessage(response));
            case EapPeer.Step.Failed(String why, _) -> new Step.Failed(why);
            case EapPeer.Step.Succeeded _ ->
                    new Step.Failed("received EAP_SUCCESS inside of EAP-TTLS");
        };
    }
}
