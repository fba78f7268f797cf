package org.keyferry.cli.load;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.keyferry.settings.BinaryText;
import org.keyferry.settings.Setting;
import org.keyferry.settings.SettingsSection;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciValue;

/// The sections of `secrets`: shared secrets, passphrases of files, and tokens.
final class SecretSections {
    private static final List<String> SHARED = List.of("eap", "xauth", "ntlm", "ike", "ppk");
    private static final List<String> PASSPHRASES =
            List.of("private", "rsa", "ecdsa", "pkcs8", "pkcs12");
    private static final Set<String> TOKEN_OPTIONS = Set.of("handle", "slot", "module", "pin");

    private record Passphrase(String directory, String file, String secret) {}

    private final List<Credentials.Item> shared = new ArrayList<>();
    private final List<Credentials.Item> tokens = new ArrayList<>();
    private final List<Passphrase> passphrases = new ArrayList<>();
    private final Set<String> sharedNames = new LinkedHashSet<>();
    private boolean allTokensRead = true;

    List<Credentials.Item> shared() {
        return shared;
    }

    List<Credentials.Item> tokens() {
        return tokens;
    }

    boolean allTokensRead() {
        return allTokensRead;
    }

    /// Of those that cannot be taken, too.
    Set<String> sharedNames() {
        return sharedNames;
    }

    List<String> passphrasesOf(String directory, String file) {
        return passphrases.stream()
                .filter(p -> p.directory().equals(directory) && p.file().equals(file))
                .map(Passphrase::secret)
                .toList();
    }

    void read(SettingsSection section) throws LoadFailure {
        Optional<String> sharedKind = kind(section, SHARED);
        Optional<String> directory = kind(section, PASSPHRASES);
        if (sharedKind.isPresent()) {
            sharedNames.add(section.name());
            shared.add(shared(section, sharedKind.get()));
        } else if (directory.isPresent()) {
            passphrases.add(passphrase(section, directory.get()));
        } else if (kind(section, List.of("token")).isPresent()) {
            allTokensRead = false;
            tokens.add(token(section));
            allTokensRead = true;
        } else {
            throw failure(section, "unknown kind of secret");
        }
    }

    private static Optional<String> kind(SettingsSection section, List<String> kinds) {
        String name = section.name().toLowerCase(Locale.ROOT);
        return kinds.stream().filter(name::startsWith).findFirst();
    }

    private static Credentials.Item shared(SettingsSection section, String kind)
            throws LoadFailure {
        var owners = new ArrayList<String>();
        for (Setting setting : section.settings()) {
            if (setting.key().startsWith("id")) {
                owners.add(setting.text());
            } else if (!setting.key().equals("secret")) {
                throw failure(section, setting, "unknown option");
            }
        }
        var data = ViciValue.of(decoded(section, needed(section, "secret")));
        var request =
                ViciMessage.builder()
                        .put("id", section.name())
                        .put("type", kind.toUpperCase(Locale.ROOT))
                        .put("data", data)
                        .listIfAny("owners", owners);
        return new Credentials.Item(
                Kind.SECRET,
                section.name(),
                section.origin(),
                "load-shared",
                request.build(),
                Optional.of(section.name()));
    }

    private static Passphrase passphrase(SettingsSection section, String directory)
            throws LoadFailure {
        for (Setting setting : section.settings()) {
            if (!Set.of("file", "secret").contains(setting.key())) {
                throw failure(section, setting, "unknown option");
            }
        }
        Setting file = needed(section, "file");
        byte[] secret = decoded(section, needed(section, "secret"));
        String text = new String(secret, StandardCharsets.UTF_8);
        return new Passphrase(directory, file.text(), text);
    }

    private static byte[] decoded(SettingsSection section, Setting secret) throws LoadFailure {
        try {
            return BinaryText.decode(secret.bytes());
        } catch (IllegalArgumentException e) {
            throw failure(section, secret, "the secret is " + e.getMessage());
        }
    }

    private static Credentials.Item token(SettingsSection section) throws LoadFailure {
        var request = ViciMessage.builder();
        needed(section, "handle");
        for (Setting setting : section.settings()) {
            if (!TOKEN_OPTIONS.contains(setting.key())) {
                throw failure(section, setting, "unknown option");
            }
            request.put(setting.key(), setting.text());
        }
        return new Credentials.Item(
                Kind.KEY,
                section.name(),
                section.origin(),
                "load-token",
                request.build(),
                Optional.empty());
    }

    private static Setting needed(SettingsSection section, String key) throws LoadFailure {
        return section.setting(key)
                .orElseThrow(() -> failure(section, "the option " + key + " is missing"));
    }

    private static LoadFailure failure(SettingsSection section, String reason) {
        return new LoadFailure(section.origin(), "secrets." + section.name(), reason);
    }

    private static LoadFailure failure(SettingsSection section, Setting setting, String reason) {
        return new LoadFailure(
                setting.origin(), "secrets." + section.name() + "." + setting.key(), reason);
    }
}
