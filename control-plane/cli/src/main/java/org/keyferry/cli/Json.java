package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.ItemList;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciValue;

/// JSON of VICI messages, under VICI's own names: numbers as numbers, flags as true.
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private static final Set<String> NUMBERS =
            Set.of(
                    "uniqueid",
                    "reqid",
                    "local-port",
                    "remote-port",
                    "local_port",
                    "remote_port",
                    "encr-keysize",
                    "integ-keysize",
                    "established",
                    "rekey-time",
                    "reauth-time",
                    "life-time",
                    "install-time",
                    "bytes-in",
                    "packets-in",
                    "use-in",
                    "bytes-out",
                    "packets-out",
                    "use-out",
                    "reauth_time",
                    "rekey_time",
                    "rekey_bytes",
                    "rekey_packets",
                    "dpd_delay",
                    "dpd_timeout",
                    "priority",
                    "cpu",
                    "level",
                    "thread",
                    "ikesa-uniqueid",
                    "size",
                    "online",
                    "offline");

    private static final Set<String> FLAGS =
            Set.of(
                    "initiator",
                    "nat-local",
                    "nat-remote",
                    "nat-fake",
                    "nat-any",
                    "ppk",
                    "ppk_required",
                    "encap",
                    "tcp",
                    "esn",
                    "per-cpu-sas");

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,18}");

    private Json() {}

    /// Something that writes one JSON value.
    @FunctionalInterface
    interface Body {
        void write(JsonGenerator generator) throws IOException;
    }

    /// One value over many lines.
    static void print(PrintWriter out, Body body) throws IOException {
        write(out, body, true);
    }

    /// One value on a line of its own, flushed: for streams.
    static void printLine(PrintWriter out, Body body) throws IOException {
        write(out, body, false);
        out.flush();
    }

    private static void write(PrintWriter out, Body body, boolean pretty) throws IOException {
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            if (pretty) {
                generator.useDefaultPrettyPrinter();
            }
            body.write(generator);
        }
        out.println();
    }

    static void object(JsonGenerator generator, ViciMessage message) throws IOException {
        generator.writeStartObject();
        fields(generator, message);
        generator.writeEndObject();
    }

    /// The fields of an object that is already begun.
    static void fields(JsonGenerator generator, ViciMessage message) throws IOException {
        for (ViciMessage.Element element : message.elements()) {
            generator.writeFieldName(element.name());
            switch (element) {
                case KeyValue(var name, var value) -> value(generator, name, value);
                case Section(_, var body) -> object(generator, body);
                case ItemList(_, var items) -> {
                    generator.writeStartArray();
                    for (ViciValue item : items) {
                        generator.writeString(item.text());
                    }
                    generator.writeEndArray();
                }
            }
        }
    }

    /// An object in which every value that reads as a decimal number is one.
    static void numbers(JsonGenerator generator, ViciMessage message) throws IOException {
        generator.writeStartObject();
        for (ViciMessage.Element element : message.elements()) {
            switch (element) {
                case KeyValue(var name, var value) when DECIMAL.matcher(value.text()).matches() ->
                        generator.writeNumberField(name, Long.parseLong(value.text()));
                case Section(var name, var body) -> {
                    generator.writeFieldName(name);
                    numbers(generator, body);
                }
                default -> fields(generator, new ViciMessage(List.of(element)));
            }
        }
        generator.writeEndObject();
    }

    /// The elements that are not said again elsewhere, in another shape.
    static ViciMessage without(String name, Optional<ViciMessage> message) {
        return new ViciMessage(
                message.orElse(ViciMessage.EMPTY).elements().stream()
                        .filter(element -> !element.name().equals(name))
                        .toList());
    }

    private static void value(JsonGenerator generator, String name, ViciValue value)
            throws IOException {
        var number = value.number();
        if (NUMBERS.contains(name) && number.isPresent()) {
            generator.writeNumber(number.getAsLong());
        } else if (FLAGS.contains(name)) {
            String text = value.text();
            generator.writeBoolean(text.equals("yes") || text.equals("1"));
        } else {
            generator.writeString(value.text());
        }
    }
}
