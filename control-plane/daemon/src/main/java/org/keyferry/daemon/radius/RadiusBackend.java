package org.keyferry.daemon.radius;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.keyferry.crypto.Secret;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.packet.MalformedRadius;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.daemon.shard.EapBackend;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapNames;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.PeerViolation;

/// Logins that RADIUS servers decide: `auth = eap-radius` (RFC 3579).
final class RadiusBackend implements EapBackend {
    /// Requests of one login; methods need some ten, with long certificate chains some twenty.
    private static final int MOST_REQUESTS = 100;

    private final RadiusConf conf;
    private final RadiusClient client;
    private final RadiusAddresses addresses;
    private final Runnable onTimeout;
    private final Log log;
    private final Map<IkeSpi, Login> logins = new ConcurrentHashMap<>();

    /// One login. Used by one query at a time.
    private static final class Login {
        private final String identity;
        private final int ikeUniqueId;
        private final List<RadiusAttribute> attributes;
        private RadiusServer server;
        private List<RadiusAttribute> state = List.of();
        private int requests;

        private Login(String identity, int ikeUniqueId, List<RadiusAttribute> attributes) {
            this.identity = identity;
            this.ikeUniqueId = ikeUniqueId;
            this.attributes = List.copyOf(attributes);
        }
    }

    /// @param addresses is told what servers grant
    /// @param onTimeout told when no server answered
    RadiusBackend(
            RadiusConf conf,
            RadiusClient client,
            RadiusAddresses addresses,
            Runnable onTimeout,
            Log log) {
        this.conf = conf;
        this.addresses = addresses;
        this.client = client;
        this.onTimeout = onTimeout;
        this.log = log;
    }

    @Override
    public void ask(IkeSpi spi, EapQuery query, Consumer<EapAnswer> answer) {
        switch (query) {
            case EapQuery.Begin begin -> begin(spi, begin, answer);
            case EapQuery.Response(Bytes packet) -> {
                Login login = logins.get(spi);
                if (login == null) {
                    answer.accept(rejected("no login is under way"));
                } else if (!isResponse(packet)) {
                    end(spi, rejected("peer sent no EAP response"), answer);
                } else {
                    send(spi, login, packet, answer);
                }
            }
            case EapQuery.Abandon() -> logins.remove(spi);
        }
    }

    private static boolean isResponse(Bytes packet) {
        try {
            return EapPacket.decode(packet).code() == EapPacket.Code.RESPONSE;
        } catch (PeerViolation _) {
            return false;
        }
    }

    private void begin(IkeSpi spi, EapQuery.Begin begin, Consumer<EapAnswer> answer) {
        String identity = EapNames.text(begin.identity());
        var attributes = new ArrayList<RadiusAttribute>();
        attributes.add(RadiusAttribute.text(RadiusType.USER_NAME, conf.idPrefix() + identity));
        attributes.addAll(
                NasAttributes.of(
                        begin.connection(),
                        begin.ikeUniqueId(),
                        begin.local(),
                        begin.remote(),
                        conf.stationIdWithPort()));
        var login = new Login(identity, begin.ikeUniqueId(), attributes);
        logins.put(spi, login);
        send(spi, login, conf.eapStart() ? Bytes.EMPTY : identityPacket(begin), answer);
    }

    private Bytes identityPacket(EapQuery.Begin begin) {
        if (conf.idPrefix().isEmpty()) {
            return begin.identityPacket();
        }
        try {
            EapPacket packet = EapPacket.decode(begin.identityPacket());
            return EapPacket.response(
                            packet.identifier(),
                            packet.type(),
                            Bytes.utf8(conf.idPrefix()).concat(packet.data()))
                    .encode();
        } catch (PeerViolation e) {
            throw new IllegalStateException("the engine made it", e);
        }
    }

    private void send(IkeSpi spi, Login login, Bytes eap, Consumer<EapAnswer> answer) {
        login.requests++;
        if (login.requests > MOST_REQUESTS) {
            end(spi, rejected("EAP goes on for ever"), answer);
            return;
        }
        var attributes = new ArrayList<>(login.attributes);
        attributes.addAll(login.state);
        attributes.addAll(RadiusPacket.eapMessages(eap));
        CompletableFuture<RadiusAnswer> answered =
                login.server == null
                        ? client.ask(RadiusCode.ACCESS_REQUEST, attributes)
                        : client.askAgain(login.server, RadiusCode.ACCESS_REQUEST, attributes);
        var _ =
                answered.whenComplete(
                        (found, failure) -> {
                            if (found != null) {
                                onAnswer(spi, login, found, answer);
                            } else {
                                onFailure(spi, login, failure, answer);
                            }
                        });
    }

