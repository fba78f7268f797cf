package org.keyferry.engine.eap;

import java.util.Optional;
import org.keyferry.crypto.tls.TlsFailure;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// PEAP version 0 (draft-kamath-pppext-peapv0) in both roles. EAP inside goes without its header;
/// at the end both sides tell each other the result, in a packet that has one.
final class EapPeap extends TlsMethod {
    private static final int HEADER_BYTES = 4;
    private static final Bytes RESULT_SUCCESS = Bytes.ofHex("800300020001");
    private static final Bytes RESULT_FAILURE = Bytes.ofHex("800300020002");

    private final InnerServer inner;
    private final EapPeer innerPeer;
    private boolean begun;
    private boolean innerBegun;
    private Optional<Boolean> result = Optional.empty();
    private String failure = "";

    private EapPeap(EapContext context, boolean server) {
        super(context, server, EapType.PEAP, "client EAP encryption");
        this.inner = new InnerServer(context, options().phase2Method());
        this.innerPeer = EapPeer.inside(context);
    }

    static EapPeap server(EapContext context) {
        return new EapPeap(context, true);
    }

    static EapPeap client(EapContext context) {
        return new EapPeap(context, false);
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
        Bytes plain = Bytes.of(data);
        return server ? asServer(identifier, out, plain) : asClient(identifier, out, plain);
    }

    /// A packet with its header: only the results have one.
    private static boolean isResult(Bytes data, int code) {
        return data.length() > HEADER_BYTES
                && data.u8(0) == code
                && data.u16(2) == data.length()
                && data.u8(HEADER_BYTES) == EapType.MS_TLV.number();
    }

    private static boolean tellsSuccess(Bytes data) {
        return data.slice(HEADER_BYTES + 1, data.length()).equals(RESULT_SUCCESS);
    }

    private static byte[] withoutHeader(Bytes packet) {
        return packet.slice(HEADER_BYTES, packet.length()).toArray();
    }

    private Step asServer(int identifier, byte[] out, Bytes data) throws TlsFailure {
        int next = identifier + 1 & 0xff;
        if (data.isEmpty()) {
            boolean begins = !begun && (out.length == 0 || options().phase2Piggyback());
            if (begins && isResumed()) {
                begun = true;
                return tell(next, true);
            }
            if (begins) {
                begun = true;
                return send(out, withoutHeader(inner.askName(next)));
            }
            return out.length > 0
                    ? send(out, new byte[0])
                    : new Step.Failed("client says nothing inside of PEAP");
        }
        if (result.isPresent()) {
            boolean agreed = result.get() && isResult(data, 2) && tellsSuccess(data);
            return agreed
                    ? done(new byte[0])
                    : new Step.Failed(
                            failure.isEmpty() ? "client does not confirm PEAP's result" : failure);
        }
        var response = packet(EapPacket.Code.RESPONSE, inner.identifier(), data);
        EapAnswer answer = inner.process(response.encode());
        noteInside(inner.takeNotes());
        return switch (answer) {
            case EapAnswer.Request(Bytes request) -> send(out, withoutHeader(request));
            case EapAnswer.Accepted(_, var msk, _, _) -> {
                msk.ifPresent(org.keyferry.crypto.Secret::close);
                note(
                        "EAP_PEAP phase2 authentication of '%s' with %s successful"
                                .formatted(inner.identity().orElseThrow(), inner.method()));
                yield tell(next, true);
            }
            case EapAnswer.Rejected(_, String why) -> {
                failure = why;
                note("EAP_PEAP phase2 authentication with %s failed".formatted(inner.method()));
                yield tell(next, false);
            }
        };
    }

    private Step tell(int identifier, boolean success) throws TlsFailure {
        result = Optional.of(success);
        return send(
                new byte[0],
                EapPacket.request(
                                identifier,
                                EapType.MS_TLV,
                                success ? RESULT_SUCCESS : RESULT_FAILURE)
                        .encode()
                        .toArray());
    }

    /// The header that was left out.
    private static EapPacket packet(EapPacket.Code code, int identifier, Bytes data) {
        return new EapPacket(
                code, identifier, EapType.ietf(data.u8(0)), data.slice(1, data.length()));
    }

    private Step asClient(int identifier, byte[] out, Bytes data) throws TlsFailure {
        if (data.isEmpty()) {
            boolean waits = begun && out.length == 0;
            begun = true;
            return waits
                    ? new Step.Failed("server says nothing inside of PEAP")
                    : send(out, new byte[0]);
        }
        if (isResult(data, 1)) {
            boolean proven = innerPeer.isDone() || (isResumed() && !innerBegun);
            boolean success = tellsSuccess(data) && proven;
            byte[] answer =
                    EapPacket.response(
                                    data.u8(1),
                                    EapType.MS_TLV,
                                    success ? RESULT_SUCCESS : RESULT_FAILURE)
                            .encode()
                            .toArray();
            if (success) {
                return doneSaying(answer);
            }
            note("PEAP's inner authentication failed");
            return send(out, answer);
        }
        innerBegun = true;
        EapPeer.Step step =
                innerPeer.process(packet(EapPacket.Code.REQUEST, identifier, data).encode());
        noteInside(innerPeer.takeNotes());
        return switch (step) {
            case EapPeer.Step.Respond(Bytes response) -> send(out, withoutHeader(response));
            case EapPeer.Step.Failed(String why, _) -> new Step.Failed(why);
            case EapPeer.Step.Succeeded _ -> new Step.Failed("received EAP_SUCCESS inside of PEAP");
        };
    }
}
