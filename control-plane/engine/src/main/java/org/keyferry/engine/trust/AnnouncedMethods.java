package org.keyferry.engine.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.wire.AuthAnnouncement;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// The ways to authenticate that a peer says it takes (RFC 9593). It helps to choose and proves
/// nothing: what is malformed counts as not said.
///
/// @param ways in the peer's order; algorithms and CAs that nobody knows are left out
/// @param fault what was wrong with the peer's list; then there are no ways
public record AnnouncedMethods(List<Way> ways, Optional<String> fault) {
    /// @param scheme of a digital signature (RFC 7427); empty with other methods
    /// @param authority SHA-1 of the key of the CA that it goes with; empty for any
    public record Way(int method, Optional<SignatureScheme> scheme, Optional<Bytes> authority) {}

    public AnnouncedMethods {
        ways = List.copyOf(ways);
    }

    /// Of one message, as links lead to its CERTREQ payloads. A notify without data only says that
    /// the list comes later.
    ///
    /// @param authorities keys of the CAs in its CERTREQ payloads, in order
    static Optional<AnnouncedMethods> of(List<Payload> payloads, List<Bytes> authorities) {
        Optional<Payload.Notify> notify =
                IkeMessage.notify(payloads, NotifyType.SUPPORTED_AUTH_METHODS)
                        .filter(n -> n.data().length() > 0);
        if (notify.isEmpty()) {
            return Optional.empty();
        }
        try {
            var ways = new ArrayList<Way>();
            for (AuthAnnouncement each : AuthAnnouncement.decode(notify.get().data())) {
                way(each, authorities).ifPresent(ways::add);
            }
            return Optional.of(new AnnouncedMethods(ways, Optional.empty()));
        } catch (PeerViolation e) {
            return Optional.of(
                    new AnnouncedMethods(List.of(), Optional.of(e.violation().toString())));
        }
    }

    private static Optional<Way> way(AuthAnnouncement announced, List<Bytes> authorities) {
        Optional<SignatureScheme> scheme = SignatureScheme.named(announced.algorithm());
        if (announced.method() == SignatureAuth.DIGITAL_SIGNATURE && scheme.isEmpty()) {
            return Optional.empty();
        }
        int link = announced.authority();
        if (link == 0 || authorities.isEmpty()) { // without CERTREQ a link means nothing (§3.2.2)
            return Optional.of(new Way(announced.method(), scheme, Optional.empty()));
        }
        return link > authorities.size()
                ? Optional.empty()
                : Optional.of(
                        new Way(
                                announced.method(),
                                scheme,
                                Optional.of(authorities.get(link - 1))));
    }

    /// Whether the peer takes this signature.
    ///
    /// @param isUnder whether our certificate is under a CA
    boolean admits(SignatureAuth.Choice choice, Predicate<Bytes> isUnder) {
        return ways.stream()
                .anyMatch(
                        way ->
                                way.method() == choice.method()
                                        && way.scheme().map(choice.scheme()::equals).orElse(true)
                                        && way.authority().map(isUnder::test).orElse(true));
    }
}
