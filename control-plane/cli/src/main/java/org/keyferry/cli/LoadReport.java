package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.keyferry.cli.load.Kind;
import org.keyferry.cli.load.LoadFailure;
import org.keyferry.cli.load.Report;

/// Tells mistakes as they come and the rest in the end.
final class LoadReport implements Report {
    private final PrintWriter err;
    private final Progress progress;
    private final Map<Kind, List<String>> loaded = new EnumMap<>(Kind.class);
    private final Map<Kind, List<String>> removed = new EnumMap<>(Kind.class);
    private final List<LoadFailure> failures = new ArrayList<>();

    LoadReport(PrintWriter err, Progress progress) {
        this.err = err;
        this.progress = progress;
    }

    @Override
    public void loaded(Kind kind, String name) {
        loaded.computeIfAbsent(kind, _ -> new ArrayList<>()).add(name);
    }

    @Override
    public void removed(Kind kind, String name) {
        removed.computeIfAbsent(kind, _ -> new ArrayList<>()).add(name);
    }

    @Override
    public void failed(LoadFailure failure) {
        progress.pause();
        failures.add(failure);
        err.println("keyferry: " + failure.getMessage());
    }

    @Override
    public void note(String text) {
        progress.pause();
        err.println("keyferry: note: " + text);
    }

    @Override
    public void progress(Kind kind, int done, int total) {
        progress.at("loading " + kind.plural(), done, total);
    }

    void finish() {
        progress.pause();
        err.flush();
    }

    List<LoadFailure> failures() {
        return failures;
    }

    void print(PrintWriter out) {
        out.println("loaded: " + (loaded.isEmpty() ? "nothing" : counts(loaded)));
        removed.forEach(
                (kind, names) ->
                        names.forEach(
                                name -> out.println("removed: " + kind.singular() + " " + name)));
        if (!failures.isEmpty()) {
            out.println("failed: " + failures.size());
        }
    }

    static String count(Kind kind, int count) {
        return count + " " + (count == 1 ? kind.singular() : kind.plural());
    }

    private static String counts(Map<Kind, List<String>> names) {
        return names.entrySet().stream()
                .map(entry -> count(entry.getKey(), entry.getValue().size()))
                .collect(Collectors.joining(", "));
    }

    void write(JsonGenerator generator) throws IOException {
        generator.writeStartObject();
        write(generator, "loaded", loaded);
        write(generator, "removed", removed);
        write(generator, failures);
        generator.writeEndObject();
    }

    private static void write(JsonGenerator generator, String field, Map<Kind, List<String>> names)
            throws IOException {
        generator.writeObjectFieldStart(field);
        for (var entry : names.entrySet()) {
            generator.writeArrayFieldStart(entry.getKey().plural());
            for (String name : entry.getValue()) {
                generator.writeString(name);
            }
            generator.writeEndArray();
        }
        generator.writeEndObject();
    }

    /// The field `failed` of an object that is already begun.
    static void write(JsonGenerator generator, List<LoadFailure> failures) throws IOException {
        generator.writeArrayFieldStart("failed");
        for (LoadFailure failure : failures) {
            generator.writeStartObject();
            generator.writeStringField("what", failure.what());
            generator.writeStringField("file", failure.origin().source());
            if (failure.origin().line() > 0) {
                generator.writeNumberField("line", failure.origin().line());
            }
            generator.writeStringField("reason", failure.reason());
            generator.writeEndObject();
        }
        generator.writeEndArray();
    }
}
