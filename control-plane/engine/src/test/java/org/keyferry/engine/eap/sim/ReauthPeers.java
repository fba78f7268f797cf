package org.keyferry.engine.eap.sim;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.TlsSessions;
import org.keyferry.engine.eap.sim.LearnedIdentities.Again;
import org.keyferry.engine.eap.sim.LearnedIdentities.Learned;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.Identification;

/// Both sides of a fast re-authentication with keys that a test knows.
final class ReauthPeers {
    static final Bytes NAME = Bytes.utf8("0232010000000000@sims.test");
    static final Bytes REAUTH = Bytes.utf8("4" + "0".repeat(32) + "@sims.test");
    static final Bytes KEY = Bytes.of(new byte[16]);

    static SimKeys keys(EapSimMethod method) {
        return method == EapSimMethod.AKA_PRIME
                ? SimKeys.ofAkaPrime(NAME, KEY, KEY, KEY, Bytes.utf8("WLAN"))
                : SimKeys.ofAka(NAME, KEY, KEY);
    }

    static EapContext context(Bytes name, SimMemory memory, boolean indicates) {
        var round = new AuthRound(AuthMethod.EAP, Identification.ANY);
        EapOptions all = EapOptions.DEFAULT;
        var identities = EapOptions.SimIdentities.DEFAULT;
        return new EapContext(
                "office",
                Identification.parse(name.utf8()),
                Identification.parse("server.test"),
                _ -> List.of(),
                round,
                round,
                Credentials.none(),
                new EapOptions(
                        true,
                        false,
                        List.of(),
                        false,
                        all.tls(),
                        all.ttls(),
                        all.peap(),
                        all.limits(),
                        new EapOptions.Sim(
                                true,
                                true,
                                indicates,
                                Optional.empty(),
                                new EapOptions.SimIdentities(
                                        true,
                                        true,
                                        true,
                                        identities.reauthLimit(),
                                        identities.reauthLifetime(),
                                        identities.pseudonymLifetime()))),
                new TlsSessions(),
                Instant.EPOCH,
                new SeededRandom(new byte[64]),
                new Standing(),
                memory,
                Set.of());
    }

    /// A card or network that is there and says nothing.
    static final class Standing extends SimMemories.Silent {
        @Override
        public Optional<Bytes> standing(SimUser user) {
            return Optional.of(Bytes.EMPTY);
        }
    }

    /// What a side with these keys would send.
    static Bytes sealed(
            EapSimMethod method,
            SimKeys keys,
            boolean request,
            int identifier,
            EapSimMessage message,
            Bytes extra) {
        Bytes data = message.with(EapSimAttribute.MAC, KEY).encode();
        Bytes packet =
                (request
                                ? EapPacket.request(identifier, method.type(), data)
                                : EapPacket.response(identifier, method.type(), data))
                        .encode();
        Bytes mac = keys.mac(EapSimMessage.withoutMac(packet).orElseThrow().concat(extra));
        return message.with(EapSimAttribute.MAC, mac).encode();
    }

    /// A client that has logged in in full.
    static SimClient client(EapSimMethod method, SimMemory memory) {
        return client(method, memory, keys(method).lasting());
    }

    /// @param lasting kept of that login
    static SimClient client(EapSimMethod method, SimMemory memory, SimKeys lasting) {
        EapContext context = context(NAME, memory, false);
        var again = new Again(REAUTH, Bytes.EMPTY, lasting, 1, Instant.EPOCH);
        memory.learned()
                .keep(
                        SimTerms.of(method, context),
                        NAME,
                        new Learned(Optional.empty(), Optional.of(again)));
        return switch (method) {
            case SIM -> new EapSimClient(context);
            case AKA -> EapAkaClient.aka(context);
            case AKA_PRIME -> EapAkaClient.prime(context);
        };
    }

    /// A server that knows such a client, who tells who he is.
    static SimServer server(EapSimMethod method, SimMemory memory, boolean indicates) {
        remember(method, memory);
        return server(method, context(REAUTH, memory, indicates));
    }

    static void remember(EapSimMethod method, SimMemory memory) {
        SimTerms terms = SimTerms.of(method, context(NAME, memory, false));
        var whom = new GivenIdentities.Subscriber(terms, NAME, Identification.parse(NAME.utf8()));
        memory.given()
                .keep(
                        REAUTH,
                        new GivenIdentities.Again(
                                whom, Bytes.EMPTY, keys(method).lasting(), 1, 5, Instant.EPOCH),
                        EapOptions.SimIdentities.DEFAULT.reauthLifetime(),
                        Instant.EPOCH);
    }

    static SimServer server(EapSimMethod method, EapContext context) {
        return switch (method) {
            case SIM -> new EapSimServer(context);
            case AKA -> EapAkaServer.aka(context);
            case AKA_PRIME -> EapAkaServer.prime(context);
        };
    }

    /// That a server hid in its request.
    static Bytes nonce(EapSimMethod method, Bytes request) {
        return hidden(method, request, EapSimAttribute.NONCE_S);
    }

    static Bytes hidden(EapSimMethod method, Bytes request, EapSimAttribute attribute) {
        try {
            EapSimMessage message = EapSimMessage.decode(method, true, request);
            Bytes plain =
                    keys(method)
                            .decrypt(
                                    message.get(EapSimAttribute.IV).orElseThrow(),
                                    message.get(EapSimAttribute.ENCR_DATA).orElseThrow());
            return message.hidden(true, plain).get(attribute).orElseThrow();
        } catch (org.keyferry.wire.PeerViolation e) {
            throw new AssertionError(e);
        }
    }

    private ReauthPeers() {}
}
