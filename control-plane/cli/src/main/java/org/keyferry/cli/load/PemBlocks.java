package org.keyferry.cli.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The encodings in a file that is PEM, or the one that a file is.
final class PemBlocks {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "-----BEGIN ([A-Z0-9 ]+)-----\\s(.*?)-----END \\1-----", Pattern.DOTALL);

    private PemBlocks() {}

    static boolean isPem(byte[] content) {
        return count(content) > 0;
    }

    static long count(byte[] content) {
        return BLOCK.matcher(new String(content, ISO_8859_1)).results().count();
    }

    /// DER of each block, or the content itself if it is no PEM.
    ///
    /// @throws IllegalArgumentException if a block is no base64
    static List<byte[]> der(byte[] content) {
        var blocks = new ArrayList<byte[]>();
        BLOCK.matcher(new String(content, ISO_8859_1))
                .results()
                .filter(block -> !block.group(1).endsWith("PARAMETERS"))
                .map(PemBlocks::decode)
                .forEach(blocks::add);
        return blocks.isEmpty() ? List.of(content) : blocks;
    }

    private static byte[] decode(MatchResult block) {
        try {
            return Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("the PEM in it is no base64");
        }
    }
}
