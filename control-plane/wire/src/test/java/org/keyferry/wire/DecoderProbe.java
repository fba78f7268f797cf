package org.keyferry.wire;

import java.util.List;
import org.keyferry.wire.Payload.Encrypted;
import org.keyferry.wire.Payload.IdInitiator;
import org.keyferry.wire.Payload.SecurityAssociation;
import org.keyferry.wire.Payload.TsInitiator;
import org.keyferry.wire.Payload.TsResponder;

/// What must hold for any bytes at all: they decode, or are refused with a [PeerViolation]; what
/// decodes can be printed, matched and, if we would ever say it ourselves, encoded to a message
/// that decodes to the same.
final class DecoderProbe {
    private static final Identification PATTERN = Identification.parse("C=*, O=*, CN=*");

    private DecoderProbe() {}

    /// The decoder alone, on an SK payload's body too as if it were not encrypted.
    static IkeMessage decode(byte[] datagram) throws PeerViolation {
        IkeMessage message = IkeMessage.decode(Bytes.wrapOwned(datagram));
        if (!message.payloads().isEmpty() && message.payloads().getLast() instanceof Encrypted sk) {
            decodeInner(sk);
        }
        return message;
    }

    private static void decodeInner(Encrypted sk) {
        try {
            IkeMessage.decodeChain(sk.firstInner(), sk.body());
        } catch (PeerViolation _) {
            // ciphertext is no chain of payloads
        }
    }

    /// All of it; throws AssertionError, or whatever a mistake of ours throws, if it does not hold.
    static void probe(byte[] datagram) throws PeerViolation {
        IkeMessage message = decode(datagram);
        List<Payload> payloads = message.payloads();
        if (payloads.toString().isEmpty()) {
            throw new AssertionError("no text");
        }
        for (Payload payload : payloads) {
            if (payload instanceof IdInitiator(var id) && id.matches(PATTERN) > 20) {
                throw new AssertionError("match above perfect");
            }
        }
        if (payloads.stream().allMatch(DecoderProbe::couldBeOurs)) {
            Bytes again = SampleMessages.message(payloads);
            if (!IkeMessage.decode(again).payloads().equals(payloads)) {
                throw new AssertionError("decodes differently after encoding: " + message);
            }
        }
    }

    private static boolean couldBeOurs(Payload payload) {
        return switch (payload) {
            case SecurityAssociation(var proposals) ->
                    proposals.stream()
                            .flatMap(proposal -> proposal.transforms().stream())
                            .noneMatch(t -> t.keyBits() == Transform.NOT_UNDERSTOOD);
            case TsInitiator(var selectors, var labels) ->
                    !selectors.isEmpty() || !labels.isEmpty();
            case TsResponder(var selectors, var labels) ->
                    !selectors.isEmpty() || !labels.isEmpty();
            default -> true;
        };
    }
}
