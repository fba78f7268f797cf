package org.keyferry.crypto;

import java.util.List;
import java.util.Objects;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// The algorithms an IKE SA was negotiated with.
///
/// @param integ null with an AEAD cipher, and only then
/// @param prfId transform id of the PRF
/// @param keId transform id of the (first) key exchange method
public record IkeSuite(Transform encr, Transform integ, int prfId, int keId) {
    /// Refuses what cannot work.
    ///
    /// @throws IllegalArgumentException if Keyferry cannot compute one of them; negotiation should
    ///   have refused it
    public IkeSuite {
        Objects.requireNonNull(encr, "encr");
        boolean aead = Algorithms.isAead(encr);
        boolean usable =
                Algorithms.supports(encr)
                        && (integ == null || Algorithms.supports(integ))
                        && aead == (integ == null)
                        && Prf.find(prfId).isPresent()
                        && KeyExchanges.find(keId).isPresent();
        if (!usable) {
            throw new IllegalArgumentException(
                    "IKE suite %s %s PRF %d KE %d".formatted(encr, integ, prfId, keId));
        }
    }

    /// Of a proposal with one transform of each type. An integrity transform beside an AEAD cipher
    /// is left out: only NONE can stand there (RFC 7296 §3.3.3).
    public static IkeSuite of(Proposal selected) {
        Transform encr = one(selected, TransformType.ENCR);
        return new IkeSuite(
                encr,
                Algorithms.isAead(encr) ? null : one(selected, TransformType.INTEG),
                one(selected, TransformType.PRF).id(),
                one(selected, TransformType.KE).id());
    }

    public Prf prf() {
        return Prf.of(prfId);
    }

    private static Transform one(Proposal selected, int type) {
        List<Transform> transforms = selected.ofType(type);
        if (transforms.size() != 1) {
            throw new IllegalArgumentException(
                    transforms.size() + " transforms of type " + TransformType.name(type));
        }
        return transforms.getFirst();
    }
}
