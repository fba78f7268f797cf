package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IpAddress;

/// What an IKE_SA knows of redirects (RFC 5685), of both roles.
public final class Redirections {
    /// More in the period are a loop (§8).
    static final int MOST = 5;

    static final Duration PERIOD = Duration.ofMinutes(5);

    /// What passes to the IKE_SA that replaces this one.
    ///
    /// @param follows this side sent the first IKE_SA_INIT request and told that it follows
    /// @param peerFollows the peer did
    public record Facts(boolean follows, boolean peerFollows) {}

    private Facts facts = new Facts(false, false);
    private List<Instant> followed = List.of();
    private Optional<IpAddress> from = Optional.empty();
    private Optional<Gateway> peerCameFrom = Optional.empty();
    private Optional<Gateway> target = Optional.empty();
    private Optional<Gateway> postponed = Optional.empty();

    public Facts facts() {
        return facts;
    }

    public void facts(Facts known) {
        facts = known;
    }

    /// As client: whether the gateway may redirect us.
    public boolean follows() {
        return facts.follows();
    }

    /// We have told the gateway that we follow.
    public void announced() {
        facts = new Facts(true, facts.peerFollows());
    }

    /// As gateway: whether the client may be redirected.
    public boolean peerFollows() {
        return facts.peerFollows();
    }

    public void peerFollows(boolean announced) {
        facts = new Facts(facts.follows(), announced);
    }

    /// As client: the gateway that sent us to the present one.
    public Optional<IpAddress> from() {
        return from;
    }

    public void from(Optional<IpAddress> gateway) {
        from = gateway;
    }

    /// As gateway: who sent the client here, as it says.
    public Optional<Gateway> peerCameFrom() {
        return peerCameFrom;
    }

    public void peerCameFrom(Optional<Gateway> gateway) {
        peerCameFrom = gateway;
    }

    /// As client: where an established IKE_SA is to go.
    public Optional<Gateway> target() {
        return target;
    }

    public void target(Optional<Gateway> gateway) {
        target = gateway;
    }

    /// As client: where to go once the reauthentication that is under way has ended.
    public Optional<Gateway> postponed() {
        return postponed;
    }

    public void postponed(Optional<Gateway> gateway) {
        postponed = gateway;
    }

    /// Follows one more redirect, unless there were too many of late.
    ///
    /// @return whether it may be followed
    public boolean follow(Instant now) {
        List<Instant> recent =
                followed.stream().filter(at -> now.isBefore(at.plus(PERIOD))).toList();
        if (recent.size() >= MOST) {
            return false;
        }
        followed = Stream.concat(recent.stream(), Stream.of(now)).toList();
        return true;
    }

    /// What another IKE_SA has followed since it began this one counts, too.
    public void addFollowed(Redirections other) {
        followed = Stream.concat(followed.stream(), other.followed.stream()).distinct().toList();
    }

    /// The IKE_SA takes the place of another one.
    public void inherit(Redirections former) {
        facts = former.facts;
        followed = former.followed;
    }
}
