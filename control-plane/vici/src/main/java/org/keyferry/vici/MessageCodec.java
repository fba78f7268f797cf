package org.keyferry.vici;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.keyferry.vici.ViciMessage.Element;
import org.keyferry.vici.ViciMessage.ItemList;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;

/// Message elements to bytes and back. Each element is a type byte, then for all but the ends a
/// name (8-bit length) or, for key/values and items, a value (16-bit big-endian length).
final class MessageCodec {
    private static final int SECTION_START = 1;
    private static final int SECTION_END = 2;
    private static final int KEY_VALUE = 3;
    private static final int LIST_START = 4;
    private static final int LIST_ITEM = 5;
    private static final int LIST_END = 6;

    private MessageCodec() {}

    static int sizeBytes(ViciMessage message) {
        int size = 0;
        for (Element element : message.elements()) {
            size += 2 + element.name().getBytes(UTF_8).length;
            switch (element) {
                case KeyValue(_, var value) -> size += 2 + value.length();
                case Section(_, var body) -> size += sizeBytes(body) + 1;
                case ItemList(_, var items) -> {
                    for (ViciValue item : items) {
                        size += 3 + item.length();
                    }
                    size += 1;
                }
            }
        }
        return size;
    }

    static void encode(ViciMessage message, ByteBuffer out) {
        for (Element element : message.elements()) {
            switch (element) {
                case KeyValue(var name, var value) -> putValue(named(out, KEY_VALUE, name), value);
                case ItemList(var name, var items) -> {
                    named(out, LIST_START, name);
                    items.forEach(item -> putValue(out.put((byte) LIST_ITEM), item));
                    out.put((byte) LIST_END);
                }
                case Section(var name, var body) -> {
                    encode(body, named(out, SECTION_START, name));
                    out.put((byte) SECTION_END);
                }
            }
        }
    }

    private static ByteBuffer named(ByteBuffer out, int type, String name) {
        byte[] bytes = name.getBytes(UTF_8);
        return out.put((byte) type).put((byte) bytes.length).put(bytes);
    }

    private static void putValue(ByteBuffer out, ViciValue value) {
        value.putTo(out.putShort((short) value.length()));
    }

    /// Reads to the end of the packet. What is wrong goes to `fault`, at most once; then what was
    /// read before it is the result, with open sections and lists closed.
    static ViciMessage decode(PacketReader in, Consumer<MalformedVici> fault) {
        var open = new Decoding();
        try {
            while (in.hasRemaining()) {
                open.take(in);
            }
            open.expectClosed(in);
        } catch (MalformedVici malformed) {
            fault.accept(malformed);
        }
        return open.finish();
    }

    /// Sections begun and not ended, innermost last; and the list begun and not ended, if any.
    private static final class Decoding {
        private record Level(String name, List<Element> elements) {}

        private final Deque<Level> levels = new ArrayDeque<>();
        private String listName = "";
        private List<ViciValue> listItems = null;

        Decoding() {
            levels.push(new Level("", new ArrayList<>()));
        }

        void take(PacketReader in) throws MalformedVici {
            int at = in.offset();
            int type = in.u8("element type");
            if (listItems != null) {
                takeInList(in, type, at);
                return;
            }
            switch (type) {
                case KEY_VALUE -> add(new KeyValue(in.name("key"), in.value("value")));
                case LIST_START -> {
                    listName = in.name("list name");
                    listItems = new ArrayList<>();
                }
                case SECTION_START -> {
                    if (levels.size() > ViciMessage.MAX_DEPTH) {
                        throw new MalformedVici("section nested too deep", at);
                    }
                    levels.push(new Level(in.name("section name"), new ArrayList<>()));
                }
                case SECTION_END -> {
                    if (levels.size() == 1) {
                        throw new MalformedVici("section end without a section", at);
                    }
                    closeSection();
                }
                case LIST_ITEM -> throw new MalformedVici("list item outside a list", at);
                case LIST_END -> throw new MalformedVici("list end without a list", at);
                default -> throw new MalformedVici("unknown element type " + type, at);
            }
        }

        private void takeInList(PacketReader in, int type, int at) throws MalformedVici {
            switch (type) {
                case LIST_ITEM -> listItems.add(in.value("list item"));
                case LIST_END -> closeList();
                default -> throw new MalformedVici("element type " + type + " inside a list", at);
            }
        }

        void expectClosed(PacketReader in) throws MalformedVici {
            if (listItems != null) {
                throw new MalformedVici("list without an end", in.offset());
            }
            if (levels.size() > 1) {
                throw new MalformedVici("section without an end", in.offset());
            }
        }

        ViciMessage finish() {
            if (listItems != null) {
                closeList();
            }
            while (levels.size() > 1) {
                closeSection();
            }
            return new ViciMessage(levels.getFirst().elements());
        }

        private void closeList() {
            add(new ItemList(listName, listItems));
            listItems = null;
        }

        private void closeSection() {
            Level level = levels.pop();
            add(new Section(level.name(), new ViciMessage(level.elements())));
        }

        private void add(Element element) {
            levels.getFirst().elements().add(element);
        }
    }
}
