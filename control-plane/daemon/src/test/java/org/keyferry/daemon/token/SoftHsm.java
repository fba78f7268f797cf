package org.keyferry.daemon.token;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.keyferry.nativeshim.cryptoki.Cryptoki;
import org.keyferry.nativeshim.cryptoki.CryptokiError;
import org.keyferry.settings.Pkcs11Conf;

/// Tokens of SoftHSM, a PKCS#11 module in software, in a directory of this process. Debian has it
/// and the tools in the packages softhsm2 and opensc.
public final class SoftHsm {
    public static final String PIN = "424242";

    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/lib/softhsm/libsofthsm2.so"),
                    Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
                    Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"));

    private static final Path HOME = home();

    private SoftHsm() {}

    /// Skips the test where nothing of it is installed.
    public static void assumeIsThere() {
        boolean tools =
                Stream.of("softhsm2-util", "pkcs11-tool")
                        .allMatch(tool -> Files.isExecutable(Path.of("/usr/bin", tool)));
        Assumptions.assumeTrue(
                library().isPresent() && tools,
                "Debian's packages softhsm2 and opensc are missing");
    }

    public static Optional<Path> library() {
        return PLACES.stream().filter(Files::exists).findFirst();
    }

    public static Pkcs11Conf.Module module(boolean osLocking) {
        return new Pkcs11Conf.Module(
                "softhsm", library().orElseThrow().toString(), true, osLocking);
    }

    /// The module reads the environment of this process, which Java cannot change.
    @SuppressWarnings("restricted")
    private static Path home() {
        try (Arena arena = Arena.ofConfined()) {
            Path home = Files.createTempDirectory("softhsm");
            Path tokens = Files.createDirectory(home.resolve("tokens"));
            Path conf = home.resolve("softhsm2.conf");
            Files.writeString(
                    conf,
                    "directories.tokendir = %s%nobjectstore.backend = file%nlog.level = ERROR%n"
                            .formatted(tokens));
            Linker linker = Linker.nativeLinker();
            var setenv =
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("setenv"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT));
            int _ =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom("SOFTHSM2_CONF"),
                                    arena.allocateFrom(conf.toString()),
                                    1);
            return home;
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public static Path tokenDirectory() {
        return HOME.resolve("tokens");
    }

    /// Makes an empty token.
    ///
    /// @return its slot
    public static long makeToken(String label) throws IOException {
        String told =
                run(
                        "softhsm2-util",
                        "--init-token",
                        "--free",
                        "--label",
                        label,
                        "--pin",
                        PIN,
                        "--so-pin",
                        "87654321");
        forget();
        return Long.parseLong(told.strip().replaceFirst("(?s).*slot ", ""));
    }

    /// SoftHSM looks for tokens when it is initialized.
    public static void forget() throws IOException {
        try {
            Cryptoki.open(library().orElseThrow().toString(), false).finish();
        } catch (CryptokiError e) {
            throw new IOException(e);
        }
    }

    /// Puts a private key of a PKCS#8 file onto a token, and its public key.
    public static void importKey(String label, String id, byte[] pkcs8) throws IOException {
        Path file = Files.createTempFile("key", ".pem");
        try {
            Files.writeString(
                    file,
                    "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                            .formatted(Base64.getMimeEncoder().encodeToString(pkcs8)));
            run(
                    "softhsm2-util",
                    "--import",
                    file.toString(),
                    "--token",
                    label,
                    "--label",
                    id,
                    "--id",
                    id,
                    "--pin",
                    PIN);
        } finally {
            Files.delete(file);
        }
    }

    public static void importCertificate(String label, String id, byte[] der, String... more)
            throws IOException {
        Path file = Files.createTempFile("certificate", ".der");
        try {
            Files.write(file, der);
            var words = new ArrayList<>(List.of("--write-object", file.toString()));
            words.addAll(List.of("--type", "cert", "--id", id));
            words.addAll(List.of(more));
            tool(label, words.toArray(String[]::new));
        } finally {
            Files.delete(file);
        }
    }

    /// Makes a key pair on a token.
    public static void makeKey(String label, String id, String kind, String... more)
            throws IOException {
        var words = new ArrayList<>(List.of("--keypairgen", "--key-type", kind, "--id", id));
        words.addAll(List.of(more));
        tool(label, words.toArray(String[]::new));
    }

    /// Leaves nothing of a key but its private half.
    public static void dropPublicKey(String label, String id) throws IOException {
        tool(label, "--delete-object", "--type", "pubkey", "--id", id);
    }

    private static void tool(String label, String... words) throws IOException {
        var all =
                new ArrayList<>(
                        List.of(
                                "pkcs11-tool",
                                "--module",
                                library().orElseThrow().toString(),
                                "--token-label",
                                label,
                                "--login",
                                "--pin",
                                PIN));
        all.addAll(Arrays.asList(words));
        run(all.toArray(String[]::new));
    }

    private static String run(String... command) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SOFTHSM2_CONF", HOME.resolve("softhsm2.conf").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + told);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return told;
    }
}
