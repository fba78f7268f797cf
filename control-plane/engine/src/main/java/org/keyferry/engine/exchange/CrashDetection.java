package org.keyferry.engine.exchange;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.CrashTokens;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// Quick crash detection (RFC 6290): both ends give each other a token, and one that has lost an
/// IKE_SA shows its token to whoever still uses it. That one then gives the IKE_SA up at once.
public final class CrashDetection {
    private static final int FEWEST_BYTES = 16;
    private static final int MOST_BYTES = 128;

    /// No protected request is shorter: headers, IV, pad length and check value.
    private static final int SHORTEST_REQUEST = 28 + 4 + 8 + 1 + 8;

    /// In IKE_AUTH, and where an IKE_SA is rekeyed.
    ///
    /// @param own our SPI of the IKE_SA that it is for
    static List<Payload> token(SaCore sa, IkeSpi own) {
        return sa.ids().crashTokens().of(own).stream()
                .<Payload>map(CrashDetection::notify)
                .toList();
    }

    private static Payload notify(Bytes token) {
        return Payload.Notify.of(NotifyType.QUICK_CRASH_DETECTION, token);
    }

    /// Keeps the peer's token.
    ///
    /// @param of the IKE_SA that it is for
    static void read(SaCore of, List<Payload> payloads) {
        if (of.ids().crashTokens().enabled()) {
            IkeMessage.notify(payloads, NotifyType.QUICK_CRASH_DETECTION)
                    .map(Payload.Notify::data)
                    .filter(t -> t.length() >= FEWEST_BYTES && t.length() <= MOST_BYTES)
                    .ifPresent(token -> of.extensions().crashToken(token));
        }
    }

    /// Whether an unprotected answer proves that the peer knows nothing of this IKE_SA any more
    /// (§4.5).
    public static boolean proves(SaCore sa, SaInput.Received in) {
        Bytes kept = sa.extensions().crashToken();
        IkeHeader header = in.header();
        boolean answers =
                sa.requests()
                        .outstanding()
                        .filter(open -> open.messageId() == header.messageId())
                        .isPresent();
        if (kept.isEmpty() || !answers || header.firstPayload() != Payload.Notify.TYPE) {
            return false;
        }
        try {
            return IkeMessage.all(IkeMessage.decode(in.datagram()).payloads(), Payload.Notify.class)
                    .stream()
                    .filter(n -> n.notifyType() == NotifyType.QUICK_CRASH_DETECTION)
                    .anyMatch(n -> MessageDigest.isEqual(n.data().toArray(), kept.toArray()));
        } catch (PeerViolation _) {
            return false;
        }
    }

    /// Answers a protected request for an IKE_SA that is not there, with about as many bytes as an
    /// empty one has.
    ///
    /// @param markedPort the answer carries the non-ESP marker unless it leaves from there
    public static void answer(
            CrashTokens tokens, SaInput.Received in, int markedPort, Instant now, Outbox out) {
        IkeHeader header = in.header();
        IkeSpi own = header.fromInitiator() ? header.responderSpi() : header.initiatorSpi();
        IkeSpi peer = header.fromInitiator() ? header.initiatorSpi() : header.responderSpi();
        boolean isProtected =
                header.firstPayload() == Payload.Encrypted.TYPE
                        || header.firstPayload() == Payload.EncryptedFragment.TYPE;
        Optional<Bytes> token = tokens.of(own);
        if (header.response() || !isProtected || peer.isZero() || token.isEmpty()) {
            return;
        }
        var payloads = new ArrayList<Payload>();
        payloads.add(Payload.Notify.of(NotifyType.INVALID_IKE_SPI));
        payloads.add(notify(token.get()));
        Bytes answer =
                IkeMessage.encode(
                        header.initiatorSpi(),
                        header.responderSpi(),
                        ExchangeType.INFORMATIONAL,
                        !header.fromInitiator(),
                        true,
                        header.messageId(),
                        payloads);
        if (in.datagram().length() >= SHORTEST_REQUEST && tokens.mayAnswer(now)) {
            boolean marked = in.local().port() != markedPort;
            out.send(in.local(), in.remote(), answer, marked, 0);
        }
    }

    private CrashDetection() {}
}
