package org.keyferry.crypto.cert;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.wire.Bytes;

/// Certificates that are told by hash and URL in place of their content.
public interface CertificateDirectory {
    /// Nobody is told to use it, and nothing is fetched.
    CertificateDirectory NONE =
            new CertificateDirectory() {
                @Override
                public boolean isUsed() {
                    return false;
                }

                @Override
                public Optional<String> baseOf(Certificate certificate) {
                    return Optional.empty();
                }

                @Override
                public List<Bytes> fetch(List<HashAndUrl> wanted, Consumer<String> notes) {
                    return List.of();
                }
            };

    /// Whether peers may tell certificates so.
    boolean isUsed();

    /// The start of the URL at which a certificate of ours is.
    Optional<String> baseOf(Certificate certificate);

    /// Those of them that could be had, in order. Waits as long as that takes, and not for ever.
    ///
    /// @param notes gets lines for the log
    List<Bytes> fetch(List<HashAndUrl> wanted, Consumer<String> notes);
}
