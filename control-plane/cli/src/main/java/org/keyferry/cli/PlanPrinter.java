package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.keyferry.cli.load.Change;
import org.keyferry.cli.load.ConnectionPlan;
import org.keyferry.cli.load.ConnectionPlan.Replaced;
import org.keyferry.cli.load.ConnectionPlan.Touched;
import org.keyferry.cli.load.Kind;
import org.keyferry.cli.load.LoadFailure;
import org.keyferry.cli.load.Plan;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;

/// What `keyferry load --dry-run` prints.
record PlanPrinter(Plan plan) {
    private static final Map<String, String> ACTIONS =
            Map.of(
                    "close", "closed",
                    "uninstall-trap", "trap uninstalled",
                    "install-trap", "trap installed",
                    "initiate", "brought up");

    /// How a change is marked, and in which colour.
    private enum Mark {
        PLUS("+"),
        TILDE("~"),
        MINUS("-");

        private final String sign;

        Mark(String sign) {
            this.sign = sign;
        }

        String in(Style style) {
            return switch (this) {
                case PLUS -> style.good(sign);
                case TILDE -> style.warn(sign);
                case MINUS -> style.bad(sign);
            };
        }
    }

    void print(PrintWriter out, Style style) {
        for (Kind kind : Kind.values()) {
            printChanges(out, style, kind);
        }
        plan.connections().ifPresent(connections -> print(out, style, connections));
    }

    private void printChanges(PrintWriter out, Style style, Kind kind) {
        int unchanged = 0;
        for (Change change : plan.changes()) {
            if (change.kind() != kind) {
                continue;
            }
            switch (change.fate()) {
                case UNCHANGED -> unchanged++;
                case ADDED -> line(out, style, Mark.PLUS, change, "added");
                case REPLACED -> line(out, style, Mark.TILDE, change, "replaced");
                case LOADED_AGAIN -> line(out, style, Mark.TILDE, change, "loaded again");
                case REMOVED -> line(out, style, Mark.MINUS, change, "removed");
            }
        }
        if (unchanged > 0) {
            out.println("  " + LoadReport.count(kind, unchanged) + " unchanged");
        }
    }

    private static void line(PrintWriter out, Style style, Mark mark, Change change, String fate) {
        String details =
                change.details().isEmpty() ? "" : ": " + String.join(", ", change.details());
        out.printf(
                "%s %s %s  %s%s%n",
                mark.in(style),
                change.kind().singular(),
                style.strong(change.name()),
                fate,
                details);
    }

    private void print(PrintWriter out, Style style, ConnectionPlan connections) {
        for (String name : connections.added()) {
            line(out, style, Mark.PLUS, connection(name), "added");
        }
        for (Replaced replaced : connections.replaced()) {
            var change =
                    new Change(
                            Kind.CONNECTION,
                            replaced.name(),
                            Change.Fate.REPLACED,
                            replaced.changed());
            line(out, style, Mark.TILDE, change, "replaced");
            replaced.children()
                    .forEach((child, fate) -> out.println("    child " + child + "  " + fate));
        }
        for (String name : connections.removed()) {
            line(out, style, Mark.MINUS, connection(name), "removed");
        }
        int unchanged = connections.unchanged().size();
        if (unchanged > 0) {
            out.println("  " + LoadReport.count(Kind.CONNECTION, unchanged) + " unchanged");
        }
        for (Touched touched : connections.touched()) {
            out.printf("! %s  %s%n", style.strong(name(touched)), done(style, touched));
        }
        List<String> untouched = untouched(connections);
        untouched.forEach(sa -> out.println("  " + sa + "  untouched"));
        out.println(conclusion(connections));
    }

    private static Change connection(String name) {
        return new Change(Kind.CONNECTION, name, Change.Fate.ADDED, List.of());
    }

    /// `gw[1] net{5}`, as the log names SAs; without numbers for what has none.
    private static String name(Touched touched) {
        String ike =
                touched.ikeId().isEmpty()
                        ? touched.ike()
                        : touched.ike() + "[" + touched.ikeId() + "]";
        if (touched.child().isEmpty()) {
            return ike;
        }
        return ike
                + " "
                + touched.child()
                + (touched.childId().isEmpty() ? "" : "{" + touched.childId() + "}");
    }

