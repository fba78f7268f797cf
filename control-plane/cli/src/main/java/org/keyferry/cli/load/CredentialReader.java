package org.keyferry.cli.load;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.settings.Origin;
import org.keyferry.settings.SettingsSection;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciValue;

/// Reads swanctl's directories of certificates and keys, and the `secrets`.
final class CredentialReader {
    private record CertificateDirectory(String name, String type, String flag) {}

    private static final List<CertificateDirectory> CERTIFICATES =
            List.of(
                    new CertificateDirectory("x509", "X509", "NONE"),
                    new CertificateDirectory("x509ca", "X509", "CA"),
                    new CertificateDirectory("x509ocsp", "X509", "OCSP"),
                    new CertificateDirectory("x509aa", "X509", "AA"),
                    new CertificateDirectory("x509ac", "X509_AC", "NONE"),
                    new CertificateDirectory("x509crl", "X509_CRL", "NONE"),
                    new CertificateDirectory("pubkey", "PUBKEY", "NONE"));

    /// Directories of keys, in swanctl's order, with the type that they promise.
    private static final List<Map.Entry<String, String>> KEYS =
            List.of(
                    Map.entry("private", "any"),
                    Map.entry("rsa", "rsa"),
                    Map.entry("ecdsa", "ecdsa"),
                    Map.entry("pkcs8", "any"));

    private final SwanctlDirectory directory;
    private final Consumer<LoadFailure> failures;
    private final SecretSections secrets = new SecretSections();
    private final List<Credentials.Item> certificates = new ArrayList<>();
    private final List<Credentials.Item> keys = new ArrayList<>();
    private boolean allKeysRead = true;

    CredentialReader(SwanctlDirectory directory, Consumer<LoadFailure> failures) {
        this.directory = directory;
        this.failures = failures;
    }

    Credentials read(List<SettingsSection> sections) {
        for (SettingsSection section : sections) {
            orFailed(() -> secrets.read(section));
        }
        for (CertificateDirectory kind : CERTIFICATES) {
            orFailed(() -> readCertificates(kind));
        }
        for (var kind : KEYS) {
            orKeyFailed(() -> readKeys(kind.getKey(), kind.getValue()));
        }
        orKeyFailed(this::readContainers);
        allKeysRead &= secrets.allTokensRead();
        keys.addAll(secrets.tokens());
        return new Credentials(
                certificates, keys, secrets.shared(), secrets.sharedNames(), allKeysRead);
    }

    private interface Reading {
        void run() throws LoadFailure;
    }

    private boolean orFailed(Reading reading) {
        try {
            reading.run();
            return true;
        } catch (LoadFailure failure) {
            failures.accept(failure);
            return false;
        }
    }

    private void orKeyFailed(Reading reading) {
        if (!orFailed(reading)) {
            allKeysRead = false;
        }
    }

    private void readCertificates(CertificateDirectory kind) throws LoadFailure {
        for (Path file : directory.files(kind.name())) {
            orFailed(() -> readCertificate(kind, file));
        }
    }

    private void readCertificate(CertificateDirectory kind, Path file) throws LoadFailure {
        try {
            for (byte[] der : PemBlocks.der(SwanctlDirectory.read(file))) {
                certificates.add(certificate(file, kind.type(), kind.flag(), der));
            }
        } catch (IOException e) {
            throw new LoadFailure(file, "certificate", SwanctlDirectory.reason(e));
        } catch (IllegalArgumentException e) {
            throw new LoadFailure(file, "certificate", e.getMessage());
        }
    }

    private static Credentials.Item certificate(Path file, String type, String flag, byte[] der) {
        var request =
                ViciMessage.builder()
                        .put("type", type)
                        .put("flag", flag)
                        .put("data", ViciValue.of(der));
        return item(Kind.CERTIFICATE, file, "load-cert", request, Optional.empty());
    }

    private void readKeys(String name, String type) throws LoadFailure {
        for (Path file : directory.files(name)) {
            orKeyFailed(() -> readKey(name, type, file));
        }
    }

    private void readKey(String name, String type, Path file) throws LoadFailure {
        try {
            List<String> passphrases = secrets.passphrasesOf(name, file.getFileName().toString());
            addKey(file, PrivateKeys.read(SwanctlDirectory.read(file), type, passphrases));
        } catch (IOException e) {
            throw new LoadFailure(file, "private key", SwanctlDirectory.reason(e));
        }
    }

    private void addKey(Path file, PrivateKeys.Loadable key) {
        var request = ViciMessage.builder().put("type", key.type()).put("data", key.data());
        allKeysRead &= key.id().isPresent();
        keys.add(item(Kind.KEY, file, "load-key", request, key.id()));
    }

    private void readContainers() throws LoadFailure {
        for (Path file : directory.files("pkcs12")) {
            orKeyFailed(() -> readContainer(file));
        }
    }

    private void readContainer(Path file) throws LoadFailure {
        try {
            var content = SwanctlDirectory.read(file);
            List<String> passphrases =
                    secrets.passphrasesOf("pkcs12", file.getFileName().toString());
            Pkcs12 container = Pkcs12.read(content, passphrases);
            for (X509Certificate found : container.certificates()) {
                String flag = found.getBasicConstraints() >= 0 ? "CA" : "NONE";
                certificates.add(certificate(file, "X509", flag, found.getEncoded()));
            }
            container.keys().forEach(key -> addKey(file, key));
        } catch (IOException e) {
            throw new LoadFailure(file, "PKCS#12 container", SwanctlDirectory.reason(e));
        } catch (CertificateEncodingException e) {
            throw new LoadFailure(file, "PKCS#12 container", e.getMessage());
        }
    }

    private static Credentials.Item item(
            Kind kind,
            Path file,
            String command,
            ViciMessage.Builder request,
            Optional<String> id) {
        return new Credentials.Item(
                kind,
                file.toString(),
                new Origin(file.toString(), 0),
                command,
                request.build(),
                id);
    }
}
