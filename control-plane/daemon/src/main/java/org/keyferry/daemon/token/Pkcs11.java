package org.keyferry.daemon.token;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.daemon.creds.CertificateKind;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.daemon.creds.CertificateReader;
import org.keyferry.daemon.creds.CredentialRefused;
import org.keyferry.daemon.creds.LoadedCertificate;
import org.keyferry.daemon.creds.OwnKey;
import org.keyferry.daemon.creds.TokenCertificates;
import org.keyferry.daemon.creds.TokenObject;
import org.keyferry.daemon.creds.TokenSource;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.token.Pkcs11Module.Found;
import org.keyferry.daemon.token.Pkcs11Module.Present;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.Pkcs11Conf;

/// All tokens of all modules that strongswan.conf names. Any thread; whoever asks waits for the
/// token that is asked.
public final class Pkcs11 implements TokenSource, AutoCloseable {
    /// Longer nobody is kept: a peer sends its request again after 4 s, and gives up after minutes.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Supplier<Pkcs11Conf> conf;
    private final Duration patience;
    private final Log log;

    /// Those that were ever named: keys of one that is named no more stay usable.
    private final Map<Library, Pkcs11Module> modules = new HashMap<>();

    private record Library(String name, String path, boolean osLocking) {}

    /// @param conf as it is now
    public Pkcs11(Supplier<Pkcs11Conf> conf, Log log) {
        this(conf, PATIENCE, log);
    }

    Pkcs11(Supplier<Pkcs11Conf> conf, Duration patience, Log log) {
        this.conf = conf;
        this.patience = patience;
        this.log = log;
    }

    private Pkcs11Module module(Pkcs11Conf.Module named) {
        synchronized (modules) {
            return modules.computeIfAbsent(
                    new Library(named.name(), named.path(), named.osLocking()),
                    _ -> new Pkcs11Module(named, patience));
        }
    }

    @Override
    public OwnKey key(TokenObject wanted, Optional<byte[]> pin) throws CredentialRefused {
        try {
            Present where = holder(wanted);
            return where.module().token(where).key(wanted.id(), pin);
        } catch (TokenFailure e) {
            throw new CredentialRefused(e.getMessage());
        }
    }

    /// The token that is meant. A PIN is shown to one only, so it must be clear which.
    private Present holder(TokenObject wanted) throws CredentialRefused {
        List<Present> candidates = candidates(wanted);
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        var problems = new ArrayList<String>();
        for (Present each : candidates) {
            try {
                if (each.module().shows(each, wanted)) {
                    return each;
                }
            } catch (TokenFailure e) {
                problems.add(e.getMessage()); // another one may be meant
            }
        }
        problems.add(
                "%d tokens are there, none of which shows an object with id %s before a login:"
                                .formatted(candidates.size(), wanted)
                        + " name the slot");
        throw new CredentialRefused(String.join("; ", problems));
    }

    @Override
    public byte[] certificate(TokenObject wanted) throws CredentialRefused {
        var problems = new ArrayList<String>();
        for (Present each : candidates(wanted)) {
            try {
                List<Found> found = each.module().certificates(each, Optional.of(wanted.id()));
                if (!found.isEmpty()) {
                    return found.getFirst().der().toArray();
                }
            } catch (TokenFailure e) {
                problems.add(e.getMessage());
            }
        }
        problems.add("no token has a certificate with id " + wanted);
        throw new CredentialRefused(String.join("; ", problems));
    }

    /// Tokens that a configuration may mean.
    private List<Present> candidates(TokenObject wanted) throws CredentialRefused {
        List<Pkcs11Module> named =
                conf.get().modules().stream()
                        .filter(
                                m ->
                                        wanted.module().isEmpty()
                                                || wanted.module().get().equals(m.name()))
                        .map(this::module)
                        .toList();
        if (named.isEmpty()) {
            throw new CredentialRefused(
                    wanted.module()
                            .map("charon.plugins.pkcs11.modules names no module '%s'"::formatted)
                            .orElse("charon.plugins.pkcs11.modules names no module"));
        }
        var candidates = new ArrayList<Present>();
        var problems = new ArrayList<String>();
        for (Pkcs11Module module : named) {
            try {
                module.present().stream()
                        .filter(p -> wanted.slot().isEmpty() || wanted.slot().get() == p.slot())
                        .forEach(candidates::add);
            } catch (TokenFailure e) {
                problems.add(e.getMessage());
            }
        }
        if (candidates.isEmpty()) {
            String where = wanted.slot().map(slot -> " in slot " + slot).orElse("");
            throw new CredentialRefused(
                    problems.isEmpty() ? "there is no token" + where : String.join("; ", problems));
        }
        return candidates;
    }

    /// Certificates of all tokens whose module is to load them. What goes wrong is logged.
    public TokenCertificates certificates() {
        var trusted = new ArrayList<LoadedCertificate>();
        var others = new ArrayList<LoadedCertificate>();
        for (Pkcs11Conf.Module named : conf.get().modules()) {
            if (!named.loadCerts()) {
                continue;
            }
            for (Present each : presentOrTold(module(named))) {
                for (Found found : foundOrTold(each)) {
                    read(found, each).ifPresent((found.trusted() ? trusted : others)::add);
                }
            }
        }
        return new TokenCertificates(trusted, others);
    }

    private List<Present> presentOrTold(Pkcs11Module module) {
        try {
            return module.present();
        } catch (TokenFailure e) {
            return told(e);
        }
    }

    private List<Found> foundOrTold(Present where) {
        try {
            return where.module().certificates(where, Optional.empty());
        } catch (TokenFailure e) {
            return told(e);
        }
    }

    private <T> List<T> told(TokenFailure failure) {
        log.log(Group.CFG, 0, "certificates of tokens not loaded: %s", failure.getMessage());
        return List.of();
    }

    private Optional<LoadedCertificate> read(Found found, Present where) {
        try {
            return Optional.of(
                    CertificateReader.read(CertificateKind.X509, Flag.NONE, found.der().toArray()));
        } catch (CredentialRefused e) {
            log.log(
                    Group.CFG,
                    1,
                    "certificate on token '%s' not loaded: %s",
                    where.info().label(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /// PINs that tokens refused may be tried again.
    public void forgetRefusals() {
        synchronized (modules) {
            modules.values().forEach(Pkcs11Module::forgetRefusals);
        }
    }

    @Override
    public void close() {
        synchronized (modules) {
            modules.values().forEach(Pkcs11Module::close);
        }
    }
}
