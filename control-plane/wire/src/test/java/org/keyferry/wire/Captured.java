package org.keyferry.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Datagrams that two of Debian's charons (5.9.8) exchanged over a veth pair between 192.0.2.1 and
/// 192.0.2.2, without the non-ESP marker; `-inner` is what charon's log shows of the decrypted
/// payloads.
final class Captured {
    static final List<String> DATAGRAMS =
            List.of(
                    "ike-sa-init-request",
                    "ike-sa-init-response",
                    "ike-auth-request",
                    "ike-auth-response");

    private Captured() {}

    static Bytes read(String name) {
        try (InputStream in = Captured.class.getResourceAsStream("captured/" + name + ".hex")) {
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return Bytes.ofHex(hex.replace("\n", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
