package org.keyferry.engine.eap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.PeerViolation;

/// One login as EAP server, after the client told its name: chooses a method, runs it, and lets the
/// client refuse it by Nak (RFC 3748 §5.3.1).
public final class EapServer {
    private final EapContext context;
    private final List<EapType> offers;
    private final List<String> notes = new ArrayList<>();
    private EapMethod method;
    private int identifier;
    private boolean nakAllowed = true;

    /// @param configured a method, or those that eap-dynamic goes through
    /// @param identifier of the last packet that went to the client
    public EapServer(EapContext context, EapTerms.Method configured, int identifier) {
        this.offers = new ArrayList<>(offers(configured, context));
        this.context = context.among(offers);
        this.identifier = identifier;
    }

    private static List<EapType> offers(EapTerms.Method configured, EapContext context) {
        return switch (configured) {
            case EapTerms.Method.Typed(EapType type) -> List.of(type);
            case EapTerms.Method.Dynamic(), EapTerms.Method.Any() -> dynamic(context);
            case EapTerms.Method.Radius() ->
                    throw new IllegalArgumentException("RADIUS is asked elsewhere");
        };
    }

    /// Those that are preferred, in their order, then the others; empty preferences are all.
    private static List<EapType> dynamic(EapContext context) {
        List<EapType> usable = EapMethods.usable(context);
        return Stream.concat(
                        context.options().dynamicPreferred().stream().filter(usable::contains),
                        usable.stream())
                .distinct()
                .toList();
    }

    /// Whether [#begin] takes long, or may.
    public boolean beginsHeavily() {
        return !offers.isEmpty() && beginsHeavily(offers.getFirst());
    }

    private boolean beginsHeavily(EapType type) {
        return EapMethods.server(type, context).filter(EapMethod::beginsHeavily).isPresent();
    }

    /// The first request.
    public EapAnswer begin() {
        if (offers.isEmpty()) {
            return reject("no EAP method is left");
        }
        EapType type = offers.removeFirst();
        Optional<EapMethod> next = EapMethods.server(type, context);
        if (next.isEmpty()) {
            return reject("EAP method %s is not there".formatted(type));
        }
        method = next.get();
        nakAllowed = true;
        identifier = identifier + 1 & 0xff;
        notes.add("initiating %s method (id 0x%02X)".formatted(type, identifier));
        return conclude(method.begin(identifier));
    }

    /// Of the request that is to be answered.
    int identifier() {
        return identifier;
    }

    /// Whether [#process] or [#begin] may wait for somebody who knows about revoked certificates,
    /// who holds our private key, or about cards.
    public boolean mayWait() {
        boolean withCards = method == null || nakAllowed || method.mayWait();
        return (withCards && context.sims().mayWait())
                || (isHeavy() && context.credentials().mayWait());
    }

    /// Whether [#process] takes long.
    public boolean isHeavy() {
        return method != null
                && (method.isHeavy()
                        || (nakAllowed && offers.stream().anyMatch(this::beginsHeavily)));
    }

    /// @param received a whole EAP packet
    public EapAnswer process(Bytes received) {
        EapPacket packet;
        try {
            packet = EapPacket.decode(received);
        } catch (PeerViolation e) {
            return reject("received an invalid EAP packet: " + e.getMessage());
        }
        if (packet.code() != EapPacket.Code.RESPONSE || packet.identifier() != identifier) {
            return reject(
                    "received an EAP packet that is no response to request 0x%02X"
                            .formatted(identifier));
        }
        if (packet.isNak()) {
            return onNak(packet);
        }
        if (!packet.type().equals(method.type())) {
            return reject("received %s, but asked for %s".formatted(packet.type(), method.type()));
        }
        nakAllowed = false;
        EapMethod.Step step = method.process(identifier, packet.data());
        identifier = identifier + 1 & 0xff;
        return conclude(step);
    }

    /// Only a method's first request may be refused. Each method is offered once, so this ends.
    private EapAnswer onNak(EapPacket nak) {
        if (!nakAllowed) {
            return reject("received a Nak in the middle of %s".formatted(method.type()));
        }
        List<EapType> wanted = nak.nakTypes();
        notes.add("received EAP_NAK, client would take %s".formatted(wanted));
        offers.removeIf(type -> !wanted.contains(type));
        if (context.options().dynamicPreferUser()) {
            offers.sort(java.util.Comparator.comparingInt(wanted::indexOf));
        }
        return offers.isEmpty()
                ? reject("no EAP method that both sides take: client would take " + wanted)
                : begin();
    }

    private EapAnswer conclude(EapMethod.Step step) {
        notes.addAll(method.takeNotes());
        return switch (step) {
            case EapMethod.Step.Send(Bytes data) ->
                    new EapAnswer.Request(
                            EapPacket.request(identifier, method.type(), data).encode());
            case EapMethod.Step.Done(_, var msk, var legacy) -> {
                notes.add(
                        "EAP method %s succeeded, %sMSK established"
                                .formatted(method.type(), msk.isPresent() ? "" : "no "));
                yield new EapAnswer.Accepted(
                        EapPacket.success(identifier).encode(),
                        msk,
                        EapFacts.of(method.type(), method.innerIdentity()),
                        legacy);
            }
            case EapMethod.Step.Failed(String why) -> {
                notes.add(
                        "EAP method %s failed for peer %s"
                                .formatted(method.type(), context.client()));
                yield reject(why);
            }
        };
    }

    private EapAnswer reject(String why) {
        return new EapAnswer.Rejected(Optional.of(EapPacket.failure(identifier).encode()), why);
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
