package org.keyferry.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Algorithms;
import org.keyferry.engine.eap.EapMethods;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.wire.EapType;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// The part of a connection that the engine can do. What it cannot do is left out before a message
/// is made of it, and named.
public final class Usable {

    /// @param refusals gets a sentence for everything that is left out
    /// @return empty if nothing useful remains
    static Optional<Connection> part(Connection connection, List<String> refusals) {
        String name = "connection '%s'".formatted(connection.name());
        if (!authenticates(connection.local(), name, "local", refusals)
                || !authenticates(connection.remote(), name, "remote", refusals)) {
            return Optional.empty();
        }
        var ike = new ArrayList<Proposal>();
        connection.proposals().forEach(p -> ikePart(p, name, refusals).ifPresent(ike::add));
        if (ike.isEmpty()) {
            refusals.add(name + ": no IKE proposal is left");
            return Optional.empty();
        }
        var children = new ArrayList<Child>();
        connection.children().forEach(c -> childPart(c, name, refusals).ifPresent(children::add));
        boolean whole =
                ike.equals(connection.proposals()) && children.equals(connection.children());
        return Optional.of(whole ? connection : connection.with(ike, children));
    }

    private static boolean authenticates(
            List<AuthRound> rounds, String name, String side, List<String> refusals) {
        for (AuthRound round : rounds) {
            if (round.method() == AuthMethod.EAP
                    && round.eap().method() instanceof EapTerms.Method.Typed(EapType type)
                    && !EapMethods.ALL.contains(type)) {
                refusals.add("%s: %s does not know %s".formatted(name, side, type));
                return false;
            }
            Identification id = round.id();
            if (!id.hasWildcards() && id.idType() >= IdType.ANY) {
                refusals.add("%s: identity '%s' cannot travel in a message".formatted(name, id));
                return false;
            }
        }
        return true;
    }

    private static Optional<Proposal> ikePart(
            Proposal proposal, String name, List<String> refusals) {
        var kept = new ArrayList<Transform>();
        for (Transform transform : proposal.transforms()) {
            boolean none = TransformType.isAdditionalKe(transform.type()) && transform.id() == 0;
            if (none || Algorithms.supports(transform)) {
                kept.add(transform);
            } else {
                refusals.add("%s: %s is not available for IKE".formatted(name, transform));
            }
        }
        boolean classic = kept.stream().anyMatch(t -> isEncr(t) && !Algorithms.isAead(t));
        boolean complete =
                proposal.protocolId() == ProtocolId.IKE
                        && keepsAdditionalKe(proposal, kept)
                        && has(kept, TransformType.ENCR)
                        && has(kept, TransformType.PRF)
                        && has(kept, TransformType.KE)
                        && (!classic || has(kept, TransformType.INTEG));
        if (!complete) {
            refusals.add("%s: IKE proposal %s is not used".formatted(name, proposal));
            return Optional.empty();
        }
        return Optional.of(part(proposal, kept));
    }

    /// Whether something is left of each additional key exchange.
    private static boolean keepsAdditionalKe(Proposal proposal, List<Transform> kept) {
        return proposal.transforms().stream()
                .filter(t -> TransformType.isAdditionalKe(t.type()))
                .allMatch(t -> has(kept, t.type()));
    }

    private static Optional<Child> childPart(Child child, String name, List<String> refusals) {
        if (child.mode() == ChildMode.PASS || child.mode() == ChildMode.DROP) {
            return Optional.of(child); // a policy, its proposals are never used
        }
        var kept = new ArrayList<Proposal>();
        String whose = "%s, child '%s'".formatted(name, child.name());
        child.proposals().forEach(p -> childProposal(p, whose, refusals).ifPresent(kept::add));
        if (kept.isEmpty()) {
            refusals.add(whose + ": no ESP or AH proposal is left");
            return Optional.empty();
        }
        return Optional.of(kept.equals(child.proposals()) ? child : child.withProposals(kept));
    }

    private static Optional<Proposal> childProposal(
            Proposal proposal, String name, List<String> refusals) {
        var kept = new ArrayList<Transform>();
        for (Transform transform : proposal.transforms()) {
            if (keyLengthKnown(transform)) {
                kept.add(transform);
            } else {
                refusals.add(
                        "%s: %s is not available for %s"
                                .formatted(
                                        name, transform, ProtocolId.name(proposal.protocolId())));
            }
        }
        if (!isComplete(proposal, kept)) {
            refusals.add("%s: proposal %s is not used".formatted(name, proposal));
            return Optional.empty();
        }
        return Optional.of(part(proposal, kept));
    }

    /// ESP encrypts, AH authenticates; integrity that was wanted must not be lost.
    private static boolean isComplete(Proposal proposal, List<Transform> kept) {
        boolean integ = has(kept, TransformType.INTEG);
        return switch (proposal.protocolId()) {
            case ProtocolId.ESP ->
                    has(kept, TransformType.ENCR)
                            && (integ || !has(proposal.transforms(), TransformType.INTEG));
            case ProtocolId.AH -> integ && !has(kept, TransformType.ENCR);
            default -> false;
        };
    }

    private static boolean keyLengthKnown(Transform transform) {
        boolean keyed = isEncr(transform) || transform.type() == TransformType.INTEG;
        if (!keyed || transform.id() == 0) {
            return true;
        }
        try {
            return Algorithms.keyBytes(transform) >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isEncr(Transform transform) {
        return transform.type() == TransformType.ENCR;
    }

    private static boolean has(List<Transform> transforms, int type) {
        return transforms.stream().anyMatch(t -> t.type() == type);
    }

    private static Proposal part(Proposal p, List<Transform> kept) {
        return new Proposal(p.number(), p.protocolId(), p.spi(), kept);
    }

    private Usable() {}
}
