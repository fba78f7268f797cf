package org.keyferry.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.daemon.creds.TokenSource;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.log.LogLine;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.LoadedConf;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.StrongswanConf;
import org.keyferry.settings.model.Connection;

class SwanctlFileTest {
    private static final String GOOD =
            """
            connections {
              good {
                remote_addrs = 192.0.2.1
                local { auth = psk }
                remote { auth = psk }
                children { net { } }
              }
            }
            """;

    @TempDir private Path directory;
    private final List<String> logged = new ArrayList<>();

    private LoadedConf load(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("swanctl.conf"), text);
        var defaults = SettingsParser.parse(Path.of("none"), new byte[0], FileSource.DISK);
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
            return new SwanctlFile(TokenSource.NONE, log).load(file, StrongswanConf.of(defaults));
        }
    }

    private static List<String> names(LoadedConf loaded) {
        return loaded.connections().stream().map(Connection::name).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    children { c { mode = beet,ipcomp = yes } } | children.c.ipcomp: the kernel has no
                    """)
    void aConnectionThatAsksForTooMuchIsRefusedAloneAndByName(String option, String reason)
            throws Exception {
        String bad =
                """
                connections { bad {
                  remote_addrs = 192.0.2.2
                  local-1 { auth = psk }
                  remote { auth = psk }
                  %s
                } }
                """
                        .formatted(option.replace(",", "\n"));
        assertEquals(List.of("good"), names(load(bad + GOOD)));
        assertEquals(1, logged.size());
        assertTrue(
                logged.getFirst().contains("connection 'bad' refused: " + reason),
                logged.getFirst());
    }

    @Test
    void aMistakeInOneConnectionIsToldWithFileAndLine() throws Exception {
        String bad =
                """
                connections { bad {
                  local { auth = psk }
                  rekey_tiem = 1h
                  remote { auth = psk } } }
                """;
        assertEquals(List.of("good"), names(load(bad + GOOD)));
        String where = directory.resolve("swanctl.conf") + ":3: rekey_tiem: unknown option";
        assertEquals(List.of("connection refused: " + where), logged);
    }

    @Test
    void brokenGrammarRefusesTheWholeFile() {
        var e = assertThrows(SettingsException.class, () -> load(GOOD + "connections {"));
        assertTrue(e.getMessage().contains("swanctl.conf:9"), e.getMessage());
    }
}
