package org.keyferry.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.CrashTokens;
import org.keyferry.engine.Event.Group;

/// The secret for quick crash detection, in a file that outlives the process and the machine's
/// restart (RFC 6290 §5.1).
final class CrashSecret {
    private static final String NAME = "crash-secret";

    /// Reads the secret, or makes one. Without a file the tokens only last as long as the process,
    /// which the log tells.
    ///
    /// @param directory made if it is not there
    static CrashTokens load(Path directory, Log log) {
        Path file = directory.resolve(NAME);
        try {
            if (Files.exists(file)) {
                byte[] kept = Files.readAllBytes(file);
                if (kept.length == CrashTokens.SECRET_BYTES) {
                    return CrashTokens.of(kept);
                }
            }
            return CrashTokens.of(create(file));
        } catch (IOException e) {
            log.log(
                    Group.DMN,
                    1,
                    "secret for quick crash detection cannot be kept in %s, peers will notice a"
                            + " restart late: %s",
                    file,
                    e.getMessage() == null ? e : e.getMessage());
            return CrashTokens.of(fresh());
        }
    }

    private static byte[] create(Path file) throws IOException {
        byte[] secret = fresh();
        StateFile.write(file, secret);
        return secret;
    }

    private static byte[] fresh() {
        byte[] secret = new byte[CrashTokens.SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    private CrashSecret() {}
}
