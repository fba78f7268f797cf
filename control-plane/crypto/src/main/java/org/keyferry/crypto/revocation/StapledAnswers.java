package org.keyferry.crypto.revocation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.wire.Bytes;

/// Answers of OCSP responders that a peer brought along with its certificates (RFC 4806). They
/// count as much as those that a responder was asked for, as a peer cannot make any.
///
/// @param responses in DER, as they came
/// @param trusted certificates of responders that are trusted by themselves
/// @param notes gets lines for the log
public record StapledAnswers(
        List<Bytes> responses, List<Certificate> trusted, Instant at, Consumer<String> notes) {
    /// More than a chain has certificates are not looked at.
    private static final int MOST = 8;

    private static final int MAX_BYTES = 32 << 10;

    public StapledAnswers {
        responses = List.copyOf(responses);
        trusted = List.copyOf(trusted);
    }

    /// The newest answer about the subject. Where there is none, the log gets to know why.
    public Optional<OcspAnswer> about(Certificate subject, Certificate issuer) {
        var answers = new ArrayList<OcspAnswer>();
        var wrong = new ArrayList<String>();
        for (Bytes response : responses.subList(0, Math.min(responses.size(), MOST))) {
            if (response.length() > MAX_BYTES) {
                wrong.add("it has %d bytes".formatted(response.length()));
                continue;
            }
            try {
                answers.add(OcspAnswer.readStapled(response, subject, issuer, trusted, at));
            } catch (BadCertificate e) {
                wrong.add(e.getMessage());
            }
        }
        if (answers.isEmpty()) {
            wrong.forEach(why -> notes.accept("ocsp response of the peer is not usable: " + why));
        }
        return answers.stream().max(Comparator.comparing(OcspAnswer::from));
    }
}
