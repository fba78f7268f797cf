package org.keyferry.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the compiler does not see: the length of files, and words that have no place in them.
class SourcesTest {
    private static final int LONGEST_FILE_LINES = 600;
    private static final Pattern UNFINISHED =
            Pattern.compile("\\b(TODO|FIXME|XXX)\\b|UnsupportedOperationException|@Disabled");
    private static final Pattern SLEEPING_TEST = Pattern.compile("Thread\\.sleep");

    private static List<Path> sources() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("native-shim"))) {
            root = root.getParent();
        }
        var found = new ArrayList<Path>();
        for (String room : List.of("native-shim", "netlink", "control-plane")) {
            try (Stream<Path> files = Files.walk(root.resolve(room))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !file.toString().contains("/target/"))
                        .forEach(found::add);
            }
        }
        assertTrue(found.size() > 100, "the sources are where this test looks");
        return found;
    }

    @Test
    void noFileIsTwoRoomsInOne() throws IOException {
        var tooLong = new ArrayList<String>();
        for (Path file : sources()) {
            int lines = Files.readAllLines(file).size();
            if (lines > LONGEST_FILE_LINES) {
                tooLong.add(file.getFileName() + " has " + lines + " lines");
            }
        }
        assertEquals(List.of(), tooLong);
    }

    @Test
    void nothingIsLeftUnfinished() throws IOException {
        assertEquals(List.of(), offenders(UNFINISHED, "/src/"));
    }

    @Test
    void noTestSleeps() throws IOException {
        assertEquals(List.of(), offenders(SLEEPING_TEST, "/src/test/"));
    }

    private static List<String> offenders(Pattern pattern, String where) throws IOException {
        var found = new ArrayList<String>();
        for (Path file : sources()) {
            boolean self = file.endsWith("SourcesTest.java");
            if (!self && file.toString().contains(where)) {
                String text = Files.readString(file);
                var matcher = pattern.matcher(text);
                while (matcher.find()) {
                    found.add(file.getFileName() + ": " + matcher.group());
                }
            }
        }
        return found;
    }
}
