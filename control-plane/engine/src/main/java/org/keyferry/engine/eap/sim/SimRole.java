package org.keyferry.engine.eap.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.EapMethod;
import org.keyferry.engine.eap.EapNames;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IdentityText;
import org.keyferry.wire.PeerViolation;

/// What both sides of the three methods have in common: keys, MACs, and what is encrypted.
abstract class SimRole implements EapMethod {
    static final Bytes VERSION_1 = Bytes.ofU16(1);

    /// The only key derivation of AKA' (RFC 9048 §3.3).
    static final int KDF_1 = 1;

    static final int SUCCESS_BIT = 0x8000;
    static final int BEFORE_BIT = 0x4000;
    static final int SUCCESS = SUCCESS_BIT;
    static final int BID_PRIME = 0x8000;

    final EapSimMethod method;
    final EapContext context;
    private final List<String> notes = new ArrayList<>();

    private static final int IV_BYTES = 16;

    /// That keys are made of: told last.
    private Bytes identity;

    private boolean identityAsked;

    /// Of the fast re-authentication that this login is, which its notifications repeat.
    private OptionalInt counter = OptionalInt.empty();

    /// Packets that AT_CHECKCODE protects (RFC 4187 §10.13).
    private Bytes identityRounds = Bytes.EMPTY;

    SimKeys keys;

    SimRole(EapSimMethod method, EapContext context) {
        this.method = method;
        this.context = context;
        this.identity = Bytes.utf8(EapNames.text(context.client()));
    }

    @Override
    public final EapType type() {
        return method.type();
    }

    /// Credentials may be in a file, or with somebody who is asked.
    @Override
    public final boolean isHeavy() {
        return true;
    }

    @Override
    public final boolean mayWait() {
        return context.sims().mayWait();
    }

    /// A GSM network does not prove itself with each challenge: who got hold of some can use them
    /// again and again.
    @Override
    public final boolean isMutual() {
        return method != EapSimMethod.SIM;
    }

    final Bytes identity() {
        return identity;
    }

    /// The client told it in the method.
    final void identity(Bytes told) {
        identity = told;
        identityAsked = true;
    }

    /// The client told an identity in EAP-Identity.
    final void identityOutside(Bytes told) {
        identity = told;
    }

    final boolean identityAsked() {
        return identityAsked;
    }

    /// Who the subscriber is, by whatever identity.
    abstract Bytes permanent();

    /// The same, for secrets.
    abstract Identification whom();

    final SimUser user() {
        return new SimUser(method, permanent().utf8(), secrets(whom()));
    }

    /// Those that may be keys of cards.
    List<SharedSecret> secrets(Identification who) {
        return context.vault().apply(who);
    }

    /// The name for people: it comes from anybody.
    final String who() {
        return IdentityText.harmless(permanent().utf8());
    }

    final void note(String format, Object... args) {
        notes.add(format.formatted(args));
    }

    @Override
    public final List<String> takeNotes() {
        var taken = List.copyOf(notes);
        notes.clear();
        return taken;
    }

    final Bytes packet(boolean request, int identifier, Bytes data) {
        return (request
                        ? EapPacket.request(identifier, type(), data)
                        : EapPacket.response(identifier, type(), data))
                .encode();
    }

    final void noteIdentityRound(Bytes packet) {
        identityRounds = identityRounds.concat(packet);
    }

    /// Empty if there was nothing to protect.
    final Bytes checkcode() {
        if (identityRounds.isEmpty()) {
            return Bytes.EMPTY;
        }
        Digest digest =
                method == EapSimMethod.AKA_PRIME ? SHA256Digest.newInstance() : new SHA1Digest();
        byte[] code = new byte[digest.getDigestSize()];
        digest.update(identityRounds.toArray(), 0, identityRounds.length());
        digest.doFinal(code, 0);
        return Bytes.wrapOwned(code);
    }

    /// This login is a fast re-authentication, or with none is none any more.
    final void counter(OptionalInt value) {
        counter = value;
    }

    /// A notification after the client's proof.
    final EapSimMessage notification(EapSimMessage message) {
        if (counter.isEmpty()) {
            return message;
        }
        Bytes value = Bytes.ofU16(counter.getAsInt());
        return hiding(
                message, new EapSimMessage(message.subtype()).with(EapSimAttribute.COUNTER, value));
    }

    /// Whether such a notification, whose MAC is right, is of this login.
    final boolean isOfThisLogin(boolean request, EapSimMessage message) {
        try {
            Optional<Bytes> told =
                    opened(request, message).flatMap(m -> m.get(EapSimAttribute.COUNTER));
            return counter.isEmpty()
                    || told.filter(value -> value.u16(0) == counter.getAsInt()).isPresent();
        } catch (PeerViolation e) {
            return false;
        }
    }

    /// @param secret goes into AT_ENCR_DATA of the message
    final EapSimMessage hiding(EapSimMessage message, EapSimMessage secret) {
        Bytes iv = Bytes.wrapOwned(context.randomBytes(IV_BYTES));
        return message.with(EapSimAttribute.IV, iv)
                .with(EapSimAttribute.ENCR_DATA, keys.encrypt(iv, secret.encodeHidden()));
    }

    /// @param message without AT_MAC
    /// @param extra what its MAC covers besides
    final Bytes sealed(boolean request, int identifier, EapSimMessage message, Bytes extra) {
        Bytes zeros = Bytes.of(new byte[SimKeys.MAC_BYTES]);
        Bytes data = message.with(EapSimAttribute.MAC, zeros).encode();
        Bytes mac = keys.mac(packet(request, identifier, data).concat(extra));
        return message.with(EapSimAttribute.MAC, mac).encode();
    }

    /// Whether a message has the MAC that it must have.
    final boolean isSealed(
            boolean request, int identifier, EapSimMessage message, Bytes data, Bytes extra) {
        Optional<Bytes> mac = message.get(EapSimAttribute.MAC);
        Optional<Bytes> covered = EapSimMessage.withoutMac(packet(request, identifier, data));
        return mac.isPresent()
                && covered.isPresent()
                && keys.isMac(mac.get(), covered.get().concat(extra));
    }

    /// What is encrypted in a message whose MAC is right.
    ///
    /// @return empty if nothing is
    final Optional<EapSimMessage> opened(boolean request, EapSimMessage message)
            throws PeerViolation {
        Optional<Bytes> iv = message.get(EapSimAttribute.IV);
        Optional<Bytes> hidden = message.get(EapSimAttribute.ENCR_DATA);
        if (hidden.isEmpty()) {
            return Optional.empty();
        }
        if (iv.isEmpty()) {
            throw PeerViolation.malformed("AT_ENCR_DATA without AT_IV", 0);
        }
        return Optional.of(message.hidden(request, keys.decrypt(iv.get(), hidden.get())));
    }
}
