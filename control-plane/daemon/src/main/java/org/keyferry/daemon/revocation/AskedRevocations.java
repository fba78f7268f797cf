package org.keyferry.daemon.revocation;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.crypto.revocation.OcspAnswer;
import org.keyferry.crypto.revocation.StapledAnswers;
import org.keyferry.wire.Bytes;

/// Revocation by what is loaded, and by asking where that does not tell. Of one moment, as the
/// credentials that it belongs to.
///
/// @param responders certificates of OCSP responders that are trusted by themselves
public record AskedRevocations(
        RevocationService service, LoadedCrls loaded, Places places, List<Certificate> responders)
        implements Revocations {
    public AskedRevocations {
        responders = List.copyOf(responders);
    }

    @Override
    public Inquiry begin(Instant at, List<Bytes> stapled, Consumer<String> notes) {
        return new Asking(this, new StapledAnswers(stapled, responders, at, notes), at, notes);
    }

    /// Only what the peer can take: signed by the issuer, by whom that delegated to, or by a
    /// responder that it named.
    @Override
    public Own ofOwn(Set<Bytes> trusted, Instant at, Consumer<String> notes) {
        if (!service.options().ocsp()) {
            return Revocations.super.ofOwn(trusted, at, notes);
        }
        return (subject, issuer) ->
                service.own()
                        .good(subject, issuer, this, at, notes)
                        .filter(
                                answer ->
                                        answer.signer().equals(issuer)
                                                || answer.signer().issuer().equals(issuer.subject())
                                                || trusted.contains(answer.signer().keyInfoSha1()))
                        .map(OcspAnswer::der);
    }

    @Override
    public boolean mayWait() {
        var options = service.options();
        return options.crl() || options.ocsp();
    }
}
