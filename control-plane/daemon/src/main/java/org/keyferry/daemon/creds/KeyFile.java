package org.keyferry.daemon.creds;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/// Reads files of private keys as they lie in swanctl's directories: in any format, encrypted with
/// one of the passphrases that are configured for the file, or not at all.
final class KeyFile {
    private static final String NO_KEY = "no private key is in it";

    private KeyFile() {}

    /// @param type what the directory says of its keys
    /// @param content wiped before this returns
    static OwnKey read(String type, byte[] content, List<String> passphrases)
            throws CredentialRefused {
        try {
            Object found = parse(content);
            if (found instanceof PEMEncryptedKeyPair
                    || found instanceof PKCS8EncryptedPrivateKeyInfo) {
                return PrivateKeyReader.read(type, decrypt(found, passphrases).getEncoded());
            }
            return PrivateKeyReader.read(
                    type, found instanceof PrivateKeyInfo key ? key.getEncoded() : content.clone());
        } catch (IOException e) {
            throw new CredentialRefused(String.valueOf(e.getMessage()));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /// What is in it, a plain DER key as it is.
    private static Object parse(byte[] content) throws IOException, CredentialRefused {
        if (Pem.read(content).isEmpty()) {
            return parseDer(content);
        }
        var text =
                new InputStreamReader(
                        new ByteArrayInputStream(content), StandardCharsets.ISO_8859_1);
        try (var parser = new PEMParser(text)) {
            for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
                switch (found) {
                    case PEMKeyPair pair -> {
                        return pair.getPrivateKeyInfo();
                    }
                    case PrivateKeyInfo _,
                            PEMEncryptedKeyPair _,
                            PKCS8EncryptedPrivateKeyInfo _ -> {
                        return found;
                    }
                    default -> {} // parameters of a curve, or a certificate that goes with it
                }
            }
        } catch (RuntimeException _) { // the library's way with malformed ASN.1
            throw new CredentialRefused(NO_KEY);
        }
        throw new CredentialRefused(NO_KEY);
    }

    private static Object parseDer(byte[] content) throws CredentialRefused {
        try {
            var sequence = ASN1Sequence.getInstance(content);
            return sequence.getObjectAt(0) instanceof ASN1Sequence
                    ? new PKCS8EncryptedPrivateKeyInfo(
                            EncryptedPrivateKeyInfo.getInstance(sequence))
                    : content;
        } catch (RuntimeException _) {
            throw new CredentialRefused(NO_KEY);
        }
    }

    private static PrivateKeyInfo decrypt(Object encrypted, List<String> passphrases)
            throws CredentialRefused {
        if (passphrases.isEmpty()) {
            throw new CredentialRefused("it is encrypted, and no secret names it as its file");
        }
        var provider = new BouncyCastleProvider();
        for (String passphrase : passphrases) {
            try {
                return encrypted instanceof PEMEncryptedKeyPair pair
                        ? pair.decryptKeyPair(
                                        new JcePEMDecryptorProviderBuilder()
                                                .setProvider(provider)
                                                .build(passphrase.toCharArray()))
                                .getPrivateKeyInfo()
                        : ((PKCS8EncryptedPrivateKeyInfo) encrypted)
                                .decryptPrivateKeyInfo(
                                        new JceOpenSSLPKCS8DecryptorProviderBuilder()
                                                .setProvider(provider)
                                                .build(passphrase.toCharArray()));
            } catch (IOException | PKCSException | OperatorCreationException | RuntimeException _) {
                // not this one
            }
        }
        throw new CredentialRefused("its passphrase is another than the secret");
    }

    /// Keys and certificates of a PKCS#12 container.
    record Container(List<OwnKey> keys, List<byte[]> certificates) {}

    static Container readContainer(byte[] content, List<String> passphrases)
            throws CredentialRefused {
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
        throw new CredentialRefused(
                passphrases.isEmpty()
                        ? "it is encrypted, and no secret names it as its file; or no PKCS#12"
                        : "its passphrase is another than the secret, or it is no PKCS#12");
    }

    private static Container contents(KeyStore store, char[] password)
            throws GeneralSecurityException, CredentialRefused {
        var keys = new ArrayList<OwnKey>();
        var certificates = new ArrayList<byte[]>();
        for (String alias : Collections.list(store.aliases())) {
            Key key = store.getKey(alias, password);
            if (key != null) {
                keys.add(PrivateKeyReader.read("any", key.getEncoded()));
            }
            Certificate[] chain = store.getCertificateChain(alias);
            for (Certificate each :
                    chain == null ? new Certificate[] {store.getCertificate(alias)} : chain) {
                if (each != null) {
                    certificates.add(each.getEncoded());
                }
            }
        }
        return new Container(keys, certificates);
    }
}
