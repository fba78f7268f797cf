package org.keyferry.daemon.radius;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.packet.MalformedRadius;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusSeal;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

/// What a server may ask about running sessions (RFC 5176): Disconnect-Request deletes IKE_SAs,
/// CoA-Request gives them another Session-Timeout.
final class ChangeRequests {
    /// How old a request may be that says when it was made (RFC 5176 §6.3).
    private static final Duration OLDEST = Duration.ofMinutes(5);

    /// Say which session is meant; all that are there must fit.
    private static final Set<Integer> IDENTIFYING =
            Set.of(
                    RadiusType.USER_NAME,
                    RadiusType.ACCT_SESSION_ID,
                    RadiusType.CALLING_STATION_ID,
                    RadiusType.FRAMED_IP_ADDRESS,
                    RadiusType.FRAMED_IPV6_ADDRESS);

    /// May be there and change nothing.
    private static final Set<Integer> ALLOWED =
            Set.of(
                    RadiusType.MESSAGE_AUTHENTICATOR,
                    RadiusType.EVENT_TIMESTAMP,
                    RadiusType.PROXY_STATE,
                    RadiusType.NAS_IDENTIFIER,
                    RadiusType.NAS_IP_ADDRESS,
                    RadiusType.NAS_IPV6_ADDRESS,
                    RadiusType.NAS_PORT,
                    RadiusType.NAS_PORT_ID,
                    RadiusType.NAS_PORT_TYPE,
                    RadiusType.CALLED_STATION_ID,
                    RadiusType.REPLY_MESSAGE,
                    RadiusType.CLASS,
                    RadiusType.ACCT_TERMINATE_CAUSE);

    private final RadiusConf conf;
    private final RadiusSeal seal;
    private final RunningSessions sessions;
    private final Function<IkeView, Optional<String>> sessionIds;
    private final Supplier<Instant> clock;
    private final Log log;

    /// @param sessionIds Acct-Session-Id of an IKE_SA
    ChangeRequests(
            RadiusConf conf,
            RadiusSeal seal,
            RunningSessions sessions,
            Function<IkeView, Optional<String>> sessionIds,
            Supplier<Instant> clock,
            Log log) {
        this.conf = conf;
        this.seal = seal;
        this.sessions = sessions;
        this.sessionIds = sessionIds;
        this.clock = clock;
        this.log = log;
    }

    /// Does what is asked.
    ///
    /// @throws MalformedRadius if it is not authentic, or too old: nothing is answered
    Bytes answer(Bytes datagram) throws MalformedRadius {
        RadiusPacket request = seal.openRequest(datagram);
        boolean disconnect = request.code() == RadiusCode.DISCONNECT_REQUEST;
        if (!disconnect && request.code() != RadiusCode.COA_REQUEST) {
            throw new MalformedRadius("unexpected " + RadiusCode.name(request.code()));
        }
        checkAge(request);
        Optional<ErrorCause> refusal = refusal(request, disconnect);
        List<IkeView> meant = refusal.isPresent() ? List.of() : meant(request);
        if (refusal.isEmpty() && meant.isEmpty()) {
            refusal = Optional.of(ErrorCause.SESSION_CONTEXT_NOT_FOUND);
        }
        log.log(
                Group.CFG,
                1,
                "received RADIUS %s, %s",
                RadiusCode.name(request.code()),
                refusal.map(cause -> "refused: " + cause)
                        .orElse("for " + meant.size() + " IKE_SAs"));
        meant.forEach(ike -> change(ike, request, disconnect));
        return seal.answer(
                answerCode(disconnect, refusal.isEmpty()), request, attributes(request, refusal));
    }

    private void checkAge(RadiusPacket request) throws MalformedRadius {
        Optional<Long> made = request.number(RadiusType.EVENT_TIMESTAMP);
        if (made.isPresent()) {
            var age = Duration.between(Instant.ofEpochSecond(made.get()), clock.get()).abs();
            if (age.compareTo(OLDEST) > 0) {
                throw new MalformedRadius("it was made " + age.toSeconds() + " seconds off");
            }
        }
    }

