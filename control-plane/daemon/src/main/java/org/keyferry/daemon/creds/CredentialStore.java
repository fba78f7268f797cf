package org.keyferry.daemon.creds;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.wire.Identification;

/// Certificates and private keys that clients loaded, in the order of loading, and the certificates
/// of the authorities. Any thread.
public final class CredentialStore {
    private final SequencedSet<LoadedCertificate> certificates = new LinkedHashSet<>();
    private final SequencedMap<KeyId, OwnKey> keys = new LinkedHashMap<>();
    private final SequencedMap<String, Authority> authorities = new LinkedHashMap<>();
    private long version;

    /// A certificate that is there already is not added again.
    public synchronized void load(LoadedCertificate certificate) {
        if (certificates.add(certificate)) {
            version++;
        }
    }

    /// Takes a key over; the same one loaded before is wiped.
    public synchronized void load(OwnKey key) {
        version++;
        OwnKey before = keys.put(key.id(), key);
        if (before != null) {
            before.close();
        }
    }

    /// Wipes a key.
    ///
    /// @param id hex digits
    /// @return whether there was one
    public synchronized boolean unloadKey(String id) {
        Optional<KeyId> found =
                keys.keySet().stream()
                        .filter(key -> key.toString().equalsIgnoreCase(id))
                        .findFirst();
        found.map(keys::remove).ifPresent(OwnKey::close);
        version++;
        return found.isPresent();
    }

    /// Drops all certificates and wipes all keys; authorities stay, and with them what they hold.
    public synchronized void clear() {
        version++;
        certificates.clear();
        keys.values().forEach(OwnKey::close);
        keys.clear();
    }

    /// Grows with every change.
    public synchronized long version() {
        return version;
    }

    public synchronized List<OwnKey> keys() {
        return List.copyOf(keys.values());
    }

    public synchronized List<KeyId> keyIds() {
        return List.copyOf(keys.keySet());
    }

    /// The private key that belongs to a certificate.
    public synchronized Optional<OwnKey> key(KeyId id) {
        return Optional.ofNullable(keys.get(id));
    }

    /// All certificates, loaded ones before those of authorities, each once.
    public synchronized List<LoadedCertificate> certificates() {
        return List.copyOf(all());
    }

    /// X.509 certificates and bare public keys that speak for an identity.
    public synchronized List<LoadedCertificate> certificatesOf(Identification subject) {
        return all().stream().filter(certificate -> certificate.speaksFor(subject)).toList();
    }

    /// Certificates and bare public keys of one key.
    public synchronized List<LoadedCertificate> certificatesWith(KeyId key) {
        return all().stream()
                .filter(certificate -> certificate.keyId().equals(Optional.of(key)))
                .toList();
    }

    /// Certificates of the authorities that are trusted.
    public synchronized List<LoadedCertificate> trusted() {
        return all().stream().filter(certificate -> certificate.flag() == Flag.CA).toList();
    }

    private SequencedCollection<LoadedCertificate> all() {
        var all = new LinkedHashSet<LoadedCertificate>(certificates);
        authorities.values().forEach(authority -> all.add(authority.certificate()));
        return all;
    }

    public synchronized void load(Authority authority) {
        version++;
        authorities.put(authority.name(), authority);
    }

    /// @return whether there was one
    public synchronized boolean unloadAuthority(String name) {
        version++;
        return authorities.remove(name) != null;
    }

    public synchronized List<Authority> authorities() {
        return List.copyOf(authorities.values());
    }
}
