package org.keyferry.daemon.creds;

import java.io.ByteArrayInputStream;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;
import org.keyferry.crypto.SigningKey;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.LoadedCrls;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.wire.Bytes;

/// What is loaded, as engines take it. Made anew only after something changed.
public final class Trust {
    private final CredentialStore store;
    private long version = -1;
    private Credentials current = Credentials.none();

    public Trust(CredentialStore store) {
        this.store = store;
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
        var lists = new ArrayList<X509CRL>();
        for (LoadedCertificate loaded : store.certificates()) {
            switch (loaded.kind()) {
                case X509 ->
                        certificate(loaded.der())
                                .ifPresent(
                                        loaded.flag() == Flag.CA
                                                ? authorities::add
                                                : loaded.flag() == Flag.NONE
                                                        ? endEntities::add
                                                        : _ -> {});
                case X509_CRL -> list(loaded.der()).ifPresent(lists::add);
                case PUBKEY, X509_AC, OCSP_RESPONSE -> {}
            }
        }
        var keys = new HashMap<Bytes, SigningKey>();
        for (OwnKey key : store.keys()) {
            keys.put(key.id().sha1(), key);
        }
        return new Credentials(authorities, endEntities, keys, new LoadedCrls(lists));
    }

    private static Optional<Certificate> certificate(Bytes der) {
        try {
            return Optional.of(Certificate.parse(der));
        } catch (BadCertificate e) {
            return Optional.empty();
        }
    }

    private static Optional<X509CRL> list(Bytes der) {
        try {
            var stream = new ByteArrayInputStream(der.toArray());
            return Optional.of(
                    (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(stream));
        } catch (CertificateException | CRLException e) {
            return Optional.empty();
        }
    }
}
