package org.keyferry.daemon.creds;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.log.LogLevels;
import org.keyferry.daemon.log.LogLine;
import org.keyferry.daemon.log.LogSink;
import org.keyferry.settings.Logging;

class ExpiryWatchTest {
    private final CredentialStore store = new CredentialStore();
    private final AtomicReference<Instant> now = new AtomicReference<>();
    private final List<String> lines = new ArrayList<>();

    private final class Lines implements LogSink {
        @Override
        public LogLevels levels() {
            return LogLevels.of(new Logging.Levels(1, Map.of()));
        }

        @Override
        public void write(LogLine line, Instant at) {
            lines.add(line.message());
        }

        @Override
        public void close() {}
    }

    private List<String> told() {
        var told = List.copyOf(lines);
        lines.clear();
        return told;
    }

    @Test
    void whatEndsSoonIsToldOnceADay() throws Exception {
        var ca =
                CertificateReader.read(CertificateKind.X509, Flag.CA, Samples.file("files/ca.pem"));
        Instant end = ca.x509().orElseThrow().getNotAfter().toInstant();
        var log = new Log();
        log.use(List.of(new Lines()));
        try (var watch = new ExpiryWatch(store, now::get, log)) {
            now.set(end.minus(Duration.ofDays(31)));
            store.load(ca);
            store.load(
                    CertificateReader.read(
                            CertificateKind.X509, Flag.NONE, Samples.file("files/moon.pem")));
            watch.look();
            assertEquals(List.of(), told());
            now.set(end.minus(Duration.ofDays(29)));
            watch.look();
            watch.look();
            assertEquals(
                    List.of("CA certificate \"CN=files-ca\" expires in 29 days, on " + end),
                    told());
            now.set(end.plusSeconds(1));
            watch.look();
            assertEquals(
                    List.of("CA certificate \"CN=files-ca\" expired on " + end),
                    told(),
                    "the other one is somebody else's");
        } finally {
            log.close();
        }
    }
}
