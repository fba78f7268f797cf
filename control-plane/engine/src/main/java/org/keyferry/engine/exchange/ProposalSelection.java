package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.keyferry.crypto.Algorithms;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Chooses a proposal that both sides accept (RFC 7296 §2.7, §3.3.6): the preferred side's order
/// decides, over proposals first and then over the transforms of each type.
public final class ProposalSelection {
    /// The first identifier of the private-use range (RFC 7296 §3.3.2).
    private static final int FIRST_PRIVATE_ID = 1024;

    /// @param proposal one transform of each type, under the number and SPI of the peer's proposal
    /// @param mismatch if nothing fits: the first transform type in which the nearest pair differs
    public record Outcome(Optional<Proposal> proposal, String mismatch) {}

    /// @param own what this side accepts, most preferred first
    /// @param preferOwn whose order decides
    /// @param withoutKe CHILD_SAs of IKE_AUTH negotiate no key exchange: such transforms are
    ///   ignored
    /// @param privateIds whether identifiers of the private-use range may be chosen
    public static Outcome select(
            List<Proposal> own,
            List<Proposal> peer,
            boolean preferOwn,
            boolean withoutKe,
            boolean privateIds) {
        var best = new Outcome(Optional.empty(), "no proposal was offered");
        int bestDepth = -1;
        for (Proposal outer : preferOwn ? own : peer) {
            for (Proposal inner : preferOwn ? peer : own) {
                Attempt attempt = match(outer, inner, withoutKe, privateIds);
                Proposal theirs = preferOwn ? inner : outer;
                if (attempt.mismatch == null) {
                    return new Outcome(
                            Optional.of(
                                    new Proposal(
                                            theirs.number(),
                                            theirs.protocolId(),
                                            theirs.spi(),
                                            attempt.chosen)),
                            "");
                }
                if (attempt.depth > bestDepth) {
                    bestDepth = attempt.depth;
                    best =
                            new Outcome(
                                    Optional.empty(),
                                    attempt.describe(preferOwn ? outer : inner, theirs));
                }
            }
        }
        return best;
    }

    /// Checks a responder's answer: one of the proposals that were offered, with one transform of
    /// each type (RFC 7296 §2.7).
    public static Outcome confirm(
            List<Proposal> offered, List<Proposal> answer, boolean withoutKe) {
        if (answer.size() != 1) {
            return new Outcome(
                    Optional.empty(), "number of proposals: peer chose " + answer.size());
        }
        Proposal chosen = answer.getFirst();
        BitSet types = types(chosen, chosen);
        for (int type = types.nextSetBit(0); type >= 0; type = types.nextSetBit(type + 1)) {
            if (chosen.ofType(type).size() != 1) {
                return new Outcome(
                        Optional.empty(), typeName(type) + ": peer chose more than one transform");
            }
        }
        return select(offered, answer, true, withoutKe, true);
    }

    private static final class Attempt {
        final List<Transform> chosen = new ArrayList<>(4);
        Integer mismatch;
        int depth;

        /// Whether it is a key exchange that is done already: none is done twice (RFC 9370 §2.2.1).
        boolean hasMethod(Transform transform) {
            return isKeyExchange(transform.type())
                    && transform.id() != 0
                    && chosen.stream()
                            .anyMatch(c -> isKeyExchange(c.type()) && c.id() == transform.id());
        }

        String describe(Proposal own, Proposal theirs) {
            if (own.protocolId() != theirs.protocolId()) {
                return "protocol: peer's %d, ours %d"
                        .formatted(theirs.protocolId(), own.protocolId());
            }
            return "%s: peer's %s, ours %s"
                    .formatted(typeName(mismatch), names(theirs, mismatch), names(own, mismatch));
        }

        private static String names(Proposal proposal, int type) {
            var names = proposal.ofType(type).stream().map(Transform::toString).toList();
            return names.isEmpty() ? "none" : String.join("/", names);
        }
    }

    private static Attempt match(Proposal a, Proposal b, boolean withoutKe, boolean privateIds) {
        var attempt = new Attempt();
        if (a.protocolId() != b.protocolId()) {
            attempt.mismatch = 0;
            return attempt;
        }
        boolean aead = false;
        BitSet types = types(a, b);
        for (int type = types.nextSetBit(0); type >= 0; type = types.nextSetBit(type + 1)) {
            boolean ke = isKeyExchange(type);
            if ((ke && withoutKe) || (type == TransformType.INTEG && aead)) {
                continue;
            }
            List<Transform> ours = a.ofType(type);
            List<Transform> theirs = b.ofType(type);
            Optional<Transform> common =
                    firstCommon(
                            ours, theirs, t -> isAllowed(t, privateIds) && !attempt.hasMethod(t));
            if (common.isPresent()) {
                if (common.get().id() != 0 || (!ke && type != TransformType.INTEG)) {
                    attempt.chosen.add(common.get());
                }
                aead |= type == TransformType.ENCR && Algorithms.isAead(common.get());
                attempt.depth++;
            } else if (!maySkip(a.protocolId(), type, ours, theirs)) {
                attempt.mismatch = type;
                return attempt;
            }
        }
        return attempt;
    }

