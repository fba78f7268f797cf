package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/// To whom a state or policy of the kernel belongs.
sealed interface Owner {
    /// A connection and child of the daemon's.
    ///
    /// @param childSaId the child SA's unique id, empty for policies without an SA
    record Child(String connection, String child, String childSaId) implements Owner {}

    /// The daemon does not know it.
    record Foreign() implements Owner {}

    /// The policy of one socket, such as those that let IKE itself pass.
    record Socket() implements Owner {}

    /// There was no daemon to ask.
    record Unknown() implements Owner {}

    /// `gw/net #5`.
    default String text() {
        return switch (this) {
            case Child(var connection, var child, var id) ->
                    connection + "/" + child + (id.isEmpty() ? "" : " #" + id);
            case Foreign() -> "foreign";
            case Socket() -> "socket";
            case Unknown() -> "unknown";
        };
    }

    /// Writes the field `owner`, and for a child its parts.
    default void write(JsonGenerator generator) throws IOException {
        generator.writeObjectFieldStart("owner");
        switch (this) {
            case Child(var connection, var child, var id) -> {
                generator.writeStringField("kind", "child");
                generator.writeStringField("connection", connection);
                generator.writeStringField("child", child);
                if (!id.isEmpty()) {
                    generator.writeStringField("child-sa", id);
                }
            }
            case Foreign _, Socket _, Unknown _ -> generator.writeStringField("kind", text());
        }
        generator.writeEndObject();
    }
}
