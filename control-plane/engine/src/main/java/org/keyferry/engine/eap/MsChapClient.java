package org.keyferry.engine.eap;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.MsChapV2;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.IdentityText;

/// EAP-MSCHAPv2 as client. The server proves that it knows the password, too; not who it is.
final class MsChapClient implements EapMethod {
    private final EapContext context;
    private String proof = "";
    private Optional<Secret> msk = Optional.empty();
    private String failure = "";

    MsChapClient(EapContext context) {
        this.context = context;
    }

    @Override
    public EapType type() {
        return EapType.MSCHAPV2;
    }

    @Override
    public Step begin(int identifier) {
        throw new IllegalStateException("a client does not begin");
    }

    @Override
    public Step process(int identifier, Bytes data) {
        Optional<MsChapPacket> packet = MsChapPacket.decode(data);
        if (packet.isEmpty()) {
            return new Step.Failed("received an invalid EAP-MSCHAPv2 message");
        }
        int operation = packet.get().operation();
        if (operation == MsChapPacket.CHALLENGE && proof.isEmpty()) {
            return answer(packet.get());
        }
        if (operation == MsChapPacket.SUCCESS && msk.isPresent()) {
            return onSuccess(packet.get());
        }
        if (operation == MsChapPacket.FAILURE) {
            failure = IdentityText.harmless(packet.get().body().utf8());
            return new Step.Send(Bytes.ofU8(MsChapPacket.FAILURE));
        }
        return new Step.Failed("received EAP-MSCHAPv2 operation %d".formatted(operation));
    }

    private Step answer(MsChapPacket packet) {
        Optional<byte[]> challenge = packet.challengeValue();
        if (challenge.isEmpty()) {
            return new Step.Failed("received an invalid EAP-MSCHAPv2 challenge");
        }
        Optional<byte[]> hash = Passwords.ntHash(context);
        if (hash.isEmpty()) {
            return new Step.Failed(Passwords.missing(context));
        }
        Bytes name = Bytes.utf8(EapNames.text(context.client()));
        byte[] user = MsChapPacket.withoutDomain(name);
        byte[] own = context.randomBytes(MsChapV2.CHALLENGE_BYTES);
        byte[] response = MsChapV2.ntResponse(challenge.get(), own, user, hash.get());
        proof = MsChapV2.authenticatorResponse(hash.get(), response, own, challenge.get(), user);
        msk = Optional.of(MsChapV2.msk(hash.get(), response));
        Arrays.fill(hash.get(), (byte) 0);
        return new Step.Send(
                MsChapPacket.response(packet.identifier(), own, response, name).encode());
    }

    private Step onSuccess(MsChapPacket packet) {
        String text = packet.body().utf8();
        String told = text.substring(0, Math.min(proof.length(), text.length()));
        return MessageDigest.isEqual(
                        proof.getBytes(StandardCharsets.US_ASCII),
                        told.getBytes(StandardCharsets.UTF_8))
                ? new Step.Done(Bytes.ofU8(MsChapPacket.SUCCESS), msk)
                : new Step.Failed("EAP-MSCHAPv2: the server does not know the password");
    }

    @Override
    public List<String> takeNotes() {
        if (failure.isEmpty()) {
            return List.of();
        }
        String note = "EAP-MS-CHAPv2 failed with error: " + failure;
        failure = "";
        return List.of(note);
    }
}
