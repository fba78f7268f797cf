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
        List<Bytes> chain = new ArrayList<>();
        for (int i = 0; i < Math.min(received.getLength(), MAX_CERTIFICATES); i++) {
            chain.add(Bytes.of(received.getCertificateAt(i).getEncoded()));
        }
        Optional<String> wrong = terms.judge().apply(chain);
        if (wrong.isPresent()) {
            throw new TlsFatalAlert(AlertDescription.certificate_unknown, wrong.get());
        }
    }

    private PeerCertificates() {}
}
