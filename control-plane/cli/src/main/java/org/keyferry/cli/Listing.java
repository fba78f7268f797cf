package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;

/// Sections that a daemon streams, one or more in each event.
final class Listing {
    private Listing() {}

    static List<Section> fetch(ViciClient client, String command, String event, ViciMessage request)
            throws ViciException {
        var found = new ArrayList<Section>();
        client.stream(command, event, request, message -> found.addAll(message.sections()));
        return found;
    }

    /// An array of objects, each with the section's name as its first field.
    static void write(JsonGenerator generator, List<Section> sections) throws IOException {
        generator.writeStartArray();
        for (Section section : sections) {
            generator.writeStartObject();
            generator.writeStringField("name", section.name());
            Json.fields(generator, section.body());
            generator.writeEndObject();
        }
        generator.writeEndArray();
    }
}
