package org.keyferry.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.settings.ConfigSection.Item;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.ValueKinds.Kind;
import org.keyferry.settings.ValueKinds.Unsupported;

/// The options of one section while they are read. Each read marks its option as known; `finish`
/// refuses what is left, so that nothing is ignored.
final class Options {
    private final ConfigSection section;
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();
    private final Consumer<String> warnings;

    /// @param warnings gets a sentence, with its place, for each option that has no effect
    Options(ConfigSection section, Consumer<String> warnings) {
        this.section = section;
        this.warnings = warnings;
        for (Item item : section.items()) items.put(item.key(), item);
    }

    <T> Optional<T> value(String key, Kind<T> kind) throws SettingsException {
        known.add(key);
        Item item = items.get(key);
        if (item == null) return Optional.empty();
        if (item.list()) throw unknown(item.origin(), key, "unknown option, as it is no list");
        return Optional.of(parse(item, item.values().getFirst(), kind));
    }

    <T> T value(String key, Kind<T> kind, T otherwise) throws SettingsException {
        return value(key, kind).orElse(otherwise);
    }

    /// Empty if the option is absent or has no entry.
    <T> List<T> list(String key, Kind<T> kind) throws SettingsException {
        known.add(key);
        Item item = items.get(key);
        if (item == null) return List.of();
        if (!item.list()) throw unknown(item.origin(), key, "unknown option, as it is a list");
        var values = new ArrayList<T>();
        for (String value : item.values()) values.add(parse(item, value, kind));
        return List.copyOf(values);
    }

    /// Takes an option that is not honoured as long as it says what holds anyway.
    <T> void acceptOnly(T effective, String key, Kind<T> kind, String reason)
            throws SettingsException {
        Optional<T> value = value(key, kind);
        if (value.isPresent() && !value.get().equals(effective)) throw unsupported(key, reason);
    }

    /// Takes an option that has no effect, as in charon; it is mentioned if it says anything else
    /// than what holds anyway.
    <T> void withoutEffect(T effective, String key, Kind<T> kind, String reason)
            throws SettingsException {
        Optional<T> value = value(key, kind);
        if (value.isPresent() && !value.get().equals(effective)) {
            Origin origin = items.get(key).origin();
            warnings.accept(origin + ": " + key + ": has no effect: " + reason);
        }
    }

    boolean isSet(String key) {
        Item item = items.get(key);
        return item != null && !item.values().isEmpty();
    }

    /// Refuses an option whatever its value.
    void refuse(String key, String reason) throws SettingsException {
        known.add(key);
        Item item = items.get(key);
        if (item != null && !item.values().isEmpty()) throw unsupported(key, reason);
    }

    /// A check over several options failed; the error names one of them.
    SettingsException invalid(String key, String reason) {
        Item item = items.get(key);
        Origin origin = item == null ? section.origin() : item.origin();
        return new SettingsException(Problem.INVALID_VALUE, origin, key, reason);
    }

    SettingsException unsupported(String key, String reason) {
        Item item = items.get(key);
        Origin origin = item == null ? section.origin() : item.origin();
        return new SettingsException(Problem.NOT_SUPPORTED, origin, key, reason);
    }

    void finish() throws SettingsException {
        for (Item item : section.items()) {
            if (!known.contains(item.key()))
                throw unknown(item.origin(), item.key(), "unknown option");
        }
    }

    static SettingsException unknownSection(ConfigSection section) {
        return unknown(section.origin(), section.name(), "unknown section");
    }

    private static SettingsException unknown(Origin origin, String key, String reason) {
        return new SettingsException(Problem.UNKNOWN_OPTION, origin, key, reason);
    }

    private static <T> T parse(Item item, String text, Kind<T> kind) throws SettingsException {
        try {
            return kind.parse(text);
        } catch (Unsupported failure) {
            throw failed(Problem.NOT_SUPPORTED, item, failure);
        } catch (IllegalArgumentException failure) {
            throw failed(Problem.INVALID_VALUE, item, failure);
        }
    }

    private static SettingsException failed(
            Problem problem, Item item, IllegalArgumentException failure) {
        return new SettingsException(problem, item.origin(), item.key(), failure.getMessage());
    }
}
