package org.keyferry.daemon.creds;

import java.io.IOException;
import java.io.InputStream;

/// Keys, certificates and lists made by OpenSSL and strongSwan's `pki`.
final class Samples {
    /// The bytes of a file beside this class.
    static byte[] file(String name) throws IOException {
        try (InputStream in = Samples.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private Samples() {}
}
