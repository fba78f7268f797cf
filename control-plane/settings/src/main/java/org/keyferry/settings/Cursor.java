package org.keyferry.settings;

import java.nio.charset.StandardCharsets;
import org.keyferry.settings.SettingsException.Problem;

/// Reading position in the bytes of one file. Carriage returns are passed over everywhere.
final class Cursor {
    static final int END = -1;

    private final byte[] text;
    private final String source;
    private int at;
    private int line = 1;

    Cursor(String source, byte[] text) {
        this.source = source;
        this.text = text;
    }

    /// The next byte without taking it, or `END`.
    int peek() {
        while (at < text.length && text[at] == '\r') at++;
        return at < text.length ? text[at] & 0xff : END;
    }

    /// Whether the very next byte is a carriage return, which ends a name.
    boolean atCarriageReturn() {
        return at < text.length && text[at] == '\r';
    }

    int take() {
        int c = peek();
        if (c == END) return END;
        at++;
        if (c == '\n') line++;
        return c;
    }

    void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') take();
    }

    /// Skips blanks, newlines and comments.
    void skipSpace() {
        while (true) {
            skipBlanks();
            if (peek() == '#') skipComment();
            else if (peek() == '\n') take();
            else return;
        }
    }

    private void skipComment() {
        while (peek() != '\n' && peek() != END) take();
    }

    /// The byte that follows the blanks at this place, without taking anything.
    int peekBehindBlanks() {
        int i = at;
        while (i < text.length && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r')) i++;
        return i < text.length ? text[i] & 0xff : END;
    }

    Origin origin() {
        return new Origin(source, line);
    }

    SettingsException syntax(Origin where, String reason) {
        return new SettingsException(Problem.SYNTAX, where, "", reason);
    }

    SettingsException syntax(String reason) {
        return syntax(origin(), reason);
    }

    /// The next byte as a message shows it.
    String shown() {
        int c = peek();
        if (c == END) return "the end of the file";
        if (c == '\n') return "the end of the line";
        if (c > ' ' && c < 0x7f)
            return "'" + new String(new byte[] {(byte) c}, StandardCharsets.US_ASCII) + "'";
        return "byte 0x%02x".formatted(c);
    }
}
