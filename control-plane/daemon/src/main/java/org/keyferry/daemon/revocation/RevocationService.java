package org.keyferry.daemon.revocation;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.HashAndUrl;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.crypto.revocation.OcspAnswer;
import org.keyferry.crypto.revocation.OcspQuestion;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.RevocationConf;
import org.keyferry.wire.Bytes;

/// Fetches lists and asks responders, for all peers together: the same thing once at a time.
/// Fetches have threads of their own, as a name that does not resolve keeps one busy.
public final class RevocationService implements AutoCloseable {
    private static final int MAX_CRL_BYTES = 16 << 20;
    private static final int MAX_OCSP_BYTES = 64 << 10;
    private static final int MAX_CERTIFICATE_BYTES = 32 << 10;
    private static final int MAX_CERTIFICATES = 1_000;
    private static final int THREADS = 16;
    private static final int MAX_WAITING = 1_000;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

    private final Supplier<RevocationConf> options;
    private final Fetcher fetcher;
    private final CrlFiles files;
    private final Log log;
    private final RevocationCache cache = new RevocationCache();
    private final ThreadPoolExecutor threads = threads();
    private final Shared<String, Crl> lists = shared();
    private final Shared<Asked, OcspAnswer> answers = shared();
    private final Shared<HashAndUrl, Bytes> certificates = shared();
    private final Map<HashAndUrl, Bytes> knownCertificates = new ConcurrentHashMap<>();
    private final OwnAnswers own = new OwnAnswers(this);
    private final SecureRandom random = new SecureRandom();

    /// @param own about a certificate of ours
    private record Asked(String uri, Bytes subject, Bytes issuerKey, boolean own) {}

    /// @param options asked each time, as they may change
    /// @param swanctlDir where lists are kept, if the options say so
    public RevocationService(
            Supplier<RevocationConf> options, Fetcher fetcher, Path swanctlDir, Log log) {
        this.options = options;
        this.fetcher = fetcher;
        this.files = new CrlFiles(swanctlDir);
        this.log = log;
    }

    private static ThreadPoolExecutor threads() {
        var pool =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(MAX_WAITING),
                        Thread.ofPlatform().daemon().name("fetch-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private <K, V> Shared<K, V> shared() {
        return new Shared<>(threads, PAUSE_AFTER_FAILURE, System::nanoTime);
    }

    RevocationConf options() {
        return options.get();
    }

    public RevocationCache cache() {
        return cache;
    }

    /// Forgets lists that were fetched.
    public void flushLists() {
        cache.dropLists();
        lists.forgetFailures();
    }

    /// Forgets answers that were fetched.
    public void flushAnswers() {
        cache.dropAnswers();
        own.drop();
        answers.forgetFailures();
    }

    /// Fetches a list, which may be anything that somebody put there.
    Crl list(String uri, Duration patience) throws FetchFailed {
        return lists.get(
                uri,
                () -> {
                    try {
                        return Crl.parse(
                                fetcher.fetch(request(uri, Optional.empty(), MAX_CRL_BYTES)));
                    } catch (BadCertificate e) {
                        throw new FetchFailed(e.getMessage());
                    }
                },
                patience);
    }

    /// Keeps a list of which it is known that the issuer signed it.
    void keep(Crl list, Certificate issuer) {
        if (cache.add(list) && options().cacheCrls()) {
            try {
                log.log(Group.CFG, 1, "written crl to '%s'", files.write(list, issuer));
            } catch (IOException e) {
                log.log(Group.CFG, 1, "crl of \"%s\" not written: %s", list, e);
            }
        }
    }

    /// Asks a responder.
    OcspAnswer ask(
            String uri,
            Certificate subject,
            Certificate issuer,
            List<Certificate> trusted,
            Instant at,
            Duration patience)
            throws FetchFailed {
        return answers.get(
                new Asked(uri, subject.der(), issuer.keyInfo(), false),
                () -> {
                    byte[] nonce = new byte[options().nonceBytes()];
                    random.nextBytes(nonce);
                    var question = new OcspQuestion(subject, issuer, Bytes.wrapOwned(nonce));
                    OcspAnswer answer = ask(uri, question, trusted, at);
                    cache.add(subject, issuer, answer);
                    return answer;
                },
                patience);
    }

    /// Answers about our own certificates.
    OwnAnswers own() {
        return own;
    }

    /// Asks about a certificate of ours, for others: without a nonce, which would tell them nothing
    /// (RFC 4806 §6).
    OcspAnswer askForOwn(
            String uri,
            Certificate subject,
            Certificate issuer,
            List<Certificate> trusted,
            Instant at,
            Duration patience)
            throws FetchFailed {
        return answers.get(
                new Asked(uri, subject.der(), issuer.keyInfo(), true),
                () -> ask(uri, new OcspQuestion(subject, issuer, Bytes.EMPTY), trusted, at),
                patience);
    }

    private OcspAnswer ask(String uri, OcspQuestion question, List<Certificate> trusted, Instant at)
            throws FetchFailed {
        var posted = new Fetcher.Question(OcspQuestion.REQUEST_TYPE, question.encode());
        Bytes response = fetcher.fetch(request(uri, Optional.of(posted), MAX_OCSP_BYTES));
        try {
            return OcspAnswer.read(response, question, trusted, at);
        } catch (BadCertificate e) {
            throw new FetchFailed(e.getMessage());
        }
    }

    /// Fetches a certificate, of which nothing is known yet but its hash.
    Bytes certificate(HashAndUrl at, Duration patience) throws FetchFailed {
        Bytes known = knownCertificates.get(at);
        return known != null ? known : certificates.get(at, () -> certificate(at), patience);
    }

    private Bytes certificate(HashAndUrl at) throws FetchFailed {
        Bytes content = fetcher.fetch(request(at.url(), Optional.empty(), MAX_CERTIFICATE_BYTES));
        if (!at.isOf(content)) {
            throw new FetchFailed("it has another hash than was told");
        }
        if (knownCertificates.size() >= MAX_CERTIFICATES) {
            knownCertificates.clear();
        }
        knownCertificates.put(at, content);
        return content;
    }

    /// Forgets certificates that were fetched.
    public void flushCertificates() {
        knownCertificates.clear();
        certificates.forgetFailures();
    }

    private Fetcher.Request request(String uri, Optional<Fetcher.Question> question, int maxBytes) {
        RevocationConf now = options();
        return new Fetcher.Request(uri, question, maxBytes, now.timeout(), now.redirects());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
