package org.keyferry.crypto.cert;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.keyferry.crypto.SigningKey;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// All that is loaded for authentication with public keys. What it holds never changes; a load
/// makes a new one.
public final class Credentials {
    /// Longer chains than paths may be are not sent either.
    private static final int MAX_CHAIN = 7;

    private final List<Certificate> authorities;
    private final List<Certificate> endEntities;
    private final Map<Bytes, SigningKey> keys;
    private final Revocations revocations;
    private final CertificateDirectory directory;
    private final TrustOptions options;
    private final List<RawKey> publicKeys;
    private final Map<Bytes, Certificate> byKeyInfo = new HashMap<>();
    private final Map<Bytes, Optional<Certificate>> parsed = new ConcurrentHashMap<>();

    /// @param authorities trusted CAs, self-signed or not
    /// @param endEntities other certificates that are trusted as they are
    /// @param keys private keys by [Certificate#keyId]
    public Credentials(
            Collection<Certificate> authorities,
            Collection<Certificate> endEntities,
            Map<Bytes, SigningKey> keys,
            Revocations revocations) {
        this(
                authorities,
                endEntities,
                List.of(),
                keys,
                revocations,
                CertificateDirectory.NONE,
                TrustOptions.DEFAULT);
    }

    /// @param authorities trusted CAs, self-signed or not
    /// @param endEntities other certificates that are trusted as they are
    /// @param publicKeys keys that are trusted without a certificate
    /// @param keys private keys by [Certificate#keyId]
    public Credentials(
            Collection<Certificate> authorities,
            Collection<Certificate> endEntities,
            Collection<RawKey> publicKeys,
            Map<Bytes, SigningKey> keys,
            Revocations revocations,
            CertificateDirectory directory,
            TrustOptions options) {
        this.publicKeys = List.copyOf(publicKeys);
        this.directory = directory;
        this.options = options;
        this.authorities = List.copyOf(new LinkedHashSet<>(authorities));
        this.endEntities = List.copyOf(new LinkedHashSet<>(endEntities));
        this.keys = Map.copyOf(keys);
        this.revocations = revocations;
        this.authorities.forEach(ca -> byKeyInfo.putIfAbsent(ca.keyInfoSha1(), ca));
    }

    public static Credentials none() {
        return new Credentials(List.of(), List.of(), Map.of(), Revocations.NONE);
    }

    public List<Certificate> authorities() {
        return authorities;
    }

    /// The trusted CA that a CERTREQ names.
    public Optional<Certificate> authority(Bytes keyInfoSha1) {
        return Optional.ofNullable(byKeyInfo.get(keyInfoSha1));
    }

    public List<Certificate> endEntities() {
        return endEntities;
    }

    /// Trusted end entity certificates that were issued for this identity.
    public List<Certificate> endEntitiesFor(Identification id) {
        return endEntities.stream().filter(c -> c.isFor(id)).toList();
    }

    public Optional<SigningKey> key(Bytes keyId) {
        return Optional.ofNullable(keys.get(keyId));
    }

    /// Trusted keys without a certificate that this identity names.
    public List<RawKey> publicKeysOf(Identification id) {
        return publicKeys.stream().filter(key -> key.isNamed(id)).toList();
    }

    public TrustOptions options() {
        return options;
    }

    public CertificateDirectory directory() {
        return directory;
    }

    public Revocations revocations() {
        return revocations;
    }

    /// Whether judging or signing may wait for somebody.
    public boolean mayWait() {
        return revocations.mayWait() || keys.values().stream().anyMatch(SigningKey::mayWait);
    }

    /// A certificate of the configuration, which is parsed once.
    public Optional<Certificate> configured(Bytes der) {
        return parsed.computeIfAbsent(der, Credentials::parse);
    }

    /// Those of the configuration's certificates that are usable, in order.
    public List<Certificate> configured(List<Bytes> ders) {
        return ders.stream().map(this::configured).flatMap(Optional::stream).toList();
    }

    private static Optional<Certificate> parse(Bytes der) {
        try {
            return Optional.of(Certificate.parse(der));
        } catch (BadCertificate e) {
            return Optional.empty();
        }
    }

    /// The certificate and those of the CAs above it as far as they are loaded.
    public List<Certificate> chain(Certificate of) {
        var chain = new ArrayList<Certificate>();
        chain.add(of);
        while (chain.size() < MAX_CHAIN && !chain.getLast().isSelfIssued()) {
            Identification issuer = chain.getLast().issuer();
            Optional<Certificate> above =
                    authorities.stream()
                            .filter(ca -> ca.subject().equals(issuer) && !chain.contains(ca))
                            .findFirst();
            if (above.isEmpty()) {
                break;
            }
            chain.add(above.get());
        }
        return chain;
    }

    /// Whether a CA above the certificate is one of those asked for.
    public boolean leadsTo(Certificate of, Set<Bytes> keyInfoSha1s) {
        return chain(of).stream().skip(1).anyMatch(ca -> keyInfoSha1s.contains(ca.keyInfoSha1()));
    }
}
