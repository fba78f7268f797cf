package org.keyferry.daemon.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.Logging.Levels;
import org.keyferry.settings.Logging.LogFile;

class LogTest {
    @TempDir private Path directory;

    private LogSink file(String name, int level, Map<String, Integer> groups) throws IOException {
        return StreamSink.open(
                new LogFile(
                        directory.resolve(name).toString(),
                        new Levels(level, groups),
                        true,
                        true,
                        false,
                        false,
                        false,
                        Optional.empty(),
                        "s"));
    }

    private List<String> lines(String name) throws Exception {
        return Files.readAllLines(directory.resolve(name));
    }

    @Test
    void eachFileGetsTheGroupsAndLevelsItAsksFor() throws Exception {
        try (var log = new Log()) {
            log.use(List.of(file("all", 1, Map.of()), file("ike", -1, Map.of("ike", 2))));
            log.log(Group.IKE, 1, "first %d", 1);
            log.log(Group.IKE, 2, "second");
            log.log(Group.CFG, 1, "third 100%");
            assertEquals(List.of("00[IKE] first 1", "00[CFG] third 100%"), lines("all"));
            assertEquals(List.of("00[IKE] first 1", "00[IKE] second"), lines("ike"));
        }
    }

    @Test
    void otherSinksCanBeTakenWhileRunning() throws Exception {
        try (var log = new Log()) {
            log.use(List.of(file("before", 1, Map.of())));
            log.log(Group.DMN, 1, "one");
            log.use(List.of(file("after", 1, Map.of())));
            log.log(Group.DMN, 1, "two");
            assertEquals(List.of("00[DMN] one"), lines("before"));
            assertEquals(List.of("00[DMN] two"), lines("after"));
        }
    }

    @Test
    void listenersGetWhatNoSinkPrints() {
        try (var log = new Log()) {
            log.use(List.of());
            var heard = new ArrayList<LogLine>();
            log.listen(
                    new Log.Listener() {
                        @Override
                        public boolean wants(Group group, int level, int ikeUniqueId) {
                            return group == Group.CHD;
                        }

                        @Override
                        public void line(LogLine line) {
                            heard.add(line);
                        }
                    });
            log.log(Group.CHD, 3, "for whom it concerns");
            log.log(Group.IKE, 0, "for nobody");
            assertEquals(
                    List.of(new LogLine(Group.CHD, 3, 0, "", 0, "for whom it concerns")), heard);
        }
    }
}
