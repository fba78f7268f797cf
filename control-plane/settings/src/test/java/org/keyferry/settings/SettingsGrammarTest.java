package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsGrammarTest {
    static SettingsTree parse(String text) throws SettingsException {
        return SettingsParser.parse(
                Path.of("test.conf"), text.getBytes(StandardCharsets.UTF_8), FileSource.NONE);
    }

    private static String read(String text, String path) throws SettingsException {
        return parse(text).root().text(path).orElse("<none>");
    }

    private static SettingsException refused(String text) {
        return assertThrows(SettingsException.class, () -> parse(text));
    }

    private static List<String> keys(SettingsSection section) {
        return section.settings().stream().map(Setting::key).toList();
    }

    private static List<String> names(SettingsSection section) {
        return section.sections().stream().map(SettingsSection::name).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            quoteCharacter = '\'',
            value = {
                "a = foo # bar            | foo",
                "a = \"foo # bar\"        | foo # bar",
                "a = x   y                | x y",
                "a = \"x   y\"            | 'x   y'",
                "a=x                      | x",
                "a = foo\"bar\"           | foo bar",
                "a = \"foo\"bar           | foo bar",
                "a = \"foo\" \"bar\"      | foo bar",
                "a = {x=y:z,w.v           | {x=y:z,w.v",
                "a = C=CH, O=x, CN=y      | C=CH, O=x, CN=y",
                "a = c:\\dir\\n           | c:\\dir\\n",
                "a = \"t\\\"q\\\\ \\x\"   | t\"q\\ x",
                "a = foo#bar              | foo",
                "a =                      | <none>",
                "a = # comment            | <none>",
                "a = \"\"                 | ''",
                "a = one ; a = two        | one ; a = two",
            })
    void aValueIsWordsAndStringsJoinedByOneBlank(String text, String value) throws Exception {
        assertEquals(value, read(text, "a"));
        assertEquals(value, read(text + "\n", "a"));
        assertEquals(value, read("s {\n" + text + "\n}", "s.a"));
    }

    @Test
    void escapesInQuotedStrings() throws Exception {
        assertEquals("1\n2\r3\t4", read("a = \"1\\n2\\r3\\t4\"", "a"));
        assertEquals("one two", read("a = \"one \\\ntwo\"", "a"));
        assertEquals("one\ntwo", read("a = \"one\ntwo\"", "a"));
    }

    @Test
    void carriageReturnsAreIgnored() throws Exception {
        assertEquals("x", read("s {\r\n a = x\r\n}\r\n", "s.a"));
        assertEquals("one\ntwo", read("a = \"one\r\ntwo\"\r\n", "a"));
        assertEquals("onetwo", read("a = \"one\\\r\ntwo\"\r\n", "a"));
        assertEquals(1, refused("a\rb = 1").origin().line());
    }

    @Test
    void aBraceEndsTheValueAndTheSection() throws Exception {
        SettingsTree tree = parse("s { a = x} b = y");
        assertEquals(Optional.of("x"), tree.root().text("s.a"));
        assertEquals(Optional.of("y"), tree.root().text("b"));
    }

    @Test
    void sectionsMayShareALineOrPutTheBraceOnTheNext() throws Exception {
        assertEquals("1", read("a { b { c { d = 1\n} } }", "a.b.c.d"));
        assertEquals("1", read("a\n{\nd = 1 }", "a.d"));
        assertEquals("1", read("base { x = 1 }\na : base\n{\n}", "a.x"));
    }

    @Test
    void namesTakeAllButTheSpecialBytes() throws Exception {
        assertEquals("1", read("%a*@-/<;é = 1", "%a*@-/<;é"));
        assertEquals("x", read("include = x", "include"));
        assertEquals("x", read("include  = x", "include"));
        assertEquals("x", read("include=x", "include"));
        assertEquals("x", read("included = x", "included"));
        assertEquals("1", read("include\n{ a = 1 }", "include.a"));
    }

    @Test
    void commentsEndWithTheLine() throws Exception {
        assertEquals("2", read("# a = 1\n a = 2 # a = 3\n#}", "a"));
        assertEquals("2", read("s { # {\n a = 2\n}# }", "s.a"));
    }

    @Test
    void aSectionWrittenTwiceIsMerged() throws Exception {
        SettingsSection s =
                parse("s { a = 1\nb = 2 }\nt {}\ns { c = 3\na = 4 }").section("s").get();
        assertEquals(List.of("a", "b", "c"), keys(s));
        assertEquals(Optional.of("4"), s.text("a"));
        assertEquals(5, s.setting("a").get().origin().line());
    }

    @Test
    void aSectionAndAKeyMayShareAName() throws Exception {
        assertEquals("1", read("x = 1\nx { x = 2 }", "x"));
        assertEquals("2", read("x = 1\nx { x = 2 }", "x.x"));
    }

    @Test
    void inheritedValuesComeAfterOwnOnesAndFromLeftToRight() throws Exception {
        SettingsTree tree =
                parse(
                        """
                        conns {
                          a : base, other { own = a
                            rekey = a }
                        }
                        base { rekey = base
                          deep = base }
                        other { deep = other
                          last = other }
                        """);
        SettingsSection a = tree.section("conns.a").get();
        assertEquals(List.of("own", "rekey", "deep", "last"), keys(a));
        assertEquals(Optional.of("a"), a.text("rekey"));
        assertEquals(Optional.of("base"), a.text("deep"));
        assertEquals(Optional.of("other"), a.text("last"));
    }

    @Test
    void referencesOfAParentApplyToItsSubsections() throws Exception {
        SettingsTree tree =
                parse(
                        """
                        base { local { auth = psk
                            id = base }
                          remote { auth = psk } }
                        t { id { id = t } }
                        conns { a : base { local : t.id { round = 1 } } }
                        """);
        SettingsSection a = tree.section("conns.a").get();
        assertEquals(List.of("local", "remote"), names(a));
        assertEquals(List.of("round", "id", "auth"), keys(a.section("local").get()));
        assertEquals(Optional.of("t"), a.text("local.id"));
        assertEquals(Optional.of("psk"), a.text("remote.auth"));
    }

    @Test
    void referencesAreRecursive() throws Exception {
        String text = "a : b { }\nb : c.d { y = 2 }\nc { d : e { } }\ne { x = 1 }";
        assertEquals("1", read(text, "a.x"));
        assertEquals("2", read(text, "a.y"));
    }

    @Test
    void anEmptyValueHidesAnInheritedOne() throws Exception {
        SettingsSection a = parse("base { x = 1\ny = 2 }\na : base { x =\n }").section("a").get();
        assertEquals(Optional.empty(), a.text("x"));
        assertEquals(List.of("y"), keys(a));
        assertEquals(7, a.integer("x", 7));
    }

    @Test
    void loopsAndUnknownReferencesAreIgnored() throws Exception {
        assertEquals("1", read("a : b { }\nb : a, b, nowhere.x { x = 1 }", "a.x"));
        assertEquals("<none>", read("a : a { }", "a.x"));
        assertEquals("1", read("a : a.b { b : a { x = 1 } }", "a.x"));
        assertEquals("<none>", read("a : b.c { }\nb : a.c { }", "a.c.x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a { b = 1              | 1 | section 'a' is not closed: '}' is missing",
                "a {}\\n}                | 2 | '}' closes no section",
                "\\n\\nname\\n             | 3 | 'name' is followed by neither '=' nor '{' but the end of the file",
                "name\\nother = 1        | 1 | 'name' is followed by neither '=' nor '{' but 'o'",
                "a \"b\" = 1            | 1 | 'a' is followed by neither '=' nor '{' but '\"'",
                "\"a\" = 1              | 1 | the name of a section or key cannot be quoted",
                "a = 1\\n= 2             | 2 | the name of a section or key is expected, not '='",
                "a.b = 2                | 1 | 'a' is followed by neither '=' nor '{' but '.'",
                "a = 1\\nb = \"x\\ny      | 2 | the quoted string is not closed",
                "a = \"\\               | 1 | the quoted string is not closed",
                "a : { }                | 1 | the name of the section to inherit from is expected, not '{'",
                "a : b, { }             | 1 | the name of the section to inherit from is expected, not '{'",
                "a : b..c { }           | 1 | the name of the section to inherit from is expected, not '.'",
                "a : b = 1              | 1 | 'a' is followed by neither '=' nor '{' but '='",
                "include #              | 1 | include names no file",
                "{ }                    | 1 | the name of a section or key is expected, not '{'",
                "a = \"1\\n2\"\\nb        | 3 | 'b' is followed by neither '=' nor '{' but the end of the file",
            })
    void syntaxErrorsNameTheLineAndTheReason(String text, int line, String reason) {
        SettingsException refusal = refused(text.replace("\\n", "\n"));
        assertEquals(SettingsException.Problem.SYNTAX, refusal.problem());
        assertEquals(reason, refusal.reason());
        assertEquals(new Origin("test.conf", line), refusal.origin());
        assertEquals("test.conf:" + line + ": " + reason, refusal.getMessage());
    }

    @Test
    void zeroBytesAreRefused() {
        assertEquals("a value cannot hold a zero byte", refused("a = x\0y").reason());
        assertEquals("a value cannot hold a zero byte", refused("a = \"x\0y\"").reason());
        assertTrue(refused("x\0 = y").reason().endsWith("byte 0x00"));
    }

    @Test
    void nestingIsLimited() throws Exception {
        assertEquals("1", read("a {".repeat(64) + "x = 1" + "}".repeat(64), "a.".repeat(64) + "x"));
        assertTrue(refused("a {".repeat(65)).reason().startsWith("more than 64 sections"));
        assertTrue(refused("a {".repeat(1_000_000)).reason().startsWith("more than 64 sections"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "yes", "true", "enabled", "YES", "True"})
    void trueWords(String word) throws Exception {
        assertTrue(parse("a = " + word).root().bool("a", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "no", "false", "disabled", "No", "FALSE"})
    void falseWords(String word) throws Exception {
        assertFalse(parse("a = " + word).root().bool("a", true));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 10",
        "-1, -1",
        "0x1F, 31",
        "010, 10",
        "0xcfffffff, -805306369",
        "10x, 99",
        "x, 99",
        "0x, 99",
        "1.5, 99",
        "99999999999, 99",
        "'', 99"
    })
    void integersAreDecimalOrHexadecimal(String text, int value) throws Exception {
        assertEquals(value, parse("a = \"" + text + "\"").root().integer("a", 99));
    }

    @ParameterizedTest
    @CsvSource({
        "4.0, 4",
        "1.8, 1.8",
        ".5, .5",
        "1e2, 100",
        "0x10, 16",
        "1.8x, 9",
        "1f, 9",
        "'', 9"
    })
    void numbersTakeTheWholeText(String text, double value) throws Exception {
        assertEquals(value, parse("a = \"" + text + "\"").root().number("a", 9));
    }

    @ParameterizedTest
    @CsvSource({
        "20, 20",
        "20s, 20",
        "2m, 120",
        "4h, 14400",
        "1d, 86400",
        "2 m, 120",
        "5 minutes, 300",
        "m, 9"
    })
    void timesHaveAUnitAndIgnoreWhatFollows(String text, long seconds) throws Exception {
        Duration time = parse("a = " + text).root().time("a", Duration.ofSeconds(9));
        assertEquals(Duration.ofSeconds(seconds), time);
    }

    @Test
    void wordsThatAreNeitherKeepTheDefault() throws Exception {
        assertTrue(parse("a = maybe").root().bool("a", true));
        assertTrue(parse("").root().bool("a.b.c", true));
    }

    @Test
    void oneSectionFallsBackToTheNext() throws Exception {
        SettingsSection both =
                parse("charon { x = 1\ny = 2\ns { a = 1 } }\ncharon-systemd { x = 3\ns { b = 2 } }")
                        .firstOf("charon-systemd", "charon", "libstrongswan");
        assertEquals(3, both.integer("x", 0));
        assertEquals(2, both.integer("y", 0));
        assertEquals(List.of("b", "a"), keys(both.section("s").get()));
    }

    @Test
    void valuesKeepTheirBytesAndNeverPrint() throws Exception {
        byte[] text = {'a', '=', (byte) 0xe9, (byte) 0xff, '\n'};
        SettingsTree tree = SettingsParser.parse(Path.of("x"), text, FileSource.NONE);
        Setting setting = tree.root().setting("a").get();
        assertEquals(2, setting.bytes().length);
        assertEquals((byte) 0xe9, setting.bytes()[0]);
        assertEquals("x:1: a", setting.toString());
    }
}
