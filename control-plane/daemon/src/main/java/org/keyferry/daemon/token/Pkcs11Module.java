package org.keyferry.daemon.token;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.creds.TokenObject;
import org.keyferry.nativeshim.cryptoki.Attribute;
import org.keyferry.nativeshim.cryptoki.Cryptoki;
import org.keyferry.nativeshim.cryptoki.CryptokiError;
import org.keyferry.nativeshim.cryptoki.TokenInfo;
import org.keyferry.settings.Pkcs11Conf;
import org.keyferry.wire.Bytes;

/// One PKCS#11 module: a library, opened when it is needed first. With the system's locks each
/// token has a lane of its own, else one serves all of the module's.
final class Pkcs11Module {
    private final Pkcs11Conf.Module conf;
    private final Duration patience;
    private final Lane lane;
    private final List<Token> tokens = new ArrayList<>();

    /// Not before it is there, and then for ever.
    private volatile Cryptoki functions;

    /// @param patience of who waits for it
    Pkcs11Module(Pkcs11Conf.Module conf, Duration patience) {
        this.conf = conf;
        this.patience = patience;
        this.lane = new Lane("module " + conf.name(), patience);
    }

    String name() {
        return conf.name();
    }

    /// A token in a slot.
    record Present(Pkcs11Module module, long slot, TokenInfo info) {}

    /// An X.509 certificate on a token.
    ///
    /// @param trusted the token says so, which only its owner can have it do
    record Found(Bytes der, boolean trusted) {}

    /// Tokens that are there now.
    List<Present> present() throws TokenFailure {
        return lane.call(this::tokensNow);
    }

    private List<Present> tokensNow() throws TokenFailure, CryptokiError {
        functions().initialize(conf.osLocking()); // if somebody ended it
        var present = new ArrayList<Present>();
        for (long slot : functions().slots()) {
            try {
                TokenInfo info = functions().tokenInfo(slot);
                if (info.isInitialized()) {
                    present.add(new Present(this, slot, info));
                }
            } catch (CryptokiError e) {
                if (e.code() == CryptokiError.CRYPTOKI_NOT_INITIALIZED) {
                    throw e;
                }
                // pulled out just now, or nothing that this module understands
            }
        }
        return present;
    }

    /// Whether something that needs no login has this id.
    boolean shows(Present where, TokenObject wanted) throws TokenFailure {
        return lane.call(
                () -> {
                    long session = functions().openSession(where.slot());
                    try {
                        return !functions()
                                .find(session, Map.of(Attribute.ID, wanted.id().toArray()))
                                .isEmpty();
                    } finally {
                        functions().closeSession(session);
                    }
                });
    }

    /// Certificates on a token.
    ///
    /// @param id CKA_ID of the one wanted; empty for all
    List<Found> certificates(Present where, Optional<Bytes> id) throws TokenFailure {
        return lane.call(
                () -> {
                    long session = functions().openSession(where.slot());
                    try {
                        return certificates(session, id);
                    } finally {
                        functions().closeSession(session);
                    }
                });
    }

    private List<Found> certificates(long session, Optional<Bytes> id)
            throws TokenFailure, CryptokiError {
        var found = new ArrayList<Found>();
        Map<Long, Object> wanted =
                Map.of(
                        Attribute.CLASS,
                        Attribute.CERTIFICATE,
                        Attribute.CERTIFICATE_TYPE,
                        Attribute.X509);
        if (id.isPresent()) {
            wanted = new HashMap<>(wanted);
            wanted.put(Attribute.ID, id.get().toArray());
        }
        for (long object : functions().find(session, wanted)) {
            Optional<byte[]> der = functions().attribute(session, object, Attribute.VALUE);
            if (der.isPresent()) {
                boolean trusted = functions().isSet(session, object, Attribute.TRUSTED);
                found.add(new Found(Bytes.wrapOwned(der.get()), trusted));
            }
        }
        return found;
    }

    /// The same object for the same token, wherever it is plugged in.
    Token token(Present where) {
        synchronized (tokens) {
            Optional<Token> known = tokens.stream().filter(t -> t.is(where.info())).findFirst();
            if (known.isPresent()) {
                return known.get();
            }
            Lane own =
                    conf.osLocking()
                            ? new Lane("token '%s'".formatted(where.info().label()), patience)
                            : lane;
            var token = new Token(this, where.slot(), where.info(), own);
            tokens.add(token);
            return token;
        }
    }

    /// Where a token is now.
    ///
    /// @param before the slot to look into first
    Optional<Long> slotOf(TokenInfo token, long before) throws CryptokiError, TokenFailure {
        return tokensNow().stream()
                .filter(present -> present.info().isSame(token))
                .map(Present::slot)
                .min(Comparator.comparing(slot -> slot != before));
    }

    /// On a lane's thread.
    Cryptoki functions() throws TokenFailure, CryptokiError {
        if (functions == null) {
            synchronized (this) {
                if (functions == null) {
                    functions = open();
                }
            }
        }
        return functions;
    }

    private Cryptoki open() throws TokenFailure, CryptokiError {
        try {
            return Cryptoki.open(conf.path(), conf.osLocking());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new TokenFailure(
                    "module %s cannot be used: %s".formatted(conf.name(), e.getMessage()));
        }
    }

    void forgetRefusals() {
        synchronized (tokens) {
            tokens.forEach(Token::forgetRefusals);
        }
    }

    /// Logs out everywhere.
    void close() {
        synchronized (tokens) {
            tokens.forEach(Token::end);
            tokens.stream().map(Token::lane).distinct().forEach(Lane::close);
        }
        lane.close();
    }
}
