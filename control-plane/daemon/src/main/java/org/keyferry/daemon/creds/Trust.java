package org.keyferry.daemon.creds;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.crypto.SigningKey;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.PathRules;
import org.keyferry.crypto.cert.RawKey;
import org.keyferry.crypto.cert.TrustOptions;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.daemon.revocation.AskedRevocations;
import org.keyferry.daemon.revocation.FetchedCertificates;
import org.keyferry.daemon.revocation.Places;
import org.keyferry.daemon.revocation.RevocationService;
import org.keyferry.settings.TrustConf;
import org.keyferry.wire.Bytes;

/// What is loaded, as engines take it. Made anew only after something changed.
public final class Trust {
    private final CredentialStore store;
    private final RevocationService revocations;
    private final Supplier<TrustConf> options;
    private TrustConf usedOptions;
    private long version = -1;
    private Credentials current = Credentials.none();

    /// @param revocations asked where what is loaded does not tell
    /// @param options as they are now
    public Trust(
            CredentialStore store, RevocationService revocations, Supplier<TrustConf> options) {
        this.store = store;
        this.revocations = revocations;
        this.options = options;
    }

    public synchronized Credentials current() {
        long now = store.version();
        if (now != version || !options.get().equals(usedOptions)) {
            usedOptions = options.get();
            current = make();
            version = now; // what changed since then makes another one
        }
        return current;
    }

    private Credentials make() {
        var authorities = new ArrayList<Certificate>();
        var endEntities = new ArrayList<Certificate>();
        var responders = new ArrayList<Certificate>();
        var publicKeys = new ArrayList<RawKey>();
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
                case PUBKEY -> RawKey.parse(loaded.der()).ifPresent(publicKeys::add);
                case X509_AC, OCSP_RESPONSE -> {}
            }
        }
        var keys = new HashMap<Bytes, SigningKey>();
        for (OwnKey key : store.keys()) {
            keys.put(key.id().sha1(), key);
        }
        var asked = new AskedRevocations(revocations, new LoadedCrls(lists), places(), responders);
        return new Credentials(
                authorities,
                endEntities,
                publicKeys,
                keys,
                asked,
                new FetchedCertificates(revocations, usedOptions.hashAndUrl(), bases()),
                trustOptions());
    }

    private static Optional<Certificate> certificate(Bytes der) {
        try {
            return Optional.of(Certificate.parse(der));
        } catch (BadCertificate e) {
            return Optional.empty();
        }
    }

    private TrustOptions trustOptions() {
        return new TrustOptions(
                new PathRules(
                        usedOptions.enforceCritical(),
                        usedOptions.strictBlocks(),
                        usedOptions.blockDepth()),
                usedOptions.rejectTrustedEndEntity(),
                usedOptions.rsaPss());
    }

    /// By the CA's name, as a certificate names its issuer.
    private Map<String, String> bases() {
        var bases = new HashMap<String, String>();
        for (Authority authority : store.authorities()) {
            authority
                    .certUriBase()
                    .ifPresent(
                            base ->
                                    certificate(authority.certificate().der())
                                            .ifPresent(
                                                    ca ->
                                                            bases.put(
                                                                    ca.subject().toString(),
                                                                    base)));
        }
        return bases;
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
