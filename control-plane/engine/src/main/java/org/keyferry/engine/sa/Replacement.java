package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// When an IKE_SA is replaced by another one, and by what.
public final class Replacement {
    private Instant rekeyAt = Instant.MAX;
    private Instant reauthAt = Instant.MAX;
    private Instant reauthBegan = Instant.MAX;
    private Instant expiresAt = Instant.MAX;
    private Instant supersededBy = Instant.MAX;
    private IkeSpi predecessor = IkeSpi.ZERO;
    private Optional<List<Child>> reborn = Optional.empty();
    private List<IpAddress> formerAddresses = List.of();
    private boolean reauthenticating;
    private boolean byRekeying;
    private boolean peersOnlyOne;
    private IkeSpi heritageFrom = IkeSpi.ZERO;
    private Instant heritageBy = Instant.MIN;
    private Optional<Integer> demanded = Optional.empty();
    private List<Takeover> takeovers = List.of();

    /// A CHILD_SA that is to come before one of another IKE_SA at that time.
    private record Takeover(int childUniqueId, Instant at) {}

    /// When this side rekeys the IKE_SA; [Instant#MAX] for never, likewise for the others.
    public Instant rekeyAt() {
        return rekeyAt;
    }

    public void rekeyAt(Instant at) {
        rekeyAt = at;
    }

    public Instant reauthAt() {
        return reauthAt;
    }

    public void reauthAt(Instant at) {
        reauthAt = at;
        reauthBegan = Instant.MAX;
    }

    /// The time has come: [#reauthAt()] is over.
    public void reauthBegins() {
        reauthBegan = reauthAt;
        reauthAt = Instant.MAX;
    }

    /// When it has, or had, to be authenticated again, also if the peer was told and does not do
    /// so: whatever goes on for this IKE_SA without that has no more time.
    public Instant reauthBy() {
        return reauthBegan.equals(Instant.MAX) ? reauthAt : reauthBegan;
    }

    /// When it ends if it was neither rekeyed nor reauthenticated.
    public Instant expiresAt() {
        return expiresAt;
    }

    public void expiresAt(Instant at) {
        expiresAt = at;
    }

    /// When it ends at the latest as the peer has another one that replaces it; [Instant#MAX] if it
    /// has none.
    public Instant supersededBy() {
        return supersededBy;
    }

    public void supersededBy(Instant at) {
        supersededBy = at;
    }

    /// The IKE_SA that this one replaces by reauthentication, once all is up; zero for none.
    public IkeSpi predecessor() {
        return predecessor;
    }

    public void predecessor(IkeSpi spi) {
        predecessor = spi;
    }

    /// Seconds until the responder wants us to authenticate again, told with its last answer of
    /// IKE_AUTH.
    public Optional<Integer> demanded() {
        return demanded;
    }

    public void demanded(int seconds) {
        demanded = Optional.of(seconds);
    }

    /// It was not set up by IKE_SA_INIT, but in the place of another.
    public boolean byRekeying() {
        return byRekeying;
    }

    public void cameByRekeying() {
        byRekeying = true;
    }

    /// The peer says that it has no other IKE_SA with us (INITIAL_CONTACT).
    public boolean isPeersOnlyOne() {
        return peersOnlyOne;
    }

    public void isPeersOnlyOne(boolean told) {
        peersOnlyOne = told;
    }

    /// What is set up anew when this SA has been deleted (break before make).
    public Optional<List<Child>> reborn() {
        return reborn;
    }

    public void reborn(List<Child> wanted) {
        reborn = Optional.of(List.copyOf(wanted));
    }

    /// Somebody does not want it any more.
    public void notReborn() {
        reborn = Optional.empty();
    }

    /// Virtual IPs that this side had of the SA in whose place this one is set up.
    public List<IpAddress> formerAddresses() {
        return formerAddresses;
    }

    public void formerAddresses(List<IpAddress> addresses) {
        formerAddresses = List.copyOf(addresses);
    }

    /// It is the peer's successor of an IKE_SA whose rekeying this side began, too: it may inherit,
    /// or be the redundant one.
    public boolean awaitsHeritage(Instant now) {
        return now.isBefore(heritageBy);
    }

    /// @param from our SPI of the IKE_SA that it may inherit from
    /// @param by when the rekeying has ended one way or the other
    public void awaitsHeritage(IkeSpi from, Instant by) {
        heritageFrom = from;
        heritageBy = by;
    }

    /// It is settled, and there is something: the time when the former IKE_SA was to be
    /// reauthenticated, if that is nearer.
    public void inherit(Instant formerReauthAt) {
        heritageSettled();
        if (formerReauthAt.isBefore(reauthAt)) {
            reauthAt = formerReauthAt;
        }
    }

    /// It is settled.
    public void heritageSettled() {
        awaitsHeritage(IkeSpi.ZERO, Instant.MIN);
    }

    /// Our SPI of the IKE_SA that it may inherit from; zero for none.
    public IkeSpi heritageFrom() {
        return heritageFrom;
    }

    /// Another IKE_SA is being set up in the place of this one.
    public boolean reauthenticating() {
        return reauthenticating;
    }

    public void reauthenticating(boolean under) {
        reauthenticating = under;
    }

    /// A CHILD_SA waits behind one of another IKE_SA, until `at` at the latest.
    public void takeover(int childUniqueId, Instant at) {
        takeovers =
                Stream.concat(takeovers.stream(), Stream.of(new Takeover(childUniqueId, at)))
                        .toList();
    }

    /// Whether the peer may not be ready to receive by that CHILD_SA.
    public boolean isAwaited(int childUniqueId, Instant now) {
        return takeovers.stream()
                .anyMatch(t -> t.childUniqueId() == childUniqueId && now.isBefore(t.at()));
    }

    /// When the next one has waited long enough; [Instant#MAX] if none waits.
    public Instant takeoverAt() {
        return takeovers.stream().map(Takeover::at).min(Instant::compareTo).orElse(Instant.MAX);
    }

    /// Takes those that have waited until `now`, by unique id.
    public List<Integer> takeoversBy(Instant now) {
        var due = takeovers.stream().filter(t -> !now.isBefore(t.at())).toList();
        takeovers = takeovers.stream().filter(t -> now.isBefore(t.at())).toList();
        return due.stream().map(Takeover::childUniqueId).toList();
    }
}
