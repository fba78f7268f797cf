package org.keyferry.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciPacket;

/// Events as lines: for people, and as JSON.
final class EventLines {
    private EventLines() {}

    static void json(PrintWriter out, ViciPacket.Event event) {
        String now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        try {
            Json.printLine(
                    out,
                    generator -> {
                        generator.writeStartObject();
                        generator.writeStringField("event", event.event());
                        generator.writeStringField("time", now);
                        Json.fields(generator, event.message());
                        generator.writeEndObject();
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(ViciPacket.Event event) {
        ViciMessage message = event.message();
        return switch (event.event()) {
            case "ike-updown" ->
                    upOrDown(message) + sas(message, sa -> ike(sa) + "  " + ends(sa.body()));
            case "child-updown" -> upOrDown(message) + sas(message, EventLines::children);
            case "ike-rekey" ->
                    "rekeyed  " + sas(message, sa -> replaced(sa.name(), sa.body(), "[", "]"));
            case "child-rekey" -> "rekeyed  " + sas(message, EventLines::rekeyedChildren);
            case "ike-update" ->
                    "moved    "
                            + sas(message, sa -> ike(sa) + "  " + ends(sa.body()))
                            + "  to  "
                            + hosts(message);
            case "alert" ->
                    message.getString("type", "?")
                            + message.section("ike-sa")
                                    .map(body -> "  " + sas(body, EventLines::ike))
                                    .orElse("");
            default -> sas(message, EventLines::ike);
        };
    }

    private static String upOrDown(ViciMessage message) {
        return message.getBool("up", false) ? "up       " : "down     ";
    }

    /// What is said of each IKE SA in the message.
    private static String sas(
            ViciMessage message, java.util.function.Function<Section, String> words) {
        return message.sections().stream().map(words).collect(Collectors.joining(", "));
    }

    private static String ike(Section sa) {
        return sa.name() + "[" + sa.body().getString("uniqueid", "?") + "]";
    }

    private static String ends(ViciMessage sa) {
        return hosts(sa) + "  '" + id(sa, "local-id") + "' === '" + id(sa, "remote-id") + "'";
    }

    private static String hosts(ViciMessage message) {
        return "%s[%s] === %s[%s]"
                .formatted(
                        message.getString("local-host", "?"),
                        message.getString("local-port", "?"),
                        message.getString("remote-host", "?"),
                        message.getString("remote-port", "?"));
    }

    private static String id(ViciMessage sa, String key) {
        return sa.getValue(key).map(value -> value.text()).orElse("?");
    }

    private static Stream<Section> childSas(Section sa) {
        return sa.body().section("child-sas").stream().flatMap(body -> body.sections().stream());
    }

    private static String children(Section sa) {
        return childSas(sa)
                .map(child -> ike(sa) + " " + child(child.body()))
                .collect(Collectors.joining(", "));
    }

    private static String child(ViciMessage child) {
        return "%s{%s}  %s === %s  SPIs %s in, %s out"
                .formatted(
                        child.getString("name", "?"),
                        child.getString("uniqueid", "?"),
                        String.join(" ", child.getStrings("local-ts")),
                        String.join(" ", child.getStrings("remote-ts")),
                        child.getString("spi-in", "-"),
                        child.getString("spi-out", "-"));
    }

    private static String rekeyedChildren(Section sa) {
        return childSas(sa)
                .map(child -> ike(sa) + " " + replaced(child.name(), child.body(), "{", "}"))
                .collect(Collectors.joining(", "));
    }

    private static String replaced(String name, ViciMessage body, String open, String close) {
        return name
                + open
                + body.getString("old.uniqueid", "?")
                + close
                + " by "
                + name
                + open
                + body.getString("new.uniqueid", "?")
                + close;
    }
}