    private static boolean isKeyExchange(int type) {
        return type == TransformType.KE || TransformType.isAdditionalKe(type);
    }

    /// A side that lists no transform of a type is content if the other one offers to do without.
    private static boolean maySkip(
            int protocolId, int type, List<Transform> ours, List<Transform> theirs) {
        if (!ours.isEmpty() && !theirs.isEmpty()) {
            return false;
        }
        List<Transform> listed = ours.isEmpty() ? theirs : ours;
        boolean none = listed.stream().anyMatch(t -> t.id() == 0);
        return switch (type) {
            case TransformType.INTEG -> none;
            case TransformType.KE -> none && protocolId != ProtocolId.IKE;
            case TransformType.ENCR, TransformType.PRF, TransformType.ESN -> false;
            default -> none;
        };
    }

    private static boolean isAllowed(Transform transform, boolean privateIds) {
        return transform.id() < FIRST_PRIVATE_ID || privateIds;
    }

    private static Optional<Transform> firstCommon(
            List<Transform> ours, List<Transform> theirs, Predicate<Transform> allowed) {
        for (Transform transform : ours) {
            if (allowed.test(transform) && theirs.contains(transform)) {
                return Optional.of(transform);
            }
        }
        return Optional.empty();
    }

    /// The types of transforms in either, which come in the order of their numbers.
    private static BitSet types(Proposal a, Proposal b) {
        var types = new BitSet();
        a.transforms().forEach(t -> types.set(t.type()));
        b.transforms().forEach(t -> types.set(t.type()));
        return types;
    }

    private static String typeName(int type) {
        return switch (type) {
            case TransformType.ENCR -> "encryption";
            case TransformType.PRF -> "PRF";
            case TransformType.INTEG -> "integrity";
            case TransformType.KE -> "key exchange";
            case TransformType.ESN -> "sequence numbers";
            default -> "additional key exchange " + (type - TransformType.KE - 1);
        };
    }

    /// What is sent for a CHILD_SA of IKE_AUTH: no key exchange, our SPI, numbers from 1.
    public static List<Proposal> forAuth(List<Proposal> configured, Bytes spi) {
        var offered = new ArrayList<Proposal>();
        for (Proposal proposal : configured) {
            List<Transform> transforms =
                    proposal.transforms().stream()
                            .filter(
                                    t ->
                                            t.type() != TransformType.KE
                                                    && t.type() < TransformType.ADDKE1)
                            .toList();
            offered.add(new Proposal(offered.size() + 1, proposal.protocolId(), spi, transforms));
        }
        return offered;
    }

    /// What is sent for a CHILD_SA of CREATE_CHILD_SA: only key exchanges that can be done; a
    /// proposal that cannot do without others is left out.
    public static List<Proposal> forCreate(List<Proposal> configured, Bytes spi) {
        var offered = new ArrayList<Proposal>();
        for (Proposal proposal : configured) {
            List<Transform> transforms =
                    proposal.transforms().stream().filter(ProposalSelection::canBeDone).toList();
            boolean complete =
                    proposal.transforms().stream()
                            .filter(t -> !canBeDone(t))
                            .allMatch(lost -> has(transforms, lost.type()));
            if (complete) {
                offered.add(
                        new Proposal(offered.size() + 1, proposal.protocolId(), spi, transforms));
            }
        }
        return offered;
    }

    /// The same, each of them also acceptable without its key exchanges.
    static List<Proposal> orWithoutKe(List<Proposal> proposals) {
        var both = new ArrayList<Proposal>();
        for (Proposal proposal : proposals) {
            var transforms = new ArrayList<>(proposal.transforms());
            proposal.transforms().stream()
                    .map(Transform::type)
                    .filter(ProposalSelection::isKeyExchange)
                    .distinct()
                    .map(type -> new Transform(type, 0, 0))
                    .filter(none -> !transforms.contains(none))
                    .forEach(transforms::add);
            both.add(
                    new Proposal(
                            proposal.number(), proposal.protocolId(), proposal.spi(), transforms));
        }
        return both;
    }

    private static boolean canBeDone(Transform transform) {
        return !isKeyExchange(transform.type())
                || transform.id() == 0
                || KeyExchangeMethod.of(transform.id()).isPresent();
    }

    private static boolean has(List<Transform> transforms, int type) {
        return transforms.stream().anyMatch(t -> t.type() == type);
    }

    /// The key exchange that is tried first: the most preferred one, 0 for none.
    public static int firstMethod(List<Proposal> offered) {
        return offered.getFirst().ofType(TransformType.KE).stream()
                .mapToInt(Transform::id)
                .findFirst()
                .orElse(0);
    }

    /// @param methodId 0 for none
    static boolean offersMethod(List<Proposal> offered, int methodId) {
        return offered.stream()
                .map(p -> p.ofType(TransformType.KE))
                .anyMatch(
                        methods ->
                                methods.stream().anyMatch(t -> t.id() == methodId)
                                        || (methodId == 0 && methods.isEmpty()));
    }

    static int methodOf(org.keyferry.engine.sa.State.Agreed agreed) {
        return firstMethod(List.of(agreed.proposal()));
    }

    private ProposalSelection() {}
}