    private Optional<ErrorCause> refusal(RadiusPacket request, boolean disconnect) {
        boolean unknown =
                request.attributes().stream()
                        .map(RadiusAttribute::type)
                        .anyMatch(type -> !isKnown(type, disconnect));
        if (unknown) {
            return Optional.of(ErrorCause.UNSUPPORTED_ATTRIBUTE);
        }
        boolean ours =
                request.all(RadiusType.NAS_IDENTIFIER).map(Bytes::utf8).allMatch(this::isOurName);
        if (!ours) {
            return Optional.of(ErrorCause.NAS_IDENTIFICATION_MISMATCH);
        }
        boolean identified =
                request.attributes().stream().anyMatch(a -> IDENTIFYING.contains(a.type()));
        boolean timeout = request.first(RadiusType.SESSION_TIMEOUT).isPresent();
        if (!identified || (!disconnect && !timeout)) {
            return Optional.of(ErrorCause.MISSING_ATTRIBUTE);
        }
        boolean invalid = timeout && request.number(RadiusType.SESSION_TIMEOUT).isEmpty();
        return invalid ? Optional.of(ErrorCause.INVALID_ATTRIBUTE_VALUE) : Optional.empty();
    }

    private static boolean isKnown(int type, boolean disconnect) {
        return IDENTIFYING.contains(type)
                || ALLOWED.contains(type)
                || (!disconnect && type == RadiusType.SESSION_TIMEOUT);
    }

    private boolean isOurName(String name) {
        return conf.servers().isEmpty()
                || conf.servers().stream().anyMatch(s -> s.nasIdentifier().equals(name));
    }

    private List<IkeView> meant(RadiusPacket request) {
        return sessions.established().stream()
                .filter(ike -> request.attributes().stream().allMatch(a -> fits(a, ike)))
                .toList();
    }

    private boolean fits(RadiusAttribute attribute, IkeView ike) {
        Bytes value = attribute.value();
        return switch (attribute.type()) {
            case RadiusType.USER_NAME ->
                    value.utf8().equals(conf.idPrefix() + AccountingRecord.user(ike));
            case RadiusType.ACCT_SESSION_ID ->
                    sessionIds.apply(ike).filter(value.utf8()::equals).isPresent();
            case RadiusType.CALLING_STATION_ID ->
                    Stream.of(ike.remote().toString(), ike.remote().address().toString())
                            .anyMatch(value.utf8()::equals);
            case RadiusType.FRAMED_IP_ADDRESS, RadiusType.FRAMED_IPV6_ADDRESS ->
                    ike.virtualIps().remote().stream()
                            .map(IpAddress::toBytes)
                            .map(Bytes::of)
                            .anyMatch(value::equals);
            default -> true;
        };
    }

    private void change(IkeView ike, RadiusPacket request, boolean disconnect) {
        if (disconnect) {
            sessions.disconnect(ike);
        } else {
            request.number(RadiusType.SESSION_TIMEOUT)
                    .ifPresent(seconds -> sessions.limit(ike, Duration.ofSeconds(seconds)));
        }
    }

    private static int answerCode(boolean disconnect, boolean done) {
        if (disconnect) {
            return done ? RadiusCode.DISCONNECT_ACK : RadiusCode.DISCONNECT_NAK;
        }
        return done ? RadiusCode.COA_ACK : RadiusCode.COA_NAK;
    }

    /// What proxies on the way put in goes back.
    private static List<RadiusAttribute> attributes(
            RadiusPacket request, Optional<ErrorCause> refusal) {
        var attributes = new ArrayList<RadiusAttribute>();
        request.all(RadiusType.PROXY_STATE)
                .map(value -> RadiusAttribute.of(RadiusType.PROXY_STATE, value))
                .forEach(attributes::add);
        refusal.ifPresent(
                cause ->
                        attributes.add(
                                RadiusAttribute.number(RadiusType.ERROR_CAUSE, cause.number())));
        return attributes;
    }
}
