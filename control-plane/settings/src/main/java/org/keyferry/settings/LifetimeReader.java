package org.keyferry.settings;

import java.time.Duration;
import java.util.Optional;
import org.keyferry.settings.ValueKinds.Kind;
import org.keyferry.settings.model.KeyRenewal;
import org.keyferry.settings.model.Lifetime;

/// Reads the limits of a child, deriving those that are not set: the hard limit is the soft one and
/// a tenth of it, the random part what lies between them.
final class LifetimeReader {
    private static final long REKEY_SECONDS = 3_600;

    private record Limits(long rekey, long life, long random) {}

    private LifetimeReader() {}

    static Lifetime read(Options options) throws SettingsException {
        Limits seconds =
                limits(options, "time", text -> ValueKinds.time(text).toSeconds(), REKEY_SECONDS);
        Limits bytes = limits(options, "bytes", ValueKinds::bytes, 0);
        Limits packets = limits(options, "packets", ValueKinds::packets, 0);
        return new Lifetime(
                Duration.ofSeconds(seconds.rekey()),
                Duration.ofSeconds(seconds.life()),
                Duration.ofSeconds(seconds.random()),
                bytes.rekey(),
                bytes.life(),
                bytes.random(),
                packets.rekey(),
                packets.life(),
                packets.random(),
                keyRenewal(options));
    }

    private static KeyRenewal keyRenewal(Options options) throws SettingsException {
        Optional<Integer> every = options.value("rekey_ke_every", ValueKinds::uint);
        Optional<Duration> time = options.value("rekey_ke_time", ValueKinds::time);
        return every.isEmpty() && time.isEmpty()
                ? KeyRenewal.ALWAYS
                : new KeyRenewal(every.orElse(0), time.orElse(Duration.ZERO));
    }

    private static Limits limits(Options options, String unit, Kind<Long> kind, long otherwise)
            throws SettingsException {
        Optional<Long> wantedRekey = options.value("rekey_" + unit, kind);
        Optional<Long> wantedLife = options.value("life_" + unit, kind);
        long rekey = wantedRekey.orElse(wantedLife.map(LifetimeReader::lower).orElse(otherwise));
        long life = wantedLife.orElse(higher(rekey));
        long random = options.value("rand_" + unit, kind, Math.max(0, life - rekey));
        return new Limits(rekey, life, random);
    }

    /// Divided by 1.1.
    private static long lower(long limit) {
        return limit - (limit / 11 + (limit % 11 == 0 ? 0 : 1));
    }

    /// Multiplied by 1.1, at most 2^63 - 1.
    private static long higher(long limit) {
        long tenth = limit / 10;
        return limit > Long.MAX_VALUE - tenth ? Long.MAX_VALUE : limit + tenth;
    }
}
