package org.keyferry.daemon.revocation;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.crypto.revocation.LoadedCrls;

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
    public Inquiry begin(Instant at, Consumer<String> notes) {
        return new Asking(this, at, notes);
    }

    @Override
    public boolean mayWait() {
        var options = service.options();
        return options.crl() || options.ocsp();
    }
}
