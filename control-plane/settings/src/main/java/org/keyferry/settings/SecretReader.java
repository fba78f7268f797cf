package org.keyferry.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.ValueKinds.Unsupported;
import org.keyferry.settings.model.SecretText;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.SharedSecret.Kind;
import org.keyferry.wire.Identification;

/// Reads one section of `secrets` that holds a secret to be shared with a peer. Its name starts
/// with the kind of secret.
final class SecretReader {
    private static final Map<String, Kind> KINDS =
            Map.of("ike", Kind.IKE, "eap", Kind.EAP, "ntlm", Kind.NTLM, "ppk", Kind.PPK);

    private SecretReader() {}

    static SharedSecret read(SettingsSection section) throws SettingsException {
        Kind kind = kind(section);
        var owners = new ArrayList<Identification>();
        SecretText secret = null;
        for (SettingsSection inner : section.sections())
            throw failure(Problem.UNKNOWN_OPTION, inner.origin(), inner.name(), "unknown section");
        for (Setting setting : section.settings()) {
            if (setting.key().equals("secret")) secret = secret(setting);
            else if (setting.key().startsWith("id")) owners.add(owner(setting));
            else
                throw failure(
                        Problem.UNKNOWN_OPTION, setting.origin(), setting.key(), "unknown option");
        }
        if (secret == null)
            throw failure(
                    Problem.INVALID_VALUE, section.origin(), section.name(), "secret is missing");
        return new SharedSecret(section.name(), kind, secret, owners);
    }

    private static Kind kind(SettingsSection section) throws SettingsException {
        String name = section.name().toLowerCase(Locale.ROOT);
        for (Entry<String, Kind> kind : KINDS.entrySet()) {
            if (name.startsWith(kind.getKey())) return kind.getValue();
        }
        throw failure(
                Problem.UNKNOWN_OPTION, section.origin(), section.name(), "unknown kind of secret");
    }

    private static Identification owner(Setting setting) throws SettingsException {
        try {
            return AddressText.identity(setting.strictText());
        } catch (Unsupported failure) {
            throw failure(
                    Problem.NOT_SUPPORTED, setting.origin(), setting.key(), failure.getMessage());
        } catch (IllegalArgumentException failure) {
            throw failure(
                    Problem.INVALID_VALUE, setting.origin(), setting.key(), failure.getMessage());
        }
    }

    private static SecretText secret(Setting setting) throws SettingsException {
        byte[] written = setting.bytes();
        byte[] secret;
        try {
            secret = BinaryText.decode(written);
        } catch (IllegalArgumentException e) {
            throw failure(
                    Problem.INVALID_VALUE,
                    setting.origin(),
                    setting.key(),
                    "the secret is " + e.getMessage());
        } finally {
            Arrays.fill(written, (byte) 0);
        }
        if (secret.length == 0)
            throw failure(
                    Problem.INVALID_VALUE, setting.origin(), setting.key(), "the secret is empty");
        return SecretText.owned(secret);
    }

    private static SettingsException failure(
            Problem problem, Origin origin, String key, String reason) {
        return new SettingsException(problem, origin, key, reason);
    }
}
