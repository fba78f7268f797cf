package org.keyferry.engine.eap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.IdentityText;
import org.keyferry.wire.PeerViolation;

/// One login as EAP client ("peer" in RFC 3748): tells its name, takes or refuses the method that
/// the server asks for, and believes in Success only once the method says so.
public final class EapPeer {
    /// Requests that a login may take; methods with many fragments stay below.
    private static final int MAX_REQUESTS = 256;

    private final EapContext context;
    private final List<EapType> acceptable;
    private final List<String> notes = new ArrayList<>();
    private EapMethod method;

    /// The only one that there can be, if it has a say in what our name is.
    private Optional<EapMethod> ahead = Optional.empty();

    private Optional<EapMethod.Step.Done> done = Optional.empty();
    private int requests;

    /// @param serverUnknown nobody but the method proves the server: a password is shown only
    ///   inside of methods that do so first
    public EapPeer(EapContext context, EapTerms.Method configured, boolean serverUnknown) {
        this(context, acceptable(context, configured, serverUnknown));
    }

    private static List<EapType> acceptable(
            EapContext context, EapTerms.Method configured, boolean serverUnknown) {
        List<EapType> known =
                configured instanceof EapTerms.Method.Typed(EapType type)
                        ? List.of(type)
                        : EapMethods.usable(context);
        return serverUnknown
                ? known.stream().filter(type -> !EapMethods.ONE_SIDED.contains(type)).toList()
                : known;
    }

    private EapPeer(EapContext context, List<EapType> acceptable) {
        this.context = context.among(acceptable);
        this.acceptable = acceptable;
    }

    /// For EAP inside of a method with TLS, in which there is no further TLS.
    static EapPeer inside(EapContext context) {
        return new EapPeer(context, EapMethods.INNER);
    }

    /// The method is over as far as we are concerned.
    boolean isDone() {
        return done.isPresent();
    }

    public sealed interface Step {
        record Respond(Bytes packet) implements Step {}

        /// @param mutual the server is known by the method, too
        record Succeeded(EapType type, Optional<Secret> msk, boolean mutual) implements Step {}

        /// @param byServer it said so itself
        record Failed(String why, boolean byServer) implements Step {}
    }

    /// Whether [#process] may wait for somebody who knows about revoked certificates, who holds our
    /// private key, or for cards.
    public boolean mayWait() {
        boolean withCards = method == null ? context.sims().mayWait() : method.mayWait();
        return isHeavy() && (withCards || context.credentials().mayWait());
    }

    /// Whether [#process] takes long, or may.
    public boolean isHeavy() {
        return method == null ? !EapMethods.INNER.containsAll(acceptable) : method.isHeavy();
    }

    /// @param received a whole EAP packet
    public Step process(Bytes received) {
        EapPacket packet;
        try {
            packet = EapPacket.decode(received);
        } catch (PeerViolation e) {
            return failed("received an invalid EAP packet: " + e.getMessage());
        }
        return switch (packet.code()) {
            case REQUEST -> ++requests > MAX_REQUESTS ? tooMany() : onRequest(packet);
            case RESPONSE -> failed("received an EAP response as client");
            case SUCCESS -> onSuccess();
            case FAILURE -> {
                refused();
                yield new Step.Failed("received EAP_FAILURE, EAP authentication failed", true);
            }
        };
    }

    /// The login failed. Before a method began that may be for the name that was told.
    public void refused() {
        if (method == null) {
            ahead.ifPresent(EapMethod::nameRefused);
        }
    }

    private Step tooMany() {
        return failed("more than %d EAP requests".formatted(MAX_REQUESTS));
    }

    private Step onSuccess() {
        if (done.isEmpty()) {
            return failed("received EAP_SUCCESS before the method ended");
        }
        Optional<Secret> msk = done.get().msk();
        Optional<Secret> unused = done.get().legacyMsk();
        if (method.legacyServer() && unused.isPresent()) {
            notes.add("taking the key of TLS 1.3 from before RFC 9190");
            unused = msk;
            msk = done.get().legacyMsk();
        }
        unused.ifPresent(Secret::close);
        notes.add(
                "EAP method %s succeeded, %sMSK established"
                        .formatted(method.type(), msk.isPresent() ? "" : "no "));
        return new Step.Succeeded(method.type(), msk, method.isMutual());
    }

    private Step onRequest(EapPacket packet) {
        EapType type = packet.type();
        if (type.equals(EapType.NOTIFICATION)) {
            notes.add(
                    "received EAP notification: '%s'"
                            .formatted(IdentityText.harmless(packet.data().utf8())));
            return respond(packet, type, Bytes.EMPTY);
        }
        if (method != null) {
            return type.equals(method.type())
                    ? inMethod(packet)
                    : failed("server changed from %s to %s".formatted(method.type(), type));
        }
        if (type.equals(EapType.IDENTITY)) {
            return respond(packet, type, name());
        }
        notes.add(
                "server requested %s authentication (id 0x%02X)"
                        .formatted(type, packet.identifier()));
        Optional<EapMethod> wanted =
                acceptable.contains(type)
                        ? ahead.or(() -> EapMethods.client(type, context))
                        : Optional.empty();
        if (acceptable.isEmpty()) {
            return failed("EAP is to prove the server, which %s does not".formatted(type));
        }
        if (wanted.isEmpty()) {
            notes.add(
                    "EAP method %s is not wanted, sending EAP_NAK for %s"
                            .formatted(type, acceptable));
            return new Step.Respond(EapPacket.nak(packet.identifier(), acceptable).encode());
        }
        method = wanted.get();
        return inMethod(packet);
    }

    private Bytes name() {
        boolean withCard = EapMethods.WITH_CARD.containsAll(acceptable);
        if (ahead.isEmpty() && withCard && acceptable.size() == 1) {
            ahead = EapMethods.client(acceptable.getFirst(), context);
        }
        Optional<Bytes> hidden = ahead.flatMap(EapMethod::nameToTell);
        Bytes name = hidden.orElseGet(() -> Bytes.utf8(EapNames.text(context.client())));
        notes.add(
                "server requested EAP_IDENTITY, sending '%s'"
                        .formatted(
                                hidden.isPresent()
                                        ? IdentityText.harmless(name.utf8())
                                        : context.client()));
        return name;
    }

    private Step inMethod(EapPacket packet) {
        if (done.isPresent() && !method.mayGoOn()) {
            return failed("server goes on with %s, which was over".formatted(method.type()));
        }
        done = Optional.empty();
        EapMethod.Step step = method.process(packet.identifier(), packet.data());
        notes.addAll(method.takeNotes());
        return switch (step) {
            case EapMethod.Step.Send(Bytes data) -> respond(packet, method.type(), data);
            case EapMethod.Step.Done over -> {
                done = Optional.of(over);
                yield respond(packet, method.type(), over.last());
            }
            case EapMethod.Step.Failed(String why) ->
                    failed("EAP method %s failed: %s".formatted(method.type(), why));
        };
    }

    private static Step respond(EapPacket request, EapType type, Bytes data) {
        return new Step.Respond(EapPacket.response(request.identifier(), type, data).encode());
    }

    private static Step failed(String why) {
        return new Step.Failed(why, false);
    }

    /// As of [EapMethod#addressBlocks].
    public Optional<List<AddressRange>> addressBlocks() {
        return Optional.ofNullable(method).flatMap(EapMethod::addressBlocks);
    }

    /// As of [EapMethod#confirmed].
    public void confirmed() {
        method.confirmed();
    }

    public List<String> takeNotes() {
        var taken = List.copyOf(notes);
        notes.clear();
        return taken;
    }
}
