package org.keyferry.cli.load;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/// The keys and certificates of a PKCS#12 container.
record Pkcs12(List<PrivateKeys.Loadable> keys, List<X509Certificate> certificates) {
    /// @throws IOException with the reason, if no passphrase opens it
    static Pkcs12 read(byte[] content, List<String> passphrases) throws IOException {
        for (String passphrase : passphrases.isEmpty() ? List.of("") : passphrases) {
            try {
                var store = KeyStore.getInstance("PKCS12", new BouncyCastleProvider());
                char[] password = passphrase.toCharArray();
                store.load(new ByteArrayInputStream(content), password);
                return contents(store, password);
            } catch (IOException | GeneralSecurityException _) {
                // not this one, or no container at all
            }
        }
        throw new IOException(
                passphrases.isEmpty()
                        ? "it is encrypted, and no secret names it as its file; or no PKCS#12"
                        : "its passphrase is another than the secret, or it is no PKCS#12");
    }

    private static Pkcs12 contents(KeyStore store, char[] passphrase)
            throws IOException, GeneralSecurityException {
        var keys = new ArrayList<PrivateKeys.Loadable>();
        Set<X509Certificate> certificates = new LinkedHashSet<>();
        for (String alias : Collections.list(store.aliases())) {
            Key key = store.getKey(alias, passphrase);
            if (key != null) {
                keys.add(PrivateKeys.loadable(PrivateKeyInfo.getInstance(key.getEncoded())));
            }
            Certificate[] chain = store.getCertificateChain(alias);
            for (Certificate certificate :
                    chain == null ? new Certificate[] {store.getCertificate(alias)} : chain) {
                if (certificate instanceof X509Certificate x509) {
                    certificates.add(x509);
                }
            }
        }
        return new Pkcs12(keys, List.copyOf(certificates));
    }
}
