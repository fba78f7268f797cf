package org.keyferry.settings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.keyferry.settings.RawSection.Reference;
import org.keyferry.settings.SettingsException.Problem;

/// Reads the grammar that strongswan.conf and swanctl.conf share, includes included:
///
/// ```
/// file    := { section | setting | include | newline }
/// section := name [ ":" ref { "," ref } ] [newline] "{" { section | setting | include | newline } "}"
/// setting := name "=" [value]
/// include := "include" pattern
/// ref     := name { "." name }
/// ```
///
/// Any error anywhere refuses the whole load.
public final class SettingsParser {
    /// Sections inside sections, over all included files.
    static final int MAX_SECTION_DEPTH = 64;

    /// Files including files.
    static final int MAX_INCLUDE_DEPTH = 16;

    /// Files of one load.
    static final int MAX_FILES = 100_000;

    private static final String NOT_IN_NAMES = "#{}:.,=\" \t\r\n";

    private final FileSource files;
    private final Deque<Path> including = new ArrayDeque<>();
    private int filesRead;

    private SettingsParser(FileSource files) {
        this.files = files;
    }

    /// Reads a file and what it includes.
    ///
    /// @throws SettingsException also if the file itself cannot be read
    public static SettingsTree parse(Path file) throws SettingsException {
        return parse(file, FileSource.DISK);
    }

    public static SettingsTree parse(Path file, FileSource files) throws SettingsException {
        byte[] text;
        try {
            text = files.read(file);
        } catch (IOException failure) {
            throw new SettingsException(
                    Problem.UNREADABLE, new Origin(file.toString(), 0), "", reasonOf(failure));
        }
        return parse(file, text, files);
    }

    /// Reads a text as if it were the content of `file`; the array is wiped, as it may hold
    /// secrets.
    public static SettingsTree parse(Path file, byte[] text, FileSource files)
            throws SettingsException {
        var root = new RawSection("", new Origin(file.toString(), 1));
        new SettingsParser(files).file(file, text, root, 0);
        return new SettingsTree(root);
    }

