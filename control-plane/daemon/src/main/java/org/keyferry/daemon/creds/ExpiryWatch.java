package org.keyferry.daemon.creds;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;

/// Warns of own certificates and of CAs that end within a month: when they are loaded, and every
/// day.
public final class ExpiryWatch implements AutoCloseable {
    private static final Duration EARLY = Duration.ofDays(30);
    private static final Duration ROUND = Duration.ofMinutes(1);
    private static final Duration AGAIN = Duration.ofDays(1);

    private final CredentialStore store;
    private final Supplier<Instant> clock;
    private final Log log;
    private final Map<LoadedCertificate, Instant> told = new HashMap<>();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("expiry").factory());
    private long version = -1;
    private Instant lookedAt = Instant.EPOCH;

    public ExpiryWatch(CredentialStore store, Supplier<Instant> clock, Log log) {
        this.store = store;
        this.clock = clock;
        this.log = log;
    }

    public void start() {
        var _ = thread.scheduleWithFixedDelay(this::look, 1, ROUND.toSeconds(), TimeUnit.SECONDS);
    }

    /// Cheap where nothing was loaded since and no day has passed.
    synchronized void look() {
        Instant now = clock.get();
        if (store.version() == version && now.isBefore(lookedAt.plus(AGAIN))) {
            return;
        }
        version = store.version();
        lookedAt = now;
        var present = new HashSet<LoadedCertificate>();
        for (LoadedCertificate certificate : store.certificates()) {
            present.add(certificate);
            boolean concerns =
                    certificate.flag() == Flag.CA
                            || certificate.keyId().flatMap(store::key).isPresent();
            if (concerns && certificate.x509().isPresent()) {
                look(certificate, certificate.x509().get(), now);
            }
        }
        told.keySet().retainAll(present);
    }

    private void look(LoadedCertificate certificate, X509Certificate x509, Instant now) {
        Instant end = x509.getNotAfter().toInstant();
        Instant before = told.getOrDefault(certificate, Instant.EPOCH);
        if (end.isAfter(now.plus(EARLY)) || now.isBefore(before.plus(AGAIN))) {
            return;
        }
        told.put(certificate, now);
        String what = certificate.flag() == Flag.CA ? "CA certificate" : "certificate";
        if (end.isBefore(now)) {
            log.log(Group.CFG, 0, "%s \"%s\" expired on %s", what, subject(certificate), end);
        } else {
            long days = Duration.between(now, end).toDays();
            log.log(
                    Group.CFG,
                    0,
                    "%s \"%s\" expires in %d days, on %s",
                    what,
                    subject(certificate),
                    days,
                    end);
        }
    }

    private static String subject(LoadedCertificate certificate) {
        return certificate.subjects().getFirst().toString();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
