package org.keyferry.engine.eap;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.MsChapV2;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;

/// EAP-MSCHAPv2 as server.
final class MsChapServer implements EapMethod {
    private final EapContext context;
    private final byte[] challenge;
    private Optional<Secret> msk = Optional.empty();
    private String failure = "";
    private boolean answered;
    private boolean told;

    MsChapServer(EapContext context) {
        this.context = context;
        this.challenge = context.randomBytes(MsChapV2.CHALLENGE_BYTES);
    }

    @Override
    public EapType type() {
        return EapType.MSCHAPV2;
    }

    @Override
    public Step begin(int identifier) {
        String name = context.server().toString();
        return new Step.Send(MsChapPacket.challenge(identifier, challenge, name).encode());
    }

    @Override
    public Step process(int identifier, Bytes data) {
        Optional<MsChapPacket> packet = MsChapPacket.decode(data);
        if (packet.isEmpty()) {
            return new Step.Failed("received an invalid EAP-MSCHAPv2 message");
        }
        int operation = packet.get().operation();
        if (!answered && operation == MsChapPacket.RESPONSE) {
            answered = true;
            return packet.get()
                    .responseValue()
                    .map(response -> judge(packet.get().identifier(), response))
                    .orElseGet(() -> new Step.Failed("received an invalid EAP-MSCHAPv2 response"));
        }
        if (!failure.isEmpty()) {
            return new Step.Failed(failure);
        }
        if (msk.isPresent() && operation == MsChapPacket.SUCCESS) {
            return new Step.Done(Bytes.EMPTY, msk);
        }
        return new Step.Failed("received EAP-MSCHAPv2 operation %d".formatted(operation));
    }

    private Step judge(int chapIdentifier, MsChapPacket.Response response) {
        Optional<byte[]> hash = Passwords.ntHash(context);
        if (hash.isEmpty()) {
            return refuse(chapIdentifier, Passwords.missing(context));
        }
        if (!isClient(response.name())) {
            return refuse(
                    chapIdentifier,
                    "EAP-MSCHAPv2 is for '%s', but the client is '%s'"
                            .formatted(EapNames.parse(response.name()), context.client()));
        }
        byte[] user = MsChapPacket.withoutDomain(response.name());
        byte[] peerChallenge = response.peerChallenge().toArray();
        byte[] wanted = MsChapV2.ntResponse(challenge, peerChallenge, user, hash.get());
        if (!MessageDigest.isEqual(wanted, response.ntResponse().toArray())) {
            Arrays.fill(hash.get(), (byte) 0);
            return refuse(
                    chapIdentifier,
                    "EAP-MSCHAPv2 response of '%s' is wrong".formatted(context.client()));
        }
        String proof =
                MsChapV2.authenticatorResponse(hash.get(), wanted, peerChallenge, challenge, user);
        msk = Optional.of(MsChapV2.msk(hash.get(), wanted));
        Arrays.fill(hash.get(), (byte) 0);
        return send(MsChapPacket.SUCCESS, chapIdentifier, proof + " M=Welcome2Keyferry");
    }

    /// The name is that of the login, or that without its Windows domain on either side.
    private boolean isClient(Bytes name) {
        byte[] own = EapNames.text(context.client()).getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(own, name.toArray())
                || Arrays.equals(
                        MsChapPacket.withoutDomain(Bytes.of(own)),
                        MsChapPacket.withoutDomain(name));
    }

    /// The client is told, and answers that before the login is over.
    private Step refuse(int chapIdentifier, String why) {
        failure = why;
        String next = HexFormat.of().withUpperCase().formatHex(context.randomBytes(16));
        return send(
                MsChapPacket.FAILURE,
                chapIdentifier,
                "E=691 R=0 C=%s V=3 M=Authentication failed".formatted(next));
    }

    /// Why it fails, at once: the client may end the login instead of the answer that is due.
    @Override
    public List<String> takeNotes() {
        if (failure.isEmpty() || told) {
            return List.of();
        }
        told = true;
        return List.of(failure);
    }

    private static Step send(int operation, int identifier, String text) {
        return new Step.Send(new MsChapPacket(operation, identifier, Bytes.utf8(text)).encode());
    }
}
