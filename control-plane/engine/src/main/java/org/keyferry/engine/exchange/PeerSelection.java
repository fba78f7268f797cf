package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Proposal;

/// Which connections a peer may mean that tells its identity.
final class PeerSelection {

    /// Of the connections whose addresses admit this peer and that accept the chosen IKE proposal,
    /// those that fit the identities too, best first. Neither score alone decides: in load order,
    /// each is put before the first that it beats in one score and equals in the other.
    static List<Connection> candidates(
            SaCore sa, SaInput.Received in, Optional<Identification> wanted, Identification peer) {
        var candidates = new ArrayList<Candidate>();
        for (var admitted : sa.lookup().configuration().admitting(in.local(), in.remote())) {
            Connection connection = admitted.connection();
            int own = ownMatch(wanted, connection.local().getFirst().id());
            // not the other way round: a peer that calls itself `*` is not everybody
            int theirs = peer.matches(connection.remote().getFirst().id());
            if (own > 0 && theirs > 0 && accepts(connection, sa.proposal())) {
                insert(candidates, new Candidate(connection, admitted.score(), own + theirs));
            }
        }
        return candidates.stream().map(Candidate::connection).toList();
    }

    private record Candidate(Connection connection, int addresses, int identities) {
        boolean beats(Candidate other) {
            return addresses >= other.addresses
                    && identities >= other.identities
                    && addresses + identities > other.addresses + other.identities;
        }
    }

    private static void insert(List<Candidate> sorted, Candidate candidate) {
        int at = 0;
        while (at < sorted.size() && !candidate.beats(sorted.get(at))) {
            at++;
        }
        sorted.add(at, candidate);
    }

    private static int ownMatch(Optional<Identification> received, Identification configured) {
        if (configured.isAny() || received.isEmpty() || received.get().isAny()) {
            return 1;
        }
        return Math.max(received.get().matches(configured), configured.matches(received.get()));
    }

    private static boolean accepts(Connection connection, Proposal chosen) {
        return ProposalSelection.select(connection.proposals(), List.of(chosen), true, false, true)
                .proposal()
                .isPresent();
    }

    /// Who we are for a peer that wants to talk to this one.
    static Identification ownId(SaCore sa, Optional<Identification> wanted) {
        Identification configured = sa.connection().local().getFirst().id();
        if (wanted.isPresent() && !wanted.get().isAny() && !wanted.get().hasWildcards()) {
            return wanted.get();
        }
        return configured.isAny() || configured.hasWildcards()
                ? Identification.ofAddress(sa.local().address())
                : configured;
    }

    private PeerSelection() {}
}
