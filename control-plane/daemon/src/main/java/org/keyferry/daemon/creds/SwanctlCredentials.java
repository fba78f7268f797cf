package org.keyferry.daemon.creds;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.settings.BinaryText;
import org.keyferry.settings.Setting;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.SettingsSection;
import org.keyferry.settings.SettingsTree;

/// What lies in swanctl's directories and in the sections `authorities` and `secrets` of
/// swanctl.conf, for a daemon that nobody loads it into.
///
/// @param authorities in the order of the file
public record SwanctlCredentials(
        List<LoadedCertificate> certificates, List<OwnKey> keys, List<Authority> authorities) {
    public static final SwanctlCredentials NONE =
            new SwanctlCredentials(List.of(), List.of(), List.of());

    private record Directory(String name, CertificateKind kind, Flag flag) {}

    private static final List<Directory> CERTIFICATES =
            List.of(
                    new Directory("x509", CertificateKind.X509, Flag.NONE),
                    new Directory("x509ca", CertificateKind.X509, Flag.CA),
                    new Directory("x509ocsp", CertificateKind.X509, Flag.OCSP),
                    new Directory("x509aa", CertificateKind.X509, Flag.AA),
                    new Directory("x509ac", CertificateKind.X509_AC, Flag.NONE),
                    new Directory("x509crl", CertificateKind.X509_CRL, Flag.NONE),
                    new Directory("pubkey", CertificateKind.PUBKEY, Flag.NONE));

    /// Directories of keys with the type that they promise.
    private static final List<Map.Entry<String, String>> KEYS =
            List.of(
                    Map.entry("private", "any"),
                    Map.entry("rsa", "rsa"),
                    Map.entry("ecdsa", "ecdsa"),
                    Map.entry("pkcs8", "any"));

    public SwanctlCredentials {
        certificates = List.copyOf(certificates);
        keys = List.copyOf(keys);
        authorities = List.copyOf(authorities);
    }

    /// What cannot be read is passed over.
    ///
    /// @param problems gets a sentence for each thing that cannot be taken
    /// @throws SettingsException if the file's grammar is broken: then nothing is taken
    public static SwanctlCredentials read(
            Path swanctlConf, TokenSource tokens, Consumer<String> problems)
            throws SettingsException {
        return new Reader(swanctlConf, tokens, problems).read();
    }

    private static final class Reader {
        private final Path directory;
        private final Optional<SettingsTree> tree;
        private final TokenSource tokens;
        private final Consumer<String> problems;
        private final List<LoadedCertificate> certificates = new ArrayList<>();
        private final List<OwnKey> keys = new ArrayList<>();

        Reader(Path swanctlConf, TokenSource tokens, Consumer<String> problems)
                throws SettingsException {
            this.tokens = tokens;
            this.directory = swanctlConf.toAbsolutePath().getParent();
            this.problems = problems;
            this.tree =
                    Files.exists(swanctlConf)
                            ? Optional.of(SettingsParser.parse(swanctlConf))
                            : Optional.empty();
        }

        private interface Reading {
            void of(byte[] content) throws CredentialRefused;
        }

        SwanctlCredentials read() {
            try {
                return readAll();
            } finally {
                tree.ifPresent(read -> read.wipe("secrets"));
            }
        }

        private SwanctlCredentials readAll() {
            for (Directory kind : CERTIFICATES) {
                each(
                        kind.name(),
                        (_, content) ->
                                certificates.add(
                                        CertificateReader.read(kind.kind(), kind.flag(), content)));
            }
            for (var kind : KEYS) {
                each(
                        kind.getKey(),
                        (file, content) ->
                                keys.add(
                                        KeyFile.read(
                                                kind.getValue(),
                                                content,
                                                passphrases(kind.getKey(), file))));
            }
            each("pkcs12", this::container);
            ofTokens();
            return new SwanctlCredentials(certificates, keys, authorities());
        }

        private interface EachFile {
            void read(Path file, byte[] content) throws CredentialRefused;
        }

        /// Regular files of a directory, sorted, without hidden ones.
        private void each(String name, EachFile reader) {
            Path inside = directory.resolve(name);
            if (Files.notExists(inside)) {
                return;
            }
            try (Stream<Path> entries = Files.list(inside)) {
                entries.filter(Files::isRegularFile)
                        .filter(file -> !file.getFileName().toString().startsWith("."))
                        .sorted()
                        .forEach(file -> orTold(file, content -> reader.read(file, content)));
            } catch (IOException e) {
                problems.accept("%s not loaded: %s".formatted(inside, e));
            }
        }

        private void orTold(Path file, Reading reading) {
            try {
                byte[] content = Files.readAllBytes(file);
                try {
                    reading.of(content);
                } finally {
                    Arrays.fill(content, (byte) 0);
                }
            } catch (CredentialRefused e) {
                problems.accept("%s not loaded: %s".formatted(file, e.getMessage()));
            } catch (IOException e) {
                problems.accept("%s not loaded: %s".formatted(file, e));
            }
        }

        private void container(Path file, byte[] content) throws CredentialRefused {
            var found = KeyFile.readContainer(content, passphrases("pkcs12", file));
            keys.addAll(found.keys());
            for (byte[] certificate : found.certificates()) {
                certificates.add(
                        CertificateReader.read(CertificateKind.X509, Flag.NONE, certificate));
            }
        }

        private void ofTokens() {
            for (SettingsSection section : sections("secrets")) {
                if (!section.name().toLowerCase(Locale.ROOT).startsWith("token")) {
                    continue;
                }
                Optional<byte[]> pin = section.setting("pin").map(Setting::bytes);
                try {
                    keys.add(tokens.key(onToken(section), pin));
                } catch (CredentialRefused e) {
                    problems.accept(
                            "%s: secrets.%s not loaded: %s"
                                    .formatted(section.origin(), section.name(), e.getMessage()));
                } finally {
                    pin.ifPresent(secret -> Arrays.fill(secret, (byte) 0));
                }
            }
        }

        private static TokenObject onToken(SettingsSection section) throws CredentialRefused {
            return TokenObject.parse(
                    section.text("handle")
                            .orElseThrow(
                                    () -> new CredentialRefused("the option handle is missing")),
                    section.text("slot"),
                    section.text("module"));
        }

        private List<SettingsSection> sections(String top) {
            return tree.flatMap(t -> t.section(top))
                    .map(SettingsSection::sections)
                    .orElse(List.of());
        }

        private List<String> passphrases(String kind, Path file) {
            var passphrases = new ArrayList<String>();
            for (SettingsSection section : sections("secrets")) {
                boolean named =
                        section.text("file")
                                .filter(file.getFileName().toString()::equals)
                                .isPresent();
                if (named && section.name().startsWith(kind)) {
                    section.setting("secret")
                            .map(secret -> BinaryText.decode(secret.bytes()))
                            .ifPresent(s -> passphrases.add(new String(s, StandardCharsets.UTF_8)));
                }
            }
            return passphrases;
        }

        private List<Authority> authorities() {
            var authorities = new ArrayList<Authority>();
            for (SettingsSection section : sections("authorities")) {
                try {
                    authorities.add(authority(section));
                } catch (CredentialRefused e) {
                    problems.accept(
                            "%s: authority '%s' not loaded: %s"
                                    .formatted(section.origin(), section.name(), e.getMessage()));
                }
            }
            return authorities;
        }

        private Authority authority(SettingsSection section) throws CredentialRefused {
            return new Authority(
                    section.name(),
                    CertificateReader.read(CertificateKind.X509, Flag.CA, certificate(section)),
                    uris(section, "crl_uris"),
                    uris(section, "ocsp_uris"),
                    section.text("cert_uri_base"));
        }

        private byte[] certificate(SettingsSection section) throws CredentialRefused {
            if (section.text("handle").isPresent()) {
                return tokens.certificate(onToken(section));
            }
            Optional<String> named = section.text("cacert").or(() -> section.text("file"));
            if (named.isEmpty()) {
                throw new CredentialRefused("the option cacert is missing");
            }
            try {
                return BinaryText.isEncoded(named.get())
                        ? BinaryText.decode(named.get().getBytes(StandardCharsets.UTF_8))
                        : Files.readAllBytes(directory.resolve("x509ca").resolve(named.get()));
            } catch (IOException | IllegalArgumentException e) {
                throw new CredentialRefused("its certificate cannot be read: " + e);
            }
        }

        private static List<String> uris(SettingsSection section, String key) {
            return section.text(key).stream()
                    .flatMap(text -> Arrays.stream(text.split(",", -1)))
                    .map(String::strip)
                    .filter(uri -> !uri.isEmpty())
                    .toList();
        }
    }
}
