package org.keyferry.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.ValueKinds.Kind;
import org.keyferry.settings.model.PoolSpec;
import org.keyferry.wire.AddressRange;

/// Sections of swanctl.conf that are right but of no use yet. They are checked and named in a
/// warning, so that the rest of a file that was written for charon can be loaded.
final class IdleSections {
    private static final String CERTIFICATES = "certificates are not supported yet";
    private static final String NO_KEYS = "private keys are not supported yet";

    private static final Kind<String> ANY = text -> text;

    private static final Set<String> POOL_ATTRIBUTES =
            Set.of(
                    "address",
                    "dns",
                    "nbns",
                    "dhcp",
                    "netmask",
                    "server",
                    "subnet",
                    "split_include",
                    "split_exclude",
                    "p_cscf");

    private static final Map<String, Kind<?>> POOL = Map.of("addrs", IdleSections::addresses);

    private static final Map<String, Kind<?>> AUTHORITY =
            Map.of(
                    "cacert", ANY,
                    "file", ANY,
                    "handle", ValueKinds::hex,
                    "slot", ValueKinds::uint,
                    "module", ANY,
                    "crl_uris", ANY,
                    "ocsp_uris", ANY,
                    "cert_uri_base", ANY);

    private static final Map<String, Kind<?>> KEY_FILE = Map.of("file", ANY, "secret", ANY);
    private static final Map<String, Kind<?>> TOKEN =
            Map.of("handle", ValueKinds::hex, "slot", ValueKinds::uint, "module", ANY, "pin", ANY);

    private record Idle(Map<String, Kind<?>> options, boolean owners, String reason) {}

    /// By the start of a secret's name.
    private static final Map<String, Idle> SECRETS =
            Map.of(
                    "xauth",
                    new Idle(
                            Map.of("secret", ANY),
                            true,
                            "XAuth belongs to IKEv1, which is not supported"),
                    "ntlm",
                    new Idle(Map.of("secret", ANY), true, "NT hashes are not supported yet"),
                    "private",
                    new Idle(KEY_FILE, false, NO_KEYS),
                    "rsa",
                    new Idle(KEY_FILE, false, NO_KEYS),
                    "ecdsa",
                    new Idle(KEY_FILE, false, NO_KEYS),
                    "pkcs8",
                    new Idle(KEY_FILE, false, NO_KEYS),
                    "pkcs12",
                    new Idle(KEY_FILE, false, NO_KEYS),
                    "token",
                    new Idle(TOKEN, false, NO_KEYS));

    private IdleSections() {}

    /// Reads a section of `pools`.
    static PoolSpec pool(SettingsSection section) throws SettingsException {
        check(section, POOL, IdleSections::isAttribute);
        var attributes = new ArrayList<PoolSpec.Attribute>();
        for (Setting setting : section.settings()) {
            if (setting.key().equals("addrs")) continue;
            for (String value : setting.text().split(",", -1)) {
                if (!value.isBlank())
                    attributes.add(new PoolSpec.Attribute(setting.key(), value.strip()));
            }
        }
        String addrs =
                section.text("addrs")
                        .orElseThrow(
                                () ->
                                        new SettingsException(
                                                Problem.INVALID_VALUE,
                                                section.origin(),
                                                section.name(),
                                                "a pool without addrs"));
        return new PoolSpec(section.name(), addrs, attributes);
    }

    private static boolean isAttribute(String key) {
        return POOL_ATTRIBUTES.contains(key)
                || ConfValues.integer(key).filter(type -> type > 0 && type < 0x8000).isPresent();
    }

    private static AddressRange addresses(String text) {
        try {
            return AddressRange.parse(text);
        } catch (IllegalArgumentException failure) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a subnet nor a range", failure);
        }
    }

    /// Checks a section of `authorities`.
    ///
    /// @return the warning
    static String authority(SettingsSection section) throws SettingsException {
        check(section, AUTHORITY, _ -> false);
        return warning(section, "authorities.", CERTIFICATES);
    }

    /// Checks a section of `secrets` if it is of a kind that is of no use yet.
    ///
    /// @return the warning; empty if it is of another kind
    static Optional<String> secret(SettingsSection section) throws SettingsException {
        String name = section.name().toLowerCase(Locale.ROOT);
        for (Entry<String, Idle> kind : SECRETS.entrySet()) {
            if (!name.startsWith(kind.getKey())) continue;
            Idle idle = kind.getValue();
            check(section, idle.options(), key -> idle.owners() && key.startsWith("id"));
            return Optional.of(warning(section, "secrets.", idle.reason()));
        }
        return Optional.empty();
    }

    private static void check(
            SettingsSection section, Map<String, Kind<?>> options, Predicate<String> alsoKnown)
            throws SettingsException {
        for (Setting setting : section.settings()) {
            Kind<?> kind = options.get(setting.key());
            if (kind != null) read(setting, kind);
            else if (!alsoKnown.test(setting.key())) throw unknown(setting);
        }
        List<SettingsSection> inner = section.sections();
        if (!inner.isEmpty())
            throw new SettingsException(
                    Problem.UNKNOWN_OPTION,
                    inner.getFirst().origin(),
                    inner.getFirst().name(),
                    "unknown section");
    }

    private static void read(Setting setting, Kind<?> kind) throws SettingsException {
        try {
            Object _ = kind.parse(setting.text());
        } catch (IllegalArgumentException failure) {
            throw new SettingsException(
                    Problem.INVALID_VALUE, setting.origin(), setting.key(), failure.getMessage());
        }
    }

    private static SettingsException unknown(Setting setting) {
        return new SettingsException(
                Problem.UNKNOWN_OPTION, setting.origin(), setting.key(), "unknown option");
    }

    private static String warning(SettingsSection section, String prefix, String reason) {
        return section.origin() + ": " + prefix + section.name() + ": passed over: " + reason;
    }
}
