package org.keyferry.engine.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.wire.Bytes;

/// What a peer that asked gets to see of OCSP responders about our certificates (RFC 4806 §3.2).
///
/// @param chain ours, each followed by its issuer
/// @param sent so many of them go to the peer
/// @param trusted keys, as SHA-1, of responders that the peer trusts besides the CAs and those that
///   they delegated to
public record Stapling(
        Revocations revocations,
        List<Certificate> chain,
        int sent,
        Set<Bytes> trusted,
        Instant at) {
    /// Whoever gets more may well not take the message.
    private static final int MAX_BYTES = 16 << 10;

    public Stapling {
        chain = List.copyOf(chain);
        trusted = Set.copyOf(trusted);
    }

    /// Asks for answers where none are at hand, which takes seconds at most.
    ///
    /// @param notes gets lines for the log
    public List<Bytes> answers(List<String> notes) {
        var holder = revocations.ofOwn(trusted, at, notes::add);
        var answers = new ArrayList<Bytes>();
        int bytes = 0;
        for (int i = 0; i < Math.min(sent, chain.size() - 1); i++) {
            var answer = holder.good(chain.get(i), chain.get(i + 1));
            bytes += answer.map(Bytes::length).orElse(0);
            if (bytes > MAX_BYTES) {
                notes.add("ocsp response is not sent: %d bytes are too many".formatted(bytes));
                return answers;
            }
            answer.ifPresent(answers::add);
        }
        return answers;
    }
}