    private void onFailure(IkeSpi spi, Login login, Throwable failure, Consumer<EapAnswer> answer) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        log.log(
                Group.IKE,
                0,
                "RADIUS authentication of '%s' failed: %s",
                login.identity,
                cause.getMessage());
        end(spi, rejected(cause.getMessage()), answer);
        onTimeout.run();
    }

    private void onAnswer(IkeSpi spi, Login login, RadiusAnswer answered, Consumer<EapAnswer> to) {
        RadiusPacket packet = answered.packet();
        login.server = answered.server();
        EapAnswer answer;
        try {
            answer =
                    switch (packet.code()) {
                        case RadiusCode.ACCESS_CHALLENGE -> challenge(login, packet);
                        case RadiusCode.ACCESS_ACCEPT -> accept(login, answered);
                        default -> reject(login, packet);
                    };
        } catch (MalformedRadius e) {
            answer =
                    rejected(
                            "RADIUS server '%s' sent an invalid %s: %s"
                                    .formatted(
                                            answered.server().name(),
                                            RadiusCode.name(packet.code()),
                                            e.getMessage()));
        }
        if (!(answer instanceof EapAnswer.Request)) {
            end(spi, answer, to);
        } else if (logins.get(spi) == login) {
            to.accept(answer);
        }
    }

    /// The server's State goes back with the next request.
    private static EapAnswer challenge(Login login, RadiusPacket packet) throws MalformedRadius {
        login.state =
                packet.all(RadiusType.STATE)
                        .map(state -> RadiusAttribute.of(RadiusType.STATE, state))
                        .toList();
        Bytes request = packet.eapMessage().orElse(Bytes.EMPTY);
        if (eapCode(request) != EapPacket.Code.REQUEST) {
            throw new MalformedRadius("no EAP request in it");
        }
        return new EapAnswer.Request(request);
    }

    private EapAnswer accept(Login login, RadiusAnswer answered) throws MalformedRadius {
        Bytes success =
                answered.packet()
                        .eapMessage()
                        .orElseThrow(() -> new MalformedRadius("no EAP success in it"));
        if (eapCode(success) != EapPacket.Code.SUCCESS) { // RFC 3579 §2.6.3: conflicting
            throw new MalformedRadius("another EAP packet than success in it");
        }
        var acceptance = new Acceptance(answered.packet(), conf);
        Optional<Secret> msk = acceptance.msk(answered.server().hiddenValues(answered));
        log.log(
                Group.IKE,
                1,
                "RADIUS authentication of '%s' successful%s",
                login.identity,
                msk.isPresent() ? ", MSK received" : "");
        addresses.grant(login.ikeUniqueId, acceptance.grant());
        return new EapAnswer.Accepted(success, msk, acceptance.facts());
    }

    private EapAnswer reject(Login login, RadiusPacket packet) {
        String message = packet.text(RadiusType.REPLY_MESSAGE).map(": "::concat).orElse("");
        log.log(Group.IKE, 1, "RADIUS authentication of '%s' failed%s", login.identity, message);
        Optional<Bytes> failure =
                packet.eapMessage().filter(eap -> eapCodeOr(eap) == EapPacket.Code.FAILURE);
        return new EapAnswer.Rejected(
                failure, "RADIUS server refused '" + login.identity + "'" + message);
    }

    private static EapPacket.Code eapCode(Bytes packet) throws MalformedRadius {
        try {
            return EapPacket.decode(packet).code();
        } catch (PeerViolation e) {
            throw new MalformedRadius("EAP: " + e.getMessage());
        }
    }

    /// @return `null` for what is no EAP packet
    private static EapPacket.Code eapCodeOr(Bytes packet) {
        try {
            return EapPacket.decode(packet).code();
        } catch (PeerViolation _) {
            return null;
        }
    }

    /// Nobody waits for the answer to an abandoned login; its keys are wiped.
    private void end(IkeSpi spi, EapAnswer last, Consumer<EapAnswer> answer) {
        boolean wanted = logins.remove(spi) != null;
        if (wanted) {
            answer.accept(last);
        } else if (last instanceof EapAnswer.Accepted accepted) {
            accepted.msk().ifPresent(Secret::close);
        }
    }

    private static EapAnswer rejected(String why) {
        return new EapAnswer.Rejected(Optional.empty(), why);
    }

    int underWay() {
        return logins.size();
    }
}
