package org.keyferry.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.daemon.config.ConnectionChange.ChildChange;
import org.keyferry.daemon.config.ConnectionChange.Kind;
import org.keyferry.settings.ConnectionDefaults;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.SwanctlConf;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;

class ConnectionChangeTest {
    private static final String CHILDREN = "a { local_ts = 10.1.0.0/16 }\n b { }";

    private static Connection connection(String options, String children) throws Exception {
        String text =
                """
                connections { gw {
                  %s
                  local { auth = psk }
                  remote { auth = psk }
                  children { %s }
                } }
                """
                        .formatted(options, children);
        var tree =
                SettingsParser.parse(
                        Path.of("test"), text.getBytes(StandardCharsets.UTF_8), FileSource.DISK);
        return SwanctlConf.read(tree, ConnectionDefaults.supporting(_ -> true))
                .connections()
                .getFirst();
    }

    private static ConnectionChange change(Connection before, Connection now) {
        return new ConnectionChange(Optional.of(before), Optional.of(now));
    }

    private static List<String> names(List<Child> children) {
        return children.stream().map(Child::name).toList();
    }

    @Test
    void theSameTextChangesNothing() throws Exception {
        var change = change(connection("", CHILDREN), connection("", CHILDREN));
        assertEquals(Kind.UNCHANGED, change.kind());
        assertEquals(List.of(), change.changedOptions());
        assertEquals(List.of(), change.undone());
        assertEquals(List.of(), change.started());
    }

    @Test
    void childrenThatStayAreLeftAlone() throws Exception {
        var change =
                change(
                        connection("", CHILDREN + "\n old { }"),
                        connection("", "a { local_ts = 10.9.0.0/16 }\n b { }\n new { }"));
        assertEquals(Kind.CHILDREN, change.kind());
        assertEquals(List.of("children.a.local_ts"), change.changedOptions());
        assertEquals(
                Map.of(
                        "a", ChildChange.CHANGED,
                        "b", ChildChange.UNCHANGED,
                        "new", ChildChange.ADDED,
                        "old", ChildChange.REMOVED),
                change.children());
        assertEquals(List.of("a", "old"), names(change.undone()));
        assertEquals(List.of("a", "new"), names(change.started()));
    }

    @Test
    void anotherConnectionStartsAllItsChildrenAnew() throws Exception {
        var change = change(connection("", CHILDREN), connection("rekey_time = 1h", CHILDREN));
        assertEquals(Kind.REPLACED, change.kind());
        assertEquals(List.of("a", "b"), names(change.undone()));
        assertEquals(List.of("a", "b"), names(change.started()));
    }

    @ParameterizedTest
    @CsvSource({
        "keyingtries = 3,             keyingtries",
        "local_addrs = 192.0.2.1,     local_addrs",
        "proposals = aes256-sha256-x25519, proposals",
        "dpd_delay = 10s,             dpd_delay",
        "unique = replace,            unique",
    })
    void optionsHaveTheNamesOfTheFile(String option, String name) throws Exception {
        var change = change(connection("", ""), connection(option, ""));
        assertEquals(List.of(name), change.changedOptions());
    }

    @ParameterizedTest
    @CsvSource({
        "esp_proposals = aes128gcm16, children.c.esp_proposals",
        "priority = 7,                children.c.priority",
        "interface = eth0,            children.c.interface",
        "start_action = start,        children.c.start_action",
        "hw_offload = auto,           children.c.hw_offload",
        "tfc_padding = 100,           children.c.tfc_padding",
        "rand_bytes = 10,             children.c.rand_bytes",
    })
    void optionsOfChildrenHaveTheirPath(String option, String name) throws Exception {
        var change = change(connection("", "c { }"), connection("", "c { " + option + "\n }"));
        assertEquals(List.of(name), change.changedOptions());
    }

    @Test
    void whatIsNewStartsAndWhatIsGoneIsUndone() throws Exception {
        Connection connection = connection("", CHILDREN);
        var added = new ConnectionChange(Optional.empty(), Optional.of(connection));
        var removed = new ConnectionChange(Optional.of(connection), Optional.empty());
        assertEquals(Kind.ADDED, added.kind());
        assertEquals(List.of("a", "b"), names(added.started()));
        assertEquals(List.of(), added.undone());
        assertEquals(Kind.REMOVED, removed.kind());
        assertEquals(List.of("a", "b"), names(removed.undone()));
        assertEquals(List.of(), removed.started());
    }
}
