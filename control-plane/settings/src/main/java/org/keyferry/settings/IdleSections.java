package org.keyferry.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.ValueKinds.Kind;
import org.keyferry.settings.model.PoolSpec;
import org.keyferry.wire.AddressRange;

/// Sections of swanctl.conf that no connection needs to be understood: those about certificates and
/// private keys, which whoever loads credentials reads, and those that are of no use. They are
/// checked; what is of no use is named in a warning, so that the rest of a file that was written
/// for charon can be loaded.
final class IdleSections {
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
                    "slot", ValueKinds::slot,
                    "module", ANY,
                    "crl_uris", ANY,
                    "ocsp_uris", ANY,
                    "cert_uri_base", ANY);

    private static final Map<String, Kind<?>> KEY_FILE = Map.of("file", ANY, "secret", ANY);
    private static final Map<String, Kind<?>> TOKEN =
            Map.of("handle", ValueKinds::hex, "slot", ValueKinds::slot, "module", ANY, "pin", ANY);

    /// @param reason why it is of no use; empty if it is read elsewhere
    private record Idle(Map<String, Kind<?>> options, boolean owners, String reason) {
        static Idle elsewhere(Map<String, Kind<?>> options) {
            return new Idle(options, false, "");
        }
    }

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
                    Idle.elsewhere(KEY_FILE),
                    "rsa",
                    Idle.elsewhere(KEY_FILE),
                    "ecdsa",
                    Idle.elsewhere(KEY_FILE),
                    "pkcs8",
                    Idle.elsewhere(KEY_FILE),
                    "pkcs12",
                    Idle.elsewhere(KEY_FILE),
                    "token",
                    Idle.elsewhere(TOKEN));

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
    static void authority(SettingsSection section) throws SettingsException {
        check(section, AUTHORITY, _ -> false);
    }

    /// Checks a section of `secrets` that holds no shared secret.
    ///
    /// @param warnings gets a sentence if it is of no use
    /// @return whether it is such a section
    static boolean secret(SettingsSection section, Consumer<String> warnings)
            throws SettingsException {
        String name = section.name().toLowerCase(Locale.ROOT);
        for (Entry<String, Idle> kind : SECRETS.entrySet()) {
            if (!name.startsWith(kind.getKey())) continue;
            Idle idle = kind.getValue();
            check(section, idle.options(), key -> idle.owners() && key.startsWith("id"));
            if (!idle.reason().isEmpty())
                warnings.accept(
                        "%s: secrets.%s: passed over: %s"
                                .formatted(section.origin(), section.name(), idle.reason()));
            return true;
        }
        return false;
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
}
