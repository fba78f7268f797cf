package org.keyferry.engine.exchange;

import java.util.List;
import java.util.OptionalInt;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;

/// Our part of a key exchange in any request that has one, and the detour when the peer wants
/// another method (RFC 7296 §1.2, §1.3).
final class KeyOffer {
    /// So many answers that ask for another request are followed.
    static final int MAX_DETOURS = 5;

    private static final int METHOD_BYTES = 2;

    static Bytes nonce(SaCore sa) {
        return Bytes.wrapOwned(sa.randomBytes(IkeSaInit.NONCE_BYTES));
    }

    /// Makes our key of a method that is there.
    static ComputeJob.MakeKey making(SaCore sa, int methodId) {
        var method = KeyExchangeMethod.of(methodId).orElseThrow();
        return new ComputeJob.MakeKey(method, sa.randomSecret(method.entropyBytes()));
    }

    /// The method that INVALID_KE_PAYLOAD names; -1 if it names none.
    static int wanted(Payload.Notify invalidKe) {
        Bytes data = invalidKe.data();
        return data.length() == METHOD_BYTES ? data.u16(0) : -1;
    }

    /// The method to try next: one that was offered and not tried.
    ///
    /// @param detours so far
    static OptionalInt detour(
            Payload.Notify invalidKe, int tried, int detours, List<Proposal> offered) {
        int wanted = wanted(invalidKe);
        boolean useful =
                wanted != tried
                        && detours < MAX_DETOURS
                        && ProposalSelection.offersMethod(offered, wanted)
                        && (wanted == 0 || KeyExchangeMethod.of(wanted).isPresent());
        return useful ? OptionalInt.of(wanted) : OptionalInt.empty();
    }

    private KeyOffer() {}
}
