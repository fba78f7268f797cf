package org.keyferry.crypto.tls;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.TlsFatalAlert;
import org.keyferry.wire.Bytes;

/// Hands a peer's certificates to whom judges them.
final class PeerCertificates {
    private static final int MAX_CERTIFICATES = 16;

    static void judge(TlsTerms terms, Certificate received) throws IOException {
        if (received == null || received.isEmpty()) {
            throw new TlsFatalAlert(
                    AlertDescription.bad_certificate, "peer sent no TLS certificate");
        }
        Optional<String> wrong = terms.judge().apply(chain(received));
        if (wrong.isPresent()) {
            throw new TlsFatalAlert(AlertDescription.certificate_unknown, wrong.get());
        }
    }

    /// DER, the peer's own first.
    static List<Bytes> chain(Certificate received) {
        List<Bytes> chain = new ArrayList<>();
        int count = received == null ? 0 : Math.min(received.getLength(), MAX_CERTIFICATES);
        for (int i = 0; i < count; i++) {
            try {
                chain.add(Bytes.of(received.getCertificateAt(i).getEncoded()));
            } catch (IOException e) {
                throw new IllegalStateException(e); // it keeps what it was decoded from
            }
        }
        return chain;
    }

    private PeerCertificates() {}
}
