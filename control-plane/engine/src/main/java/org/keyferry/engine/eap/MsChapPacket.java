package org.keyferry.engine.eap;

import java.util.Optional;
import org.keyferry.crypto.MsChapV2;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.WireWriter;

/// Data of EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2 §2): an operation, an identifier, a
/// length, and a body. Responses to Success and Failure are the operation alone.
record MsChapPacket(int operation, int identifier, Bytes body) {
    static final int CHALLENGE = 1;
    static final int RESPONSE = 2;
    static final int SUCCESS = 3;
    static final int FAILURE = 4;

    private static final int HEADER_BYTES = 4;
    private static final int RESPONSE_VALUE_BYTES = 49;

    static Optional<MsChapPacket> decode(Bytes data) {
        if (data.length() == 1) {
            return Optional.of(new MsChapPacket(data.u8(0), 0, Bytes.EMPTY));
        }
        if (data.length() < HEADER_BYTES || data.u16(2) != data.length()) {
            return Optional.empty();
        }
        return Optional.of(
                new MsChapPacket(data.u8(0), data.u8(1), data.slice(HEADER_BYTES, data.length())));
    }

    Bytes encode() {
        return new WireWriter()
                .u8(operation)
                .u8(identifier)
                .u16(HEADER_BYTES + body.length())
                .bytes(body)
                .toBytes();
    }

    static MsChapPacket challenge(int identifier, byte[] challenge, String name) {
        var body = new WireWriter().u8(challenge.length).array(challenge).bytes(Bytes.utf8(name));
        return new MsChapPacket(CHALLENGE, identifier, body.toBytes());
    }

    static MsChapPacket response(
            int identifier, byte[] peerChallenge, byte[] ntResponse, Bytes name) {
        var body =
                new WireWriter()
                        .u8(RESPONSE_VALUE_BYTES)
                        .array(peerChallenge)
                        .zeros(8)
                        .array(ntResponse)
                        .u8(0)
                        .bytes(name);
        return new MsChapPacket(RESPONSE, identifier, body.toBytes());
    }

    /// Of a CHALLENGE.
    Optional<byte[]> challengeValue() {
        boolean whole =
                body.length() > MsChapV2.CHALLENGE_BYTES && body.u8(0) == MsChapV2.CHALLENGE_BYTES;
        return whole
                ? Optional.of(body.slice(1, 1 + MsChapV2.CHALLENGE_BYTES).toArray())
                : Optional.empty();
    }

    /// @param name of the user, as it was told
    record Response(Bytes peerChallenge, Bytes ntResponse, Bytes name) {}

    Optional<Response> responseValue() {
        if (body.length() < 1 + RESPONSE_VALUE_BYTES || body.u8(0) != RESPONSE_VALUE_BYTES) {
            return Optional.empty();
        }
        return Optional.of(
                new Response(
                        body.slice(1, 17),
                        body.slice(25, 49),
                        body.slice(1 + RESPONSE_VALUE_BYTES, body.length())));
    }

    /// The part of a user's name that is hashed: without a Windows domain.
    static byte[] withoutDomain(Bytes name) {
        int from = 0;
        for (int i = 0; i < name.length(); i++) {
            if (name.u8(i) == '\\') {
                from = i + 1;
            }
        }
        return name.slice(from, name.length()).toArray();
    }
}
