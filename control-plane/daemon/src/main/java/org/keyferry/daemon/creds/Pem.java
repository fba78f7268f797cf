package org.keyferry.daemon.creds;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// The first block of a PEM file (RFC 7468).
final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";

    /// What stands between the lines of dashes.
    static final class Block {
        private final boolean encrypted;
        private final byte[] der;

        private Block(boolean encrypted, byte[] der) {
            this.encrypted = encrypted;
            this.der = der;
        }

        /// By headers of the older format, which name the cipher.
        boolean encrypted() {
            return encrypted;
        }

        /// The live array: it may hold a key and is the caller's to wipe.
        byte[] der() {
            return der;
        }
    }

    private Pem() {}

    /// Empty if the bytes are no PEM but, presumably, DER.
    static Optional<Block> read(byte[] file) throws CredentialRefused {
        if (file.length > 0 && file[0] == 0x30) { // a SEQUENCE, as every DER object here
            return Optional.empty();
        }
        String text = new String(file, StandardCharsets.ISO_8859_1);
        int begin = text.indexOf(BEGIN);
        if (begin < 0) {
            return Optional.empty();
        }
        int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
        if (labelEnd < 0) {
            throw new CredentialRefused("broken PEM header");
        }
        String label = text.substring(begin + BEGIN.length(), labelEnd);
        int end = text.indexOf("-----END " + label + DASHES, labelEnd);
        if (end < 0) {
            throw new CredentialRefused("PEM block '" + label + "' has no end");
        }
        return Optional.of(block(label, file, labelEnd + DASHES.length(), end));
    }

    /// Works on bytes that can be wiped: the text of a private key must not stay behind.
    private static Block block(String label, byte[] file, int from, int to)
            throws CredentialRefused {
        int body = afterHeaders(file, from, to);
        byte[] base64 = Arrays.copyOfRange(file, body, to);
        try {
            return new Block(body != from, Base64.getMimeDecoder().decode(base64));
        } catch (IllegalArgumentException _) {
            throw new CredentialRefused("PEM block '" + label + "' is no base64");
        } finally {
            Arrays.fill(base64, (byte) 0);
        }
    }

    /// Headers of the older format stand before an empty line; their lines hold colons.
    private static int afterHeaders(byte[] file, int from, int to) {
        int headersEnd = from;
        boolean lineHasColon = false;
        for (int at = from; at < to; at++) {
            if (file[at] == ':') {
                lineHasColon = true;
            } else if (file[at] == '\n') {
                headersEnd = lineHasColon ? at + 1 : headersEnd;
                lineHasColon = false;
            }
        }
        return headersEnd;
    }
}
