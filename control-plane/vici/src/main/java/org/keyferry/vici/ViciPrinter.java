package org.keyferry.vici;

import java.util.List;
import java.util.stream.Collectors;
import org.keyferry.vici.ViciMessage.Element;
import org.keyferry.vici.ViciMessage.ItemList;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;

/// Messages as `swanctl --raw` and `swanctl --pretty` print them. Values that are not printable
/// ASCII show as `0x` and hex digits; not to be used on messages that carry keys.
public final class ViciPrinter {
    private ViciPrinter() {}

    /// One line: `{success=yes plugins=[a b] uptime {running=2 days}}`.
    public static String raw(ViciMessage message) {
        return message.elements().stream()
                .map(ViciPrinter::raw)
                .collect(Collectors.joining(" ", "{", "}"));
    }

    private static String raw(Element element) {
        return switch (element) {
            case KeyValue(var name, var value) -> name + "=" + value.display();
            case Section(var name, var body) -> name + " " + raw(body);
            case ItemList(var name, var items) ->
                    items.stream()
                            .map(ViciValue::display)
                            .collect(Collectors.joining(" ", name + "=[", "]"));
        };
    }

    /// One element per line, two blanks per level, braces included; no line feed at the end.
    public static String pretty(ViciMessage message) {
        var out = new StringBuilder("{\n");
        pretty(out, "  ", message);
        return out.append('}').toString();
    }

    private static void pretty(StringBuilder out, String indent, ViciMessage message) {
        for (Element element : message.elements()) {
            out.append(indent).append(element.name());
            switch (element) {
                case KeyValue(_, var value) -> out.append(" = ").append(value.display());
                case ItemList(_, var items) -> items(out.append(" = [\n"), indent, items);
                case Section(_, var body) -> {
                    pretty(out.append(" {\n"), indent + "  ", body);
                    out.append(indent).append('}');
                }
            }
            out.append('\n');
        }
    }

    private static void items(StringBuilder out, String indent, List<ViciValue> items) {
        for (ViciValue item : items) {
            out.append(indent).append("  ").append(item.display()).append('\n');
        }
        out.append(indent).append(']');
    }
}
