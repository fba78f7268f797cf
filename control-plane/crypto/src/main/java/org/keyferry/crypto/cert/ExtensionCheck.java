package org.keyferry.crypto.cert;

import java.security.cert.PKIXCertPathChecker;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Says which critical extensions pass besides those that PKIX itself looks at.
final class ExtensionCheck extends PKIXCertPathChecker {
    private static final Set<String> UNDERSTOOD = Set.of(AddressBlocks.EXTENSION);

    private final Set<String> passing;

    private ExtensionCheck(Set<String> passing) {
        this.passing = Set.copyOf(passing);
    }

    /// Those that are looked at elsewhere.
    static ExtensionCheck understood() {
        return new ExtensionCheck(UNDERSTOOD);
    }

    /// All that these certificates have.
    static ExtensionCheck all(Collection<Certificate> certificates) {
        var all = new HashSet<>(UNDERSTOOD);
        for (Certificate certificate : certificates) {
            Set<String> critical = certificate.x509().getCriticalExtensionOIDs();
            if (critical != null) {
                all.addAll(critical);
            }
        }
        return new ExtensionCheck(all);
    }

    @Override
    public void init(boolean forward) {}

    @Override
    public boolean isForwardCheckingSupported() {
        return true; // as each certificate is looked at alone
    }

    @Override
    public Set<String> getSupportedExtensions() {
        return passing;
    }

    @Override
    public void check(java.security.cert.Certificate certificate, Collection<String> unresolved) {
        unresolved.removeAll(passing);
    }
}
