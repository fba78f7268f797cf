package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncludeTest {
    @TempDir Path directory;

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private SettingsSection load(String text) throws Exception {
        return SettingsParser.parse(write("main.conf", text)).root();
    }

    private SettingsException refused(String text) throws IOException {
        Path file = write("main.conf", text);
        return assertThrows(SettingsException.class, () -> SettingsParser.parse(file));
    }

    @Test
    void filesAreReadInSortedOrderFromBesideTheIncludingFile() throws Exception {
        write("conf.d/b.conf", "x = b\n");
        write("conf.d/a.conf", "x = a\ny = a");
        write("conf.d/.hidden.conf", "x = hidden");
        write("conf.d/c.txt", "x = c");
        SettingsSection root = load("x = 0\ninclude conf.d/*.conf\nz = 1");
        assertEquals(Optional.of("b"), root.text("x"));
        assertEquals(Optional.of("a"), root.text("y"));
        assertEquals(Optional.of("1"), root.text("z"));
    }

    @Test
    void contentsStandInTheSectionOfTheInclude() throws Exception {
        write("plugins/eap-tls.conf", "eap-tls { load = yes }");
        write("plugins/vici.conf", "vici { socket = unix:///run/x\n include deeper/*.conf }");
        write("plugins/deeper/more.conf", "more = 1");
        SettingsSection root = load("charon { plugins { include plugins/*.conf } }\n");
        assertEquals(Optional.of("yes"), root.text("charon.plugins.eap-tls.load"));
        assertEquals(Optional.of("unix:///run/x"), root.text("charon.plugins.vici.socket"));
        assertEquals(Optional.of("1"), root.text("charon.plugins.vici.more"));
    }

    @Test
    void aPatternMayBeQuotedEscapedAbsoluteOrFollowedByABrace() throws Exception {
        write("with blank.conf", "a = 1");
        write("hash#.conf", "b = 2");
        Path absolute = write("absolute.conf", "c = 3");
        write("[x].conf", "d = 4");
        SettingsSection root =
                load(
                        "include \"with blank.conf\"\ninclude with\\ blank.conf\n"
                                + "s { include hash\\#.conf}\ninclude "
                                + absolute
                                + " # comment\ninclude \\[x].conf");
        assertEquals(Optional.of("1"), root.text("a"));
        assertEquals(Optional.of("2"), root.text("s.b"));
        assertEquals(Optional.of("3"), root.text("c"));
        assertEquals(Optional.of("4"), root.text("d"));
    }

    @Test
    void whatIsNotThereIsSkipped() throws Exception {
        Files.createDirectory(directory.resolve("dir.conf"));
        SettingsSection root =
                load("include nothing.conf\ninclude no/*.conf\ninclude d*.conf\na = 1");
        assertEquals(Optional.of("1"), root.text("a"));
    }

    /// charon goes without it; but then a tunnel would silently be gone.
    @Test
    void whatIsThereButCannotBeReadIsAnError() throws Exception {
        Files.createDirectory(directory.resolve("dir.conf"));
        SettingsException refusal = refused("\ninclude dir.conf\na = 1");
        assertEquals(SettingsException.Problem.UNREADABLE, refusal.problem());
        assertEquals(new Origin(directory.resolve("main.conf").toString(), 2), refusal.origin());
        assertTrue(refusal.reason().endsWith("dir.conf cannot be read: is a directory"));
    }

    @Test
    void anErrorInAnIncludedFileNamesThatFile() throws Exception {
        Path bad = write("bad.conf", "ok = 1\nbroken");
        SettingsException refusal = refused("include bad.conf");
        assertEquals(new Origin(bad.toString(), 2), refusal.origin());
        Path open = write("bad.conf", "a {\n");
        assertEquals(new Origin(open.toString(), 1), refused("s { include bad.conf\n }").origin());
        Path brace = write("bad.conf", "}\n");
        assertEquals(new Origin(brace.toString(), 1), refused("s { include bad.conf\n").origin());
    }

    @Test
    void aLoopOfIncludesIsRefused() throws Exception {
        Path other = write("other.conf", "\ninclude main.conf");
        SettingsException refusal = refused("include other.conf");
        assertEquals(new Origin(other.toString(), 2), refusal.origin());
        assertTrue(refusal.reason().endsWith("main.conf would include itself"));
    }

    @Test
    void aLongChainOfIncludesIsRefused() throws Exception {
        for (int i = 1; i < 30; i++) write("c" + i, "include c" + (i + 1));
        assertEquals("more than 16 files include each other", refused("include c1").reason());
    }

    @Test
    void aMissingFileIsAnError() {
        Path absent = directory.resolve("absent.conf");
        var refusal = assertThrows(SettingsException.class, () -> SettingsParser.parse(absent));
        assertEquals(SettingsException.Problem.UNREADABLE, refusal.problem());
        assertEquals(absent + ": cannot be read: no such file", refusal.getMessage());
        var isDirectory =
                assertThrows(SettingsException.class, () -> SettingsParser.parse(directory));
        assertEquals("cannot be read: is a directory", isDirectory.reason());
    }

    @ParameterizedTest
    @CsvSource({
        "*.conf, a.conf, true",
        "*.conf, .conf, false",
        ".*, .conf, true",
        "*, a, true",
        "a?c, abc, true",
        "a?c, ac, false",
        "[a-c]x, bx, true",
        "[a-c]x, dx, false",
        "[!a-c]x, dx, true",
        "[^a]x, ax, false",
        "[]x]y, ]y, true",
        "[a, [a, true",
        "a\\*, a*, true",
        "a\\*, ab, false",
        "*a*b*, xxaxxbxx, true",
        "*a*b, xbxa, false",
        "a, A, false",
        "{a}, a, false",
        "{a}, {a}, true",
        "*, '', true",
        "a*, a, true"
    })
    void patternsMatchAsInTheShell(String pattern, String name, boolean matches) {
        assertEquals(matches, Glob.matches(pattern, name));
    }

    @Test
    void wildcardsWorkInDirectoriesToo() throws Exception {
        write("x1/a.conf", "");
        write("x2/a.conf", "");
        write("y/a.conf", "");
        List<Path> found = Glob.expand(directory, "x*/a.conf");
        assertEquals(
                List.of(directory.resolve("x1/a.conf"), directory.resolve("x2/a.conf")), found);
        assertFalse(Glob.expand(directory, "*/*").isEmpty());
        assertEquals(List.of(), Glob.expand(directory, "x1/a.conf/*"));
    }
}
