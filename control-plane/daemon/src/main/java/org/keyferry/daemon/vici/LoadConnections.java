package org.keyferry.daemon.vici;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.config.ConnectionChange;
import org.keyferry.daemon.config.EngineLimits;
import org.keyferry.daemon.config.EngineLimits.Refusal;
import org.keyferry.daemon.config.SwanctlFile;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.CertificateFiles;
import org.keyferry.settings.ConfigSection;
import org.keyferry.settings.ConfigSection.Item;
import org.keyferry.settings.ConnectionReader;
import org.keyferry.settings.Origin;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.model.Connection;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.ItemList;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciRequest;
import org.keyferry.vici.ViciValue;

/// `load-conn` and `unload-conn`.
final class LoadConnections {
    /// Where certificates lie that a client names by their file.
    private static final Path SWANCTL = Path.of("/etc/swanctl");

    private static final Origin CLIENT = new Origin("VICI client", 0);

    private final Commands.Parts parts;

    LoadConnections(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("load-conn", this::load, "unload-conn", this::unload);
    }

    private ViciMessage load(ViciRequest request) {
        for (Section section : request.message().sections()) {
            Optional<String> mistake = load(section);
            if (mistake.isPresent()) {
                parts.log().log(Group.CFG, 0, "%s: %s", section.name(), mistake.get());
                return ViciMessage.failure(mistake.get());
            }
        }
        return ViciMessage.success();
    }

    /// @return why it was refused
    private Optional<String> load(Section section) {
        try {
            accept(read(parts, section));
            return Optional.empty();
        } catch (Refused e) {
            return Optional.of(e.getMessage());
        }
    }

    /// A connection that cannot be loaded; the message is the answer's.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    /// The connection that a section of a request describes.
    static Connection read(Commands.Parts parts, Section section) throws Refused {
        Connection connection;
        try {
            connection =
                    ConnectionReader.read(
                            configSection(section.name(), section.body()),
                            SwanctlFile.defaults(parts.daemon().conf().charon())
                                    .with(
                                            CertificateFiles.under(SWANCTL)
                                                    .with(parts.tokens()::certificate)),
                            warning -> parts.log().log(Group.CFG, 1, "%s", warning));
        } catch (SettingsException e) {
            throw new Refused(inCharonsWords(e));
        }
        Optional<Refusal> refusal = EngineLimits.refusal(connection);
        if (refusal.isPresent()) {
            throw new Refused(refusal.get() + ", config discarded");
        }
        return connection;
    }

    private void accept(Connection connection) {
        ConnectionChange change = parts.reload().load(connection);
        switch (change.kind()) {
            case ADDED -> parts.log().log(Group.CFG, 1, "added vici connection: %s", change.name());
            case UNCHANGED ->
                    parts.log().log(Group.CFG, 2, "vici connection as before: %s", change.name());
            case CHILDREN, REPLACED ->
                    parts.log().log(
                            Group.CFG,
                            1,
                            "updated vici connection: %s (%s)",
                            change.name(),
                            String.join(", ", change.changedOptions()));
            case REMOVED -> throw new IllegalStateException("loading removes nothing");
        }
    }

    private static String inCharonsWords(SettingsException mistake) {
        String key = mistake.key();
        return switch (mistake.problem()) {
            case UNKNOWN_OPTION ->
                    mistake.reason().contains("section")
                            ? "invalid section: " + key
                            : "unknown option: " + key + ", config discarded";
            case INVALID_VALUE -> "invalid value for: " + key + ", config discarded";
            case NOT_SUPPORTED -> key + ": " + mistake.reason() + ", config discarded";
            case UNREADABLE, SYNTAX -> mistake.getMessage();
        };
    }

    static ConfigSection configSection(String name, ViciMessage body) {
        var items = new ArrayList<Item>();
        var sections = new ArrayList<ConfigSection>();
        for (ViciMessage.Element element : body.elements()) {
            switch (element) {
                case KeyValue(String key, ViciValue value) ->
                        items.add(new Item(key, false, List.of(value.display()), CLIENT));
                case ItemList(String key, List<ViciValue> values) ->
                        items.add(
                                new Item(
                                        key,
                                        true,
                                        values.stream().map(ViciValue::display).toList(),
                                        CLIENT));
                case Section(String inner, ViciMessage content) ->
                        sections.add(configSection(inner, content));
            }
        }
        return new ConfigSection(name, CLIENT, items, sections);
    }

    private ViciMessage unload(ViciRequest request) {
        Optional<String> name = request.message().getString("name");
        if (name.isEmpty()) {
            return ViciMessage.failure("unload: missing connection name");
        }
        if (!parts.reload().unload(name.get())) {
            return ViciMessage.failure("unload: connection '" + name.get() + "' not found");
        }
        parts.log().log(Group.CFG, 1, "removed vici connection: %s", name.get());
        return ViciMessage.success();
    }
}