    private static String reasonOf(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "cannot be read: no such file";
            case AccessDeniedException _ -> "cannot be read: permission denied";
            default -> "cannot be read: " + failure.getMessage();
        };
    }

    private void file(Path file, byte[] text, RawSection into, int depth) throws SettingsException {
        including.push(file.toAbsolutePath().normalize());
        try {
            var in = new Cursor(file.toString(), text);
            statements(in, file, into, depth);
            if (in.peek() == '}') throw in.syntax("'}' closes no section");
        } finally {
            including.pop();
            Arrays.fill(text, (byte) 0);
        }
    }

    /// Reads statements up to the end of the file or a brace, which is left to the caller.
    private void statements(Cursor in, Path file, RawSection into, int depth)
            throws SettingsException {
        while (true) {
            in.skipSpace();
            if (in.peek() == Cursor.END || in.peek() == '}') return;
            Origin where = in.origin();
            String name = name(in, "a section or key");
            boolean blankFollows = in.peek() == ' ' || in.peek() == '\t';
            if (name.equals("include") && blankFollows && in.peekBehindBlanks() != '=') {
                include(in, file, into, depth, where);
                continue;
            }
            in.skipBlanks();
            if (in.peek() == '=') {
                in.take();
                into.set(new Setting(name, value(in), where));
            } else {
                section(in, file, into.open(name, where), depth + 1, where);
            }
        }
    }

    private void section(Cursor in, Path file, RawSection section, int depth, Origin where)
            throws SettingsException {
        String name = section.name();
        if (depth > MAX_SECTION_DEPTH)
            throw in.syntax(
                    where, "more than " + MAX_SECTION_DEPTH + " sections inside each other");
        if (in.peek() == ':') {
            in.take();
            references(in, section);
        }
        in.skipSpace();
        if (in.peek() != '{')
            throw in.syntax(
                    where, "'" + name + "' is followed by neither '=' nor '{' but " + in.shown());
        in.take();
        statements(in, file, section, depth);
        if (in.take() != '}')
            throw in.syntax(where, "section '" + name + "' is not closed: '}' is missing");
    }

    private static void references(Cursor in, RawSection section) throws SettingsException {
        do {
            var path = new ArrayList<String>();
            in.skipBlanks();
            path.add(name(in, "the section to inherit from"));
            while (in.peek() == '.') {
                in.take();
                path.add(name(in, "the section to inherit from"));
            }
            section.references().add(new Reference(List.copyOf(path)));
            in.skipBlanks();
        } while (takeIf(in, ','));
    }

    private static boolean takeIf(Cursor in, int wanted) {
        boolean there = in.peek() == wanted;
        if (there) in.take();
        return there;
    }

    private static String name(Cursor in, String what) throws SettingsException {
        var name = new ByteArrayOutputStream();
        while (!in.atCarriageReturn() && isNameByte(in.peek())) name.write(in.take());
        if (name.size() > 0) return utf8(in, name, what);
        if (in.peek() == '"') throw in.syntax("the name of " + what + " cannot be quoted");
        throw in.syntax("the name of " + what + " is expected, not " + in.shown());
    }

    private static String utf8(Cursor in, ByteArrayOutputStream name, String what)
            throws SettingsException {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(name.toByteArray());
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException _) {
            throw in.syntax("the name of " + what + " is not UTF-8");
        }
    }

    private static boolean isNameByte(int c) {
        return c > 0 && NOT_IN_NAMES.indexOf(c) < 0;
    }

    /// Words up to the end of the line, a comment or a brace, joined by one blank; null if there is
    /// none.
    private static byte[] value(Cursor in) throws SettingsException {
        var value = new ByteArrayOutputStream();
        boolean any = false;
        while (true) {
            in.skipBlanks();
            if (endsValue(in.peek())) return any ? value.toByteArray() : null;
            if (any) value.write(' ');
            any = true;
            if (in.peek() == '"') quoted(in, value);
            else while (isWordByte(in)) value.write(in.take());
        }
    }

    private static boolean endsValue(int c) {
        return c == Cursor.END || c == '\n' || c == '#' || c == '}';
    }

    private static boolean isWordByte(Cursor in) throws SettingsException {
        int c = in.peek();
        if (c == 0) throw in.syntax("a value cannot hold a zero byte");
        return !endsValue(c) && c != ' ' && c != '\t' && c != '"';
    }

    private static void quoted(Cursor in, ByteArrayOutputStream to) throws SettingsException {
        Origin opened = in.origin();
        in.take();
        while (true) {
            int c = in.take();
            switch (c) {
                case Cursor.END -> throw in.syntax(opened, "the quoted string is not closed");
                case 0 -> throw in.syntax("a value cannot hold a zero byte");
                case '"' -> {
                    return;
                }
                case '\\' -> escaped(in, to);
                default -> to.write(c);
            }
        }
    }

    private static void escaped(Cursor in, ByteArrayOutputStream to) {
        switch (in.peek()) {
            case Cursor.END -> {
                return; // the caller finds the string unclosed
            }
            case 'n' -> to.write('\n');
            case 'r' -> to.write('\r');
            case 't' -> to.write('\t');
            case '\n' -> {} // a backslash at the end of a line joins it with the next
            default -> to.write(in.peek());
        }
        in.take();
    }

    private void include(Cursor in, Path file, RawSection into, int depth, Origin where)
            throws SettingsException {
        String pattern = pattern(in);
        if (pattern.isEmpty()) throw in.syntax(where, "include names no file");
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent() == null ? absolute : absolute.getParent();
        boolean byName = pattern.chars().noneMatch(c -> "*?[".indexOf(c) >= 0);
        for (Path match : files.matches(directory, pattern)) {
            if (byName || !files.isDirectory(match)) includeFile(match, into, depth, where);
        }
    }

    private void includeFile(Path file, RawSection into, int depth, Origin where)
            throws SettingsException {
        if (including.contains(file.toAbsolutePath().normalize()))
            throw new SettingsException(
                    Problem.SYNTAX, where, "include", file + " would include itself");
        if (including.size() > MAX_INCLUDE_DEPTH)
            throw new SettingsException(
                    Problem.SYNTAX,
                    where,
                    "include",
                    "more than " + MAX_INCLUDE_DEPTH + " files include each other");
        if (++filesRead > MAX_FILES)
            throw new SettingsException(
                    Problem.SYNTAX, where, "include", "more than " + MAX_FILES + " files in all");
        byte[] text;
        try {
            text = files.read(file);
        } catch (NoSuchFileException _) {
            return; // gone since it was found
        } catch (IOException failure) {
            throw new SettingsException(
                    Problem.UNREADABLE, where, "include", file + " " + reasonOf(failure));
        }
        file(file, text, into, depth);
    }

    /// Up to a blank, a newline, `#` or `}`, unless escaped; other backslashes are left for the
    /// glob.
    private static String pattern(Cursor in) throws SettingsException {
        var pattern = new ByteArrayOutputStream();
        in.skipBlanks();
        if (in.peek() == '"') {
            quoted(in, pattern);
            return checked(in, pattern);
        }
        while (!endsValue(in.peek()) && in.peek() != ' ' && in.peek() != '\t') {
            int c = in.take();
            if (c == '\\' && in.peek() > 0 && "\"#} ".indexOf(in.peek()) >= 0) c = in.take();
            pattern.write(c);
        }
        return checked(in, pattern);
    }

    private static String checked(Cursor in, ByteArrayOutputStream bytes) throws SettingsException {
        String pattern = bytes.toString(StandardCharsets.UTF_8);
        try {
            Path _ = Path.of(pattern);
        } catch (InvalidPathException _) {
            throw in.syntax("include names no possible path");
        }
        return pattern;
    }
}
