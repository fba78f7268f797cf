package org.keyferry.vici;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A VICI message: an ordered tree of key/values, lists and sections. Names may repeat; lookups
/// find the first. A lookup path with dots descends sections: `uptime.running`. Names with dots in
/// them (connections may have such names) are reached by `sections()`.
public record ViciMessage(List<Element> elements) {
    public static final int MAX_NAME_BYTES = 255;

    /// Sections within sections. The format sets no bound; real messages use five.
    public static final int MAX_DEPTH = 100;

    public static final ViciMessage EMPTY = new ViciMessage(List.of());

    public ViciMessage {
        elements = List.copyOf(elements);
    }

    /// One entry of a message. Names are UTF-8, 0 to 255 bytes; those of sections may be empty.
    public sealed interface Element {
        String name();
    }

    public record KeyValue(String name, ViciValue value) implements Element {
        public KeyValue {
            checkName(name);
        }
    }

    public record ItemList(String name, List<ViciValue> items) implements Element {
        public ItemList {
            checkName(name);
            items = List.copyOf(items);
        }
    }

    public record Section(String name, ViciMessage body) implements Element {
        public Section {
            checkName(name);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /// The answer of a command that changed something.
    public static ViciMessage success() {
        return builder().put("success", "yes").build();
    }

    /// The answer of a command that could not.
    public static ViciMessage failure(String errmsg) {
        return builder().put("success", "no").put("errmsg", errmsg).build();
    }

    /// The raw bytes; for blobs.
    public Optional<ViciValue> getValue(String path) {
        return find(KeyValue.class, path).map(KeyValue::value);
    }

    /// Absent too if a byte of it is not printable ASCII.
    public Optional<String> getString(String path) {
        return getValue(path).flatMap(ViciValue::printable);
    }

    public String getString(String path, String fallback) {
        return getString(path).orElse(fallback);
    }

    /// `strtol` with base 0; the fallback also if the value is no number or beyond 32 bits.
    public int getInt(String path, int fallback) {
        long number = getLong(path, fallback);
        return (int) number == number ? (int) number : fallback;
    }

    public long getLong(String path, long fallback) {
        return getNumber(path).orElse(fallback);
    }

    public OptionalLong getNumber(String path) {
        return getValue(path).map(ViciValue::number).orElse(OptionalLong.empty());
    }

    /// `1 yes true enabled` or `0 no false disabled` in any case; else the fallback.
    public boolean getBool(String path, boolean fallback) {
        return switch (getString(path, "").toLowerCase(Locale.ROOT)) {
            case "1", "yes", "true", "enabled" -> true;
            case "0", "no", "false", "disabled" -> false;
            default -> fallback;
        };
    }

    /// The items; empty also if there is no such list.
    public List<ViciValue> getList(String path) {
        return find(ItemList.class, path).map(ItemList::items).orElse(List.of());
    }

    /// The items as people read them.
    public List<String> getStrings(String path) {
        return getList(path).stream().map(ViciValue::text).toList();
    }

    public Optional<ViciMessage> section(String path) {
        return find(Section.class, path).map(Section::body);
    }

    /// The sections at this level, in order.
    public List<Section> sections() {
        return elements.stream()
                .filter(Section.class::isInstance)
                .map(Section.class::cast)
                .toList();
    }

    /// Whether there is a key, list or section of this name, whatever its content.
    public boolean has(String path) {
        return find(Element.class, path).isPresent();
    }

    public boolean isEmpty() {
        return elements.isEmpty();
    }

    private <E extends Element> Optional<E> find(Class<E> kind, String path) {
        int dot = path.indexOf('.');
        if (dot >= 0) {
            return find(Section.class, path.substring(0, dot))
                    .flatMap(section -> section.body().find(kind, path.substring(dot + 1)));
        }
        for (Element element : elements) {
            if (kind.isInstance(element) && element.name().equals(path)) {
                return Optional.of(kind.cast(element));
            }
        }
        return Optional.empty();
    }

    private static void checkName(String name) {
        if (name.length() > MAX_NAME_BYTES || name.getBytes(UTF_8).length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("VICI name longer than " + MAX_NAME_BYTES);
        }
    }

    /// Names and text only as far as they are harmless: values may be keys.
    @Override
    public String toString() {
        return "message of " + elements.stream().map(Element::name).toList();
    }

    /// Collects elements in the order of the calls.
    public static final class Builder {
        private final List<Element> elements = new ArrayList<>();

        private Builder() {}

        public Builder put(String name, String text) {
            return put(name, ViciValue.of(text));
        }

        public Builder put(String name, long number) {
            return put(name, Long.toString(number));
        }

        public Builder put(String name, ViciValue value) {
            return add(new KeyValue(name, value));
        }

        /// `yes` if true, nothing at all if false: how events mark flags.
        public Builder flag(String name, boolean on) {
            return on ? put(name, "yes") : this;
        }

        public Builder list(String name, String... items) {
            return list(name, Arrays.asList(items));
        }

        public Builder list(String name, Collection<String> items) {
            return add(new ItemList(name, items.stream().map(ViciValue::of).toList()));
        }

        /// Nothing at all if there are no items.
        public Builder listIfAny(String name, Collection<String> items) {
            return items.isEmpty() ? this : list(name, items);
        }

        public Builder section(String name, Consumer<Builder> body) {
            var inner = builder();
            body.accept(inner);
            return section(name, inner.build());
        }

        public Builder section(String name, ViciMessage body) {
            return add(new Section(name, body));
        }

        public Builder addAll(ViciMessage message) {
            elements.addAll(message.elements());
            return this;
        }

        public Builder add(Element element) {
            elements.add(element);
            return this;
        }

        public ViciMessage build() {
            return new ViciMessage(elements);
        }
    }
}
