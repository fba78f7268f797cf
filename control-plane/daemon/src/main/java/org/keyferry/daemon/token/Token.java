package org.keyferry.daemon.token;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.daemon.creds.KeyId;
import org.keyferry.nativeshim.cryptoki.Attribute;
import org.keyferry.nativeshim.cryptoki.Cryptoki;
import org.keyferry.nativeshim.cryptoki.CryptokiError;
import org.keyferry.nativeshim.cryptoki.TokenInfo;
import org.keyferry.wire.Bytes;

/// One token whose keys are used. Its session stays open as long as one of its keys is loaded, and
/// is opened anew when the token was away. A PIN that it refused is never shown to it again by
/// itself: tokens lock after a few.
final class Token {
    /// After these the session, or what is known of it, is worth nothing any more.
    private static final Set<Long> STALE =
            Set.of(
                    CryptokiError.GENERAL_ERROR,
                    CryptokiError.FUNCTION_FAILED,
                    CryptokiError.DEVICE_ERROR,
                    CryptokiError.DEVICE_REMOVED,
                    CryptokiError.KEY_HANDLE_INVALID,
                    CryptokiError.OBJECT_HANDLE_INVALID,
                    CryptokiError.OPERATION_ACTIVE,
                    CryptokiError.SESSION_CLOSED,
                    CryptokiError.SESSION_HANDLE_INVALID,
                    CryptokiError.TOKEN_NOT_PRESENT,
                    CryptokiError.USER_NOT_LOGGED_IN,
                    CryptokiError.CRYPTOKI_NOT_INITIALIZED);

    private static final Set<Long> WRONG_PIN =
            Set.of(
                    CryptokiError.PIN_INCORRECT,
                    CryptokiError.PIN_INVALID,
                    CryptokiError.PIN_LEN_RANGE,
                    CryptokiError.PIN_LOCKED);

    private final Pkcs11Module module;
    private final TokenInfo info;
    private final Lane lane;
    private final Pin pin = new Pin();
    private final AtomicInteger users = new AtomicInteger();

    // only the lane's thread touches what follows
    private final Map<Bytes, Long> handles = new HashMap<>();
    private long slot;
    private Optional<Long> session = Optional.empty();
    private Set<Long> mechanisms = Set.of();

    /// @param lane on which everything is done
    Token(Pkcs11Module module, long slot, TokenInfo info, Lane lane) {
        this.module = module;
        this.slot = slot;
        this.info = info;
        this.lane = lane;
    }

    boolean is(TokenInfo other) {
        return info.isSame(other);
    }

    /// Logs in and finds a private key, which must be closed.
    ///
    /// @param given its copy is kept if the token takes it
    TokenKey key(Bytes id, Optional<byte[]> given) throws TokenFailure {
        users.incrementAndGet();
        // who does not wait any more wipes the PIN: a wiped one would be a wrong one to the token
        Optional<byte[]> own = given.map(byte[]::clone);
        var begun = new AtomicBoolean();
        boolean found = false;
        try {
            TokenKey key = lane.call(() -> find(id, own, begun));
            found = true;
            return key;
        } finally {
            if (!begun.getAndSet(true)) {
                wipe(own);
            }
            if (!found) {
                release();
            }
        }
    }

    /// @param given wiped before this returns
    /// @param begun set before where nobody waits for it
    private TokenKey find(Bytes id, Optional<byte[]> given, AtomicBoolean begun)
            throws TokenFailure {
        if (begun.getAndSet(true)) {
            throw failure("is asked by nobody any more");
        }
        try {
            return twice(() -> findOnce(id, given));
        } finally {
            wipe(given);
        }
    }

    private static void wipe(Optional<byte[]> pin) {
        pin.ifPresent(copy -> Arrays.fill(copy, (byte) 0));
    }

    /// Once more with a new session if the token was away.
    private <T> T twice(Lane.Work<T> work) throws TokenFailure {
        try {
            try {
                return work.run();
            } catch (CryptokiError e) {
                if (!STALE.contains(e.code())) {
                    throw e;
                }
                close();
                return work.run();
            }
        } catch (CryptokiError e) {
            throw failure("fails: %s", e.getMessage());
        }
    }

    private TokenKey findOnce(Bytes id, Optional<byte[]> given) throws CryptokiError, TokenFailure {
        if (given.isPresent() && !pin.isKnown()) {
            close(); // one left from before is logged in, so that the token would not try the PIN
        }
        long open = loggedIn(given, true);
        long handle = privateKey(open, id);
        PublicPart part =
                PublicPart.of(functions(), open, handle, id)
                        .orElseThrow(
                                () ->
                                        failure(
                                                "tells no public key of its private key %s, or one"
                                                        + " of an unknown kind",
                                                id.hex()));
        return new TokenKey(this, id, KeyId.of(part.key()), part.kind(), part.orderBytes());
    }

    private long privateKey(long open, Bytes id) throws CryptokiError, TokenFailure {
        Long known = handles.get(id);
        if (known != null) {
            return known;
        }
        List<Long> found = PublicPart.objects(functions(), open, Attribute.PRIVATE_KEY, id);
        if (found.isEmpty()) {
            throw failure("has no private key with id %s", id.hex());
        }
        handles.put(id, found.getFirst());
        return found.getFirst();
    }

