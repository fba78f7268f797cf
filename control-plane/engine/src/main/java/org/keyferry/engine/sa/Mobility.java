package org.keyferry.engine.sa;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Path;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// What an IKE_SA knows of other ways to its peer (MOBIKE, RFC 4555), and how a move stands.
public final class Mobility {
    /// Between two transmissions while paths are tried.
    public static final Duration PROBE_INTERVAL = Duration.ofMillis(2_500);

    /// Transmissions at that pace; what follows takes its ordinary time.
    public static final int MOST_PROBES = 10;

    /// What passes from one IKE_SA to the one that replaces it.
    ///
    /// @param agreed both sides announced MOBIKE
    /// @param decides this side sent the very first IKE_SA_INIT request, and so chooses the path
    /// @param peerAddresses where the peer can be reached, the one that it uses first; empty if it
    ///   told nothing
    /// @param announced own addresses that the peer was told
    public record Facts(
            boolean agreed,
            boolean decides,
            List<IpAddress> peerAddresses,
            List<IpAddress> announced) {
        public Facts {
            peerAddresses = List.copyOf(peerAddresses);
            announced = List.copyOf(announced);
        }
    }

    /// Ways that are tried at the same time, until the peer answers on one.
    ///
    /// @param paths the preferred one first
    /// @param probes transmissions so far
    public record Search(List<Path> paths, int probes) {
        public Search {
            paths = List.copyOf(paths);
        }
    }

    /// An UPDATE_SA_ADDRESSES request, or another one with COOKIE2, that is in flight.
    ///
    /// @param local, remote the addresses that it is about
    /// @param announced own addresses that it tells the peer; empty if it tells none
    public record Sent(
            Bytes cookie, Endpoint local, Endpoint remote, Optional<List<IpAddress>> announced) {}

    /// Where the CHILD_SAs are in the kernel.
    public record Place(Endpoint local, Endpoint remote) {}

    private Facts facts;
    private Optional<Search> search = Optional.empty();
    private Optional<Sent> sent = Optional.empty();
    private Optional<Place> childrenAt = Optional.empty();
    private Optional<Path> refused = Optional.empty();
    private Bytes seenAs = Bytes.EMPTY;
    private boolean childrenDue;
    private boolean suspected;
    private boolean stranded;

    Mobility(boolean decides) {
        facts = new Facts(false, decides, List.of(), List.of());
    }

    public Facts facts() {
        return facts;
    }

    public void facts(Facts known) {
        facts = known;
    }

    public boolean agreed() {
        return facts.agreed();
    }

    public boolean decides() {
        return facts.decides();
    }

    /// Both sides announced MOBIKE.
    public void agree() {
        facts = new Facts(true, facts.decides(), facts.peerAddresses(), facts.announced());
    }

    public void peerAddresses(List<IpAddress> told) {
        facts = new Facts(facts.agreed(), facts.decides(), told, facts.announced());
    }

    public void announced(List<IpAddress> own) {
        facts = new Facts(facts.agreed(), facts.decides(), facts.peerAddresses(), own);
    }

    /// Whether the peer may still be found at this address, as far as it has told.
    public boolean mayBeAt(IpAddress remote) {
        return facts.peerAddresses().isEmpty() || facts.peerAddresses().contains(remote);
    }

    public Optional<Search> search() {
        return search;
    }

    public void search(List<Path> paths) {
        search = Optional.of(new Search(paths, 0));
    }

    /// The request in flight went along all paths once more.
    public void probed() {
        search = search.map(s -> new Search(s.paths(), s.probes() + 1));
    }

    public void searched() {
        search = Optional.empty();
    }

    public Optional<Sent> sent() {
        return sent;
    }

    public void sent(Optional<Sent> request) {
        sent = request;
    }

    /// A path that the peer will not have.
    public Optional<Path> refused() {
        return refused;
    }

    public void refused(Optional<Path> path) {
        refused = path;
    }

    /// Hash of the address that the peer saw us at; empty while unknown.
    public Bytes seenAs() {
        return seenAs;
    }

    public void seenAs(Bytes hash) {
        seenAs = hash;
    }

    /// Where the CHILD_SAs are, if they did not follow the IKE_SA yet.
    public Optional<Place> childrenAt() {
        return childrenAt;
    }

    public void childrenAt(Optional<Place> place) {
        childrenAt = place;
    }

    /// The CHILD_SAs are to follow as soon as the kernel has nothing else to do for this SA.
    public boolean childrenDue() {
        return childrenDue;
    }

    public void childrenDue(boolean due) {
        childrenDue = due;
    }

    /// The peer does not answer on the present path.
    public boolean suspected() {
        return suspected;
    }

    public void suspected(boolean silent) {
        suspected = silent;
    }

    /// This host has no way to the peer.
    public boolean stranded() {
        return stranded;
    }

    public void stranded(boolean without) {
        stranded = without;
    }

    /// What has been moved, where to, and what of it is left to do.
    public record Whereabouts(
            Endpoint local,
            Endpoint remote,
            boolean natLocal,
            boolean natRemote,
            Facts facts,
            Optional<Place> childrenAt,
            boolean childrenDue) {
        public static Whereabouts of(SaCore sa) {
            Mobility m = sa.mobility();
            return new Whereabouts(
                    sa.local(),
                    sa.remote(),
                    sa.natLocal(),
                    sa.natRemote(),
                    m.facts,
                    m.childrenAt,
                    m.childrenDue);
        }

        void applyTo(SaCore sa) {
            sa.endpoints(local, remote);
            sa.nat(natLocal, natRemote);
            sa.mobility().facts = facts;
            sa.mobility().childrenAt = childrenAt;
            sa.mobility().childrenDue = childrenDue;
        }
    }
}
