package org.keyferry.daemon.creds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.wire.Identification;

/// Certificates and private keys that clients loaded, in the order of loading, those that the
/// daemon read itself, and the certificates of the authorities. Any thread.
public final class CredentialStore {
    private final SequencedSet<LoadedCertificate> certificates = new LinkedHashSet<>();
    private final SequencedMap<KeyId, OwnKey> keys = new LinkedHashMap<>();
    private final SequencedMap<String, Authority> authorities = new LinkedHashMap<>();
    private SwanctlCredentials ofFiles = SwanctlCredentials.NONE;
    private TokenCertificates ofTokens = TokenCertificates.NONE;
    private long version;

    /// A certificate that is there already is not added again.
    public synchronized void load(LoadedCertificate certificate) {
        if (certificates.add(certificate)) {
            version++;
        }
    }

    /// Takes a key over. If the same was loaded before, that one stays and this is wiped.
    public synchronized void load(OwnKey key) {
        version++;
        if (keys.containsKey(key.id()) && keys.get(key.id()).isSame(key)) {
            key.close(); // the one that is there may be signing just now
            return;
        }
        OwnKey before = keys.put(key.id(), key);
        if (before != null) {
            before.close();
        }
    }

    /// Takes the place of what was found on tokens before.
    public synchronized void replaceOfTokens(TokenCertificates found) {
        version++;
        ofTokens = found;
    }

    /// Takes the place of what was read from files before. Keys are taken over; one that was there
    /// before stays the same object, as somebody may sign with it just now.
    public synchronized void replaceFiles(SwanctlCredentials read) {
        version++;
        var former = new LinkedHashMap<KeyId, OwnKey>();
        ofFiles.keys().forEach(key -> former.put(key.id(), key));
        var next = new LinkedHashMap<KeyId, OwnKey>();
        for (OwnKey key : read.keys()) {
            OwnKey before = next.getOrDefault(key.id(), former.get(key.id()));
            if (before != null && before.isSame(key)) {
                former.remove(key.id());
                next.put(key.id(), before);
                key.close();
            } else {
                OwnKey twice = next.put(key.id(), key);
                if (twice != null) {
                    twice.close();
                }
            }
        }
        former.values().forEach(OwnKey::close);
        ofFiles =
                new SwanctlCredentials(
                        read.certificates(), List.copyOf(next.values()), read.authorities());
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
        return found.isPresent() || ofFiles.keys().stream().anyMatch(key -> dropKeyOfFile(key, id));
    }

    private boolean dropKeyOfFile(OwnKey key, String id) {
        if (!key.id().toString().equalsIgnoreCase(id)) {
            return false;
        }
        key.close();
        var others = new ArrayList<>(ofFiles.keys());
        others.remove(key);
        ofFiles = new SwanctlCredentials(ofFiles.certificates(), others, ofFiles.authorities());
        return true;
    }

    /// Drops all certificates and wipes all keys; authorities stay, and with them what they hold.
    public synchronized void clear() {
        version++;
        certificates.clear();
        ofFiles.keys().forEach(OwnKey::close);
        ofFiles = new SwanctlCredentials(List.of(), List.of(), ofFiles.authorities());
        keys.values().forEach(OwnKey::close);
        keys.clear();
    }

    /// Grows with every change.
    public synchronized long version() {
        return version;
    }

    public synchronized List<OwnKey> keys() {
        return allKeys();
    }

    public synchronized List<KeyId> keyIds() {
        return allKeys().stream().map(OwnKey::id).toList();
    }

    /// The private key that belongs to a certificate.
    public synchronized Optional<OwnKey> key(KeyId id) {
        return allKeys().stream().filter(key -> key.id().equals(id)).findFirst();
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

    /// A key that a client loaded goes before the same one of a file.
    private List<OwnKey> allKeys() {
        var all = new ArrayList<>(keys.values());
        ofFiles.keys().stream().filter(key -> !keys.containsKey(key.id())).forEach(all::add);
        return List.copyOf(all);
    }

    private SequencedCollection<LoadedCertificate> all() {
        var all = new LinkedHashSet<LoadedCertificate>(certificates);
        all.addAll(ofFiles.certificates());
        ofTokens.usable(Set.copyOf(keyIds())).forEach(all::add);
        authorities().forEach(authority -> all.add(authority.certificate()));
        return all;
    }

    public synchronized void load(Authority authority) {
        version++;
        authorities.put(authority.name(), authority);
    }

    /// @return whether there was one
    public synchronized boolean unloadAuthority(String name) {
        version++;
        boolean ofFile =
                ofFiles.authorities().stream().anyMatch(other -> other.name().equals(name));
        if (ofFile) {
            ofFiles =
                    new SwanctlCredentials(
                            ofFiles.certificates(),
                            ofFiles.keys(),
                            ofFiles.authorities().stream()
                                    .filter(other -> !other.name().equals(name))
                                    .toList());
        }
        return authorities.remove(name) != null || ofFile;
    }

    public synchronized List<Authority> authorities() {
        var all = new LinkedHashMap<String, Authority>();
        ofFiles.authorities().forEach(authority -> all.put(authority.name(), authority));
        all.putAll(authorities);
        return List.copyOf(all.values());
    }
}
