package org.keyferry.engine.exchange;

import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.trust.PeerSupport;
import org.keyferry.engine.trust.Stapling;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.Payload;

/// Answers of OCSP responders beside certificates, in CERT and CERTREQ (RFC 4806).
final class OcspContent {
    /// More responders that are trusted by themselves are not named.
    private static final int MAX_RESPONDERS = 250;

    /// CERTREQ, if the peer is to sign and to show an answer.
    static Optional<Payload> request(SaCore sa) {
        Connection connection = sa.connection();
        if (!connection.certExchange().ocsp().requests()
                || connection.remote().getFirst().method() != AuthMethod.PUBKEY) {
            return Optional.empty();
        }
        Bytes keys = Bytes.EMPTY;
        List<Certificate> responders =
                sa.lookup().configuration().credentials().revocations().responders();
        for (Certificate responder : responders.stream().limit(MAX_RESPONDERS).toList()) {
            keys = keys.concat(responder.keyInfoSha1());
        }
        return Optional.of(new Payload.CertificateRequest(PeerSupport.OCSP_ENCODING, keys));
    }

    /// Nothing counts that was not asked for.
    static List<Bytes> received(SaCore sa, List<Payload> payloads) {
        return sa.connection().certExchange().ocsp().requests()
                ? IkeMessage.all(payloads, Payload.Certificate.class).stream()
                        .filter(c -> c.encoding() == PeerSupport.OCSP_ENCODING)
                        .map(Payload.Certificate::data)
                        .toList()
                : List.of();
    }

    /// What the peer is to see of our certificates' answers.
    ///
    /// @param sent certificates that go to the peer, our own first
    static Optional<Stapling> wanted(SaCore sa, List<Certificate> sent) {
        boolean replies = sa.connection().certExchange().ocsp().replies() && !sent.isEmpty();
        var credentials = sa.lookup().configuration().credentials();
        return sa.peerSupport()
                .ocspResponders()
                .filter(_ -> replies)
                .map(
                        trusted ->
                                new Stapling(
                                        credentials.revocations(),
                                        credentials.chain(sent.getFirst()),
                                        sent.size(),
                                        trusted,
                                        sa.now()));
    }

    static List<Payload> payloads(SaCore sa, List<Bytes> answers, Outbox out) {
        answers.forEach(
                der -> out.log(sa, Group.IKE, 1, "sending ocsp response (%d bytes)", der.length()));
        return answers.stream()
                .<Payload>map(der -> new Payload.Certificate(PeerSupport.OCSP_ENCODING, der))
                .toList();
    }

    private OcspContent() {}
}