    /// @param orderBytes of the key's curve
    byte[] sign(Bytes id, SignatureScheme scheme, byte[] message, int orderBytes)
            throws TokenFailure {
        return lane.call(() -> twice(() -> signOnce(id, scheme, message, orderBytes)));
    }

    private byte[] signOnce(Bytes id, SignatureScheme scheme, byte[] message, int orderBytes)
            throws CryptokiError, TokenFailure {
        long open = loggedIn(Optional.empty(), false);
        long handle = privateKey(open, id);
        Signing signing =
                Signing.of(scheme, message, mechanisms, orderBytes)
                        .orElseThrow(() -> failure("cannot sign with %s", scheme));
        functions().beginSigning(open, signing.mechanism(), handle);
        if (functions().isSet(open, handle, Attribute.ALWAYS_AUTHENTICATE)) {
            logIn(open, Cryptoki.CONTEXT_SPECIFIC, pin.copy());
        }
        return functions().sign(open, signing.input().toArray());
    }

    private Cryptoki functions() throws TokenFailure, CryptokiError {
        return module.functions();
    }

    /// The session. One that cannot be logged in is not kept, as it would be taken for one that is.
    ///
    /// @param asked as of [#logIn]
    private long loggedIn(Optional<byte[]> given, boolean asked)
            throws CryptokiError, TokenFailure {
        boolean fresh = session.isEmpty();
        boolean usable = false;
        try {
            long open = openSession();
            if (fresh || asked) {
                logIn(open, given, asked);
            }
            usable = true;
            return open;
        } finally {
            if (fresh && !usable) {
                close();
            }
        }
    }

    /// In the slot where the token is, which need not be the one where it was.
    private long openSession() throws CryptokiError, TokenFailure {
        if (session.isPresent()) {
            return session.get();
        }
        slot =
                module.slotOf(info, slot)
                        .orElseThrow(() -> failure("is not there: nothing can be signed with it"));
        long opened = functions().openSession(slot);
        session = Optional.of(opened);
        mechanisms = Set.copyOf(functions().mechanisms(slot));
        return opened;
    }

    /// @param asked somebody has given this PIN for now, so that it may be tried even if another
    ///   wrong one locks the token
    private void logIn(long open, Optional<byte[]> given, boolean asked)
            throws CryptokiError, TokenFailure {
        TokenInfo now = functions().tokenInfo(slot);
        if (!now.needsLogin()) {
            return;
        }
        if (now.isLocked()) {
            throw failure("is locked after too many wrong PINs");
        }
        Optional<byte[]> known = given.isPresent() ? given.map(byte[]::clone) : pin.copy();
        try {
            if (known.isPresent() && pin.isRefused(known.get())) {
                throw failure(
                        "has refused this PIN and is not asked again, as tokens lock"
                                + " (clear-creds forgets that)");
            }
            if (!asked && now.isLastTry()) {
                throw failure("is locked by the next wrong PIN: it is not logged in to by itself");
            }
            if (known.isEmpty() && !now.hasPinPad()) {
                throw failure(
                        asked ? "needs a PIN" : "was away, and its PIN is not known any more");
            }
            logIn(open, Cryptoki.USER, known);
        } finally {
            wipe(known);
        }
    }

    /// @param known wiped before this returns
    private void logIn(long open, long user, Optional<byte[]> known)
            throws CryptokiError, TokenFailure {
        try {
            functions().login(open, user, known);
            known.ifPresent(pin::accept);
        } catch (CryptokiError e) {
            if (WRONG_PIN.contains(e.code())) {
                known.ifPresent(pin::refuse);
                throw failure("refuses the PIN (%s)", e.getMessage());
            }
            if (e.code() != CryptokiError.USER_ALREADY_LOGGED_IN) {
                throw e;
            }
        } finally {
            wipe(known);
        }
    }

    /// One key less is loaded; after the last nobody is logged in any more.
    void release() {
        if (users.decrementAndGet() > 0) {
            return;
        }
        pin.wipe();
        lane.later(
                () -> {
                    if (users.get() <= 0) {
                        pin.wipe();
                        close();
                    }
                });
    }

    void forgetRefusals() {
        pin.forgetRefusals();
    }

    /// On the lane's thread. Closing the last session logs out.
    void close() {
        handles.clear();
        try {
            if (session.isPresent()) {
                functions().closeSession(session.get());
            }
        } catch (CryptokiError | TokenFailure gone) {
            // together with the token
        } finally {
            session = Optional.empty();
        }
    }

    /// When the daemon ends.
    void end() {
        pin.wipe();
        lane.later(this::close);
    }

    Lane lane() {
        return lane;
    }

    private TokenFailure failure(String what, Object... with) {
        return new TokenFailure(this + " " + what.formatted(with));
    }

    @Override
    public String toString() {
        return "token '%s' (module %s)".formatted(info.label(), module.name());
    }
}
