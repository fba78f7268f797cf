package org.keyferry.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.keyferry.daemon.config.BrokenFiles.Case;
import org.keyferry.daemon.creds.TokenSource;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.log.LogLine;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.LoadedConf;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.StrongswanConf;
import org.keyferry.settings.SwanctlConf;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SharedSecret;

/// A configuration with a mistake is refused with its place and reason, and changes nothing.
class BrokenFilesTest {
    private static final StrongswanConf DEFAULTS = defaults();

    @TempDir private Path directory;
    private final List<String> logged = new ArrayList<>();
    private final ConfigStore store = new ConfigStore();

    private static StrongswanConf defaults() {
        try {
            return StrongswanConf.of(
                    SettingsParser.parse(Path.of("none"), new byte[0], FileSource.DISK));
        } catch (SettingsException e) {
            throw new AssertionError(e);
        }
    }

    static List<Case> cases() {
        return BrokenFiles.all();
    }

    @Test
    void thereAreManyOfThemAndNoneTwice() {
        List<Case> all = cases();
        assertTrue(all.size() >= 200, "only " + all.size());
        var names = new HashSet<String>();
        all.forEach(broken -> assertTrue(names.add(broken.name()), broken.name()));
    }

    @Test
    void whatTheyAreMadeOfIsGood() throws Exception {
        write(BrokenFiles.goodFiles());
        assertTrue(store.connections().isEmpty());
        load();
        assertEquals(
                List.of("office", "branch"),
                store.connections().stream().map(Connection::name).toList());
        assertEquals(
                List.of("ike-office"), store.secrets().stream().map(SharedSecret::id).toList());
        assertEquals(List.of(), logged);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachIsRefusedWithItsPlaceAndReason(Case broken) throws Exception {
        write(broken.files());
        var refusal =
                assertThrows(
                        SettingsException.class,
                        () -> SwanctlConf.load(main(), SwanctlFile.defaults(DEFAULTS)));
        assertEquals(directory.resolve(broken.file()).toString(), source(refusal));
        assertEquals(broken.line(), refusal.origin().line(), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(broken.words()), refusal.getMessage());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachLeavesWhatRunsAsItWasAndIsLogged(Case broken) throws Exception {
        write(BrokenFiles.goodFiles());
        load();
        List<Connection> connections = store.connections();
        List<SharedSecret> secrets = store.secrets();
        write(broken.files());
        load();
        assertEquals(connections, store.connections());
        assertEquals(secrets.size(), store.secrets().size());
        for (int i = 0; i < secrets.size(); i++)
            assertEquals(secrets.get(i).id(), store.secrets().get(i).id());
        String place =
                directory.resolve(broken.file()) + (broken.line() == 0 ? "" : ":" + broken.line());
        assertTrue(
                logged.stream()
                        .anyMatch(l -> l.contains(place + ":") && l.contains(broken.words())),
                logged::toString);
    }

    @Test
    void aConnectionThatBecameGoodAgainIsTaken() throws Exception {
        write(BrokenFiles.goodFiles());
        load();
        List<Connection> before = store.connections();
        String text = Files.readString(main());
        Files.writeString(main(), text.replace("192.0.2.2", "192.0.2.300"));
        load();
        assertEquals(before, store.connections());
        Files.writeString(main(), text.replace("192.0.2.2", "192.0.2.30"));
        load();
        assertNotEquals(before, store.connections());
        Files.writeString(main(), text.replace("branch {", "other {"));
        load();
        assertEquals(
                List.of("office", "other"),
                store.connections().stream().map(Connection::name).toList());
    }

    private Path main() {
        return directory.resolve(BrokenFiles.MAIN);
    }

    private static String source(SettingsException refusal) {
        return Path.of(refusal.origin().source()).normalize().toString();
    }

    private void write(Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.deleteIfExists(path);
            if (file.getValue() == null) Files.createDirectory(path);
            else Files.write(path, file.getValue());
        }
    }

    /// As the daemon does on SIGHUP.
    private void load() {
        try (var log = new Log()) {
            log.use(List.of());
            log.listen(
                    new Log.Listener() {
                        @Override
                        public boolean wants(Group group, int level, int ikeUniqueId) {
                            return level == 0;
                        }

                        @Override
                        public void line(LogLine line) {
                            logged.add(line.message());
                        }
                    });
            LoadedConf loaded = new SwanctlFile(TokenSource.NONE, log).load(main(), DEFAULTS);
            store.replaceFile(loaded);
        } catch (SettingsException e) {
            logged.add(e.getMessage());
        }
    }
}