    private static String done(Style style, Touched touched) {
        String words = ACTIONS.getOrDefault(touched.action(), touched.action());
        return touched.action().equals("close") ? style.bad(words) : words;
    }

    /// SAs that stay although their connection changes.
    private List<String> untouched(ConnectionPlan connections) {
        var changing = new HashSet<>(connections.removed());
        connections.replaced().forEach(replaced -> changing.add(replaced.name()));
        var closed = new HashSet<String>();
        connections.touched().stream()
                .filter(touched -> touched.action().equals("close"))
                .forEach(
                        touched ->
                                closed.add(
                                        touched.child().isEmpty()
                                                ? "ike " + touched.ikeId()
                                                : "child " + touched.childId()));
        var untouched = new ArrayList<String>();
        for (Section sa : plan.ikeSas()) {
            String id = sa.body().getString("uniqueid", "?");
            if (!changing.contains(sa.name()) || closed.contains("ike " + id)) {
                continue;
            }
            untouched.add(sa.name() + "[" + id + "]");
            Tunnels.childSas(sa.body())
                    .filter(child -> !closed.contains("child " + childId(child)))
                    .map(child -> child.getString("name", "?") + "{" + childId(child) + "}")
                    .forEach(child -> untouched.add(sa.name() + "[" + id + "] " + child));
        }
        return untouched;
    }

    private static String childId(ViciMessage child) {
        return child.getString("uniqueid", "?");
    }

    private String conclusion(ConnectionPlan connections) {
        long closed =
                connections.touched().stream().filter(t -> t.action().equals("close")).count();
        String sas = Text.counted(plan.ikeSas().size(), "IKE SA") + " running; ";
        return sas
                + (closed == 0
                        ? "no SA would be closed"
                        : Text.counted(closed, "SA") + " would be closed");
    }

    void write(JsonGenerator generator, List<LoadFailure> failures) throws IOException {
        generator.writeStartObject();
        generator.writeBooleanField("planned", plan.cannotPlan().isEmpty());
        generator.writeArrayFieldStart("changes");
        for (Change change : plan.changes()) {
            generator.writeStartObject();
            generator.writeStringField("kind", change.kind().singular());
            generator.writeStringField("name", change.name());
            generator.writeStringField(
                    "fate", change.fate().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            strings(generator, "details", change.details());
            generator.writeEndObject();
        }
        generator.writeEndArray();
        if (plan.connections().isPresent()) {
            generator.writeFieldName("connections");
            write(generator, plan.connections().get());
        }
        LoadReport.write(generator, failures);
        generator.writeEndObject();
    }

    private void write(JsonGenerator generator, ConnectionPlan connections) throws IOException {
        generator.writeStartObject();
        strings(generator, "added", connections.added());
        strings(generator, "removed", connections.removed());
        strings(generator, "unchanged", connections.unchanged());
        generator.writeObjectFieldStart("replaced");
        for (Replaced replaced : connections.replaced()) {
            generator.writeObjectFieldStart(replaced.name());
            strings(generator, "changed", replaced.changed());
            generator.writeObjectFieldStart("children");
            for (var child : replaced.children().entrySet()) {
                generator.writeStringField(child.getKey(), child.getValue());
            }
            generator.writeEndObject();
            generator.writeEndObject();
        }
        generator.writeEndObject();
        generator.writeArrayFieldStart("touched");
        for (Touched touched : connections.touched()) {
            generator.writeStartObject();
            generator.writeStringField("ike", touched.ike());
            fieldIfAny(generator, "ike-id", touched.ikeId());
            fieldIfAny(generator, "child", touched.child());
            fieldIfAny(generator, "child-id", touched.childId());
            generator.writeStringField("action", touched.action());
            generator.writeEndObject();
        }
        generator.writeEndArray();
        strings(generator, "untouched", untouched(connections));
        generator.writeEndObject();
    }

    private static void fieldIfAny(JsonGenerator generator, String name, String value)
            throws IOException {
        if (!value.isEmpty()) {
            generator.writeStringField(name, value);
        }
    }

    private static void strings(JsonGenerator generator, String field, List<String> items)
            throws IOException {
        generator.writeArrayFieldStart(field);
        for (String item : items) {
            generator.writeString(item);
        }
        generator.writeEndArray();
    }
}
