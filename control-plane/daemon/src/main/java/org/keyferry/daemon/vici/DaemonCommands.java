package org.keyferry.daemon.vici;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.keyferry.crypto.Algorithms;
import org.keyferry.daemon.Version;
import org.keyferry.settings.SettingsException;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformNames;
import org.keyferry.wire.TransformType;

/// Commands about the daemon itself.
final class DaemonCommands {
    private static final DateTimeFormatter SINCE =
            DateTimeFormatter.ofPattern("MMM dd HH:mm:ss yyyy", Locale.ROOT);

    /// Transform ids beyond this are for private use.
    private static final int HIGHEST_TRANSFORM_ID = 1023;

    private static final Map<String, String> HASHERS =
            new TreeMap<>(
                    Map.of(
                            "HASH_SHA1", "SHA-1",
                            "HASH_SHA2_256", "SHA-256",
                            "HASH_SHA2_384", "SHA-384",
                            "HASH_SHA2_512", "SHA-512"));

    private static final List<Integer> KEY_BITS = List.of(0, 128, 192, 256);

    private final Commands.Parts parts;

    DaemonCommands(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of(
                "version", _ -> version(),
                "stats", _ -> stats(),
                "reload-settings", this::reloadSettings,
                "get-algorithms", _ -> algorithms());
    }

    private static ViciMessage version() {
        return ViciMessage.builder()
                .put("daemon", "keyferryd")
                .put("version", Version.TEXT)
                .put("sysname", System.getProperty("os.name"))
                .put("release", System.getProperty("os.version"))
                .put("machine", machine())
                .build();
    }

    /// As `uname` calls it; Java has another name for the most frequent one.
    private static String machine() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private ViciMessage stats() {
        record Count(int total, int halfOpen) {}
        List<Count> counts =
                parts.shards().askAll(e -> new Count(e.liveCount(), e.halfOpenCount()));
        int total = counts.stream().mapToInt(Count::total).sum();
        int halfOpen = counts.stream().mapToInt(Count::halfOpen).sum();
        int shards = parts.shards().count();
        return ViciMessage.builder()
                .section(
                        "uptime",
                        s ->
                                s.put("running", inWords(parts.clock().running()))
                                        .put("since", since()))
                .section(
                        "workers",
                        s ->
                                s.put("total", shards)
                                        .put("idle", 0)
                                        .section("active", a -> priorities(a, shards)))
                .section("queues", s -> priorities(s, 0))
                .put("scheduled", 0)
                .section("ikesas", s -> s.put("total", total).put("half-open", halfOpen))
                .list("plugins", "keyferry")
                .build();
    }

    private static void priorities(ViciMessage.Builder out, int critical) {
        out.put("critical", critical).put("high", 0).put("medium", 0).put("low", 0);
    }

    private String since() {
        return SINCE.format(LocalDateTime.ofInstant(parts.clock().start(), ZoneId.systemDefault()));
    }

    /// In the largest unit of which there are more than two.
    static String inWords(Duration time) {
        if (time.toDays() > 2) {
            return inWords(time.toDays(), "day");
        }
        if (time.toHours() > 2) {
            return inWords(time.toHours(), "hour");
        }
        return time.toMinutes() > 2
                ? inWords(time.toMinutes(), "minute")
                : inWords(time.toSeconds(), "second");
    }

    private static String inWords(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }

    private ViciMessage reloadSettings(ViciRequest request) {
        try {
            parts.daemon().reloadSettings();
            return ViciMessage.success();
        } catch (SettingsException e) {
            parts.log().log(org.keyferry.engine.Event.Group.CFG, 0, "%s", e.getMessage());
            return ViciMessage.failure("reloading '" + e.origin().source() + "' failed");
        }
    }

    /// Each algorithm with the library that computes it.
    private static ViciMessage algorithms() {
        return ViciMessage.builder()
                .section("encryption", s -> algorithms(s, TransformType.ENCR, false))
                .section("integrity", s -> algorithms(s, TransformType.INTEG, false))
                .section("aead", s -> algorithms(s, TransformType.ENCR, true))
                .section("hasher", DaemonCommands::hashers)
                .section("prf", s -> algorithms(s, TransformType.PRF, false))
                .section("xof", _ -> {})
                .section("kdf", s -> s.put("KDF_PRF", "keyferry").put("KDF_PRF_PLUS", "keyferry"))
                .section("drbg", _ -> {})
                .section("ke", s -> algorithms(s, TransformType.KE, false))
                .section("rng", s -> s.put("RNG_STRONG", "JDK"))
                .section("nonce-gen", s -> s.put("NONCE_GEN", "JDK"))
                .build();
    }

    private static void hashers(ViciMessage.Builder out) {
        HASHERS.forEach(
                (name, algorithm) -> {
                    try {
                        var digest = MessageDigest.getInstance(algorithm);
                        out.put(name, digest.getProvider().getName());
                    } catch (NoSuchAlgorithmException _) {
                        // this JDK is without
                    }
                });
    }

    private static void algorithms(ViciMessage.Builder out, int type, boolean aead) {
        for (int id = 1; id <= HIGHEST_TRANSFORM_ID; id++) {
            Optional<Transform> supported = anyKeyLength(type, id);
            if (supported.isPresent()) {
                boolean isAead = type == TransformType.ENCR && Algorithms.isAead(supported.get());
                if (isAead == aead) {
                    out.put(
                            TransformNames.name(type, id),
                            Algorithms.providerOf(supported.get()).orElse("none"));
                }
            }
        }
    }

    private static Optional<Transform> anyKeyLength(int type, int id) {
        return KEY_BITS.stream()
                .map(bits -> new Transform(type, id, bits))
                .filter(Algorithms::supports)
                .findFirst();
    }
}
