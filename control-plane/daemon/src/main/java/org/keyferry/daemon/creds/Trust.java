package org.keyferry.daemon.creds;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;
import org.keyferry.crypto.SigningKey;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.daemon.revocation.AskedRevocations;
import org.keyferry.daemon.revocation.Places;
import org.keyferry.daemon.revocation.RevocationService;
import org.keyferry.wire.Bytes;

/// What is loaded, as engines take it. Made anew only after something changed.
public final class Trust {
    private final CredentialStore store;
    private final RevocationService revocations;
    private long version = -1;
    private Credentials current = Credentials.none();

    /// @param revocations asked where what is loaded does not tell
    public Trust(CredentialStore store, RevocationService revocations) {
        this.store = store;
        this.revocations = revocations;
    }

    public synchronized Credentials current() {
        long now = store.version();
        if (now != version) {
            current = make();
            version = now; // what changed since then makes another one
        }
        return current;
    }

    private Credentials make() {
        var authorities = new ArrayList<Certificate>();
        var endEntities = new ArrayList<Certificate>();
        var responders = new ArrayList<Certificate>();
        var lists = new ArrayList<Crl>();
        for (LoadedCertificate loaded : store.certificates()) {
            switch (loaded.kind()) {
                case X509 ->
                        certificate(loaded.der())
                                .ifPresent(
                                        switch (loaded.flag()) {
                                            case CA -> authorities::add;
                                            case NONE -> endEntities::add;
                                            case OCSP -> responders::add;
                                            case AA -> _ -> {};
                                        });
                case X509_CRL -> list(loaded.der()).ifPresent(lists::add);
                case PUBKEY, X509_AC, OCSP_RESPONSE -> {}
            }
        }
        var keys = new HashMap<Bytes, SigningKey>();
        for (OwnKey key : store.keys()) {
            keys.put(key.id().sha1(), key);
        }
        var asked = new AskedRevocations(revocations, new LoadedCrls(lists), places(), responders);
        return new Credentials(authorities, endEntities, keys, asked);
    }

    private static Optional<Certificate> certificate(Bytes der) {
        try {
            return Optional.of(Certificate.parse(der));
        } catch (BadCertificate e) {
            return Optional.empty();
        }
    }

    private Places places() {
        var places = new HashMap<Bytes, Places.OfAuthority>();
        for (Authority authority : store.authorities()) {
            certificate(authority.certificate().der())
                    .ifPresent(
                            ca ->
                                    places.merge(
                                            ca.keyInfo(),
                                            new Places.OfAuthority(
                                                    authority.crlUris(), authority.ocspUris()),
                                            Places.OfAuthority::and));
        }
        return new Places(places);
    }

    private static Optional<Crl> list(Bytes der) {
        try {
            return Optional.of(Crl.parse(der));
        } catch (BadCertificate e) {
            return Optional.empty();
        }
    }
}
