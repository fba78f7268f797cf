package org.keyferry.cli.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.keyferry.settings.BinaryText;
import org.keyferry.settings.ConfigSection;
import org.keyferry.settings.ConfigSection.Item;
import org.keyferry.settings.Setting;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsSection;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.ItemList;
import org.keyferry.vici.ViciValue;

/// Makes load requests of sections: values become lists where VICI has lists, and the names of
/// files their content.
final class EntryReader {
    /// Options whose values are files, by the directory that relative names are in.
    private static final Map<String, String> FILES =
            Map.of("certs", "x509", "cacerts", "x509ca", "pubkeys", "pubkey", "cacert", "x509ca");

    private static final Set<String> AUTHORITY_LISTS = Set.of("crl_uris", "ocsp_uris");

    private final SwanctlDirectory directory;

    EntryReader(SwanctlDirectory directory) {
        this.directory = directory;
    }

    Entry connection(SettingsSection section) throws LoadFailure {
        ConfigSection connection;
        try {
            connection = ConfigSection.ofConnection(section);
        } catch (SettingsException mistake) {
            throw new LoadFailure(mistake.origin(), mistake.key(), mistake.reason());
        }
        return entry(Kind.CONNECTION, connection);
    }

    Entry pool(SettingsSection section) throws LoadFailure {
        return entry(Kind.POOL, flat(section, key -> !key.equals("addrs")));
    }

    Entry authority(SettingsSection section) throws LoadFailure {
        return entry(Kind.AUTHORITY, flat(section, AUTHORITY_LISTS::contains));
    }

    private interface ListKeys {
        boolean contains(String key);
    }

    /// Of a section that has no sections of its own, or none that would be known.
    private static ConfigSection flat(SettingsSection section, ListKeys lists) {
        List<Item> items = section.settings().stream().map(s -> item(s, lists)).toList();
        List<ConfigSection> inner =
                section.sections().stream()
                        .map(s -> new ConfigSection(s.name(), s.origin(), List.of(), List.of()))
                        .toList();
        return new ConfigSection(section.name(), section.origin(), items, inner);
    }

    private static Item item(Setting setting, ListKeys lists) {
        boolean list = lists.contains(setting.key());
        List<String> values =
                list
                        ? Arrays.stream(setting.text().split(",", -1))
                                .map(String::strip)
                                .filter(value -> !value.isEmpty())
                                .toList()
                        : List.of(setting.text());
        return new Item(setting.key(), list, values, setting.origin());
    }

    private Entry entry(Kind kind, ConfigSection source) throws LoadFailure {
        try {
            return new Entry(kind, source, body(kind, source));
        } catch (IllegalArgumentException e) { // a name or value longer than VICI can carry
            throw new LoadFailure(
                    source.origin(), kind.plural() + "." + source.name(), e.getMessage());
        }
    }

    private ViciMessage body(Kind kind, ConfigSection section) throws LoadFailure {
        var body = ViciMessage.builder();
        for (Item item : section.items()) {
            if (item.list()) {
                body.add(new ItemList(item.key(), listed(item)));
            } else {
                body.put(item.key(), value(kind, section, item));
            }
        }
        for (ConfigSection inner : section.sections()) {
            body.section(inner.name(), body(kind, inner));
        }
        return body.build();
    }

    private List<ViciValue> listed(Item item) throws LoadFailure {
        var values = new ArrayList<ViciValue>();
        for (String text : item.values()) {
            values.add(FILES.containsKey(item.key()) ? blob(item, text) : ViciValue.of(text));
        }
        return values;
    }

    private ViciValue value(Kind kind, ConfigSection section, Item item) throws LoadFailure {
        String text = item.values().getFirst();
        if (item.key().equals("cacert") && kind == Kind.AUTHORITY) {
            return blob(item, text);
        }
        boolean daemonReads =
                item.key().equals("file")
                        && (kind == Kind.AUTHORITY || isCertificateSection(section.name()));
        if (daemonReads) { // it has another working directory
            boolean ca = kind == Kind.AUTHORITY || isNamed(section.name(), "cacert");
            return ViciValue.of(directory.resolve(ca ? "x509ca" : "x509", text).toString());
        }
        return ViciValue.of(text);
    }

    private static boolean isCertificateSection(String name) {
        return isNamed(name, "cert") || isNamed(name, "cacert");
    }

    private static boolean isNamed(String name, String prefix) {
        return name.toLowerCase(Locale.ROOT).startsWith(prefix);
    }

    private ViciValue blob(Item item, String text) throws LoadFailure {
        Path file = Path.of("");
        try {
            if (BinaryText.isEncoded(text)) {
                return ViciValue.of(
                        BinaryText.decode(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            }
            file = directory.resolve(FILES.get(item.key()), text);
            return ViciValue.of(PemBlocks.der(SwanctlDirectory.read(file)).getFirst());
        } catch (IOException e) {
            throw new LoadFailure(
                    item.origin(), item.key(), file + ": " + SwanctlDirectory.reason(e));
        } catch (IllegalArgumentException e) {
            throw new LoadFailure(item.origin(), item.key(), text + ": " + e.getMessage());
        }
    }
}
