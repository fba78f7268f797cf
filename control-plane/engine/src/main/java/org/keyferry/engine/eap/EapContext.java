package org.keyferry.engine.eap;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.eap.sim.SimMemory;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// What a method needs to know in one login.
///
/// @param connection name of the one that is meant
/// @param client the client's identity
/// @param server the server's identity: as client, who it must be
/// @param vault secrets of kind EAP and NTLM for a client, best first
/// @param own our round, for the certificate of methods with TLS
/// @param peer the peer's round, for what is demanded of its certificate
/// @param sessions of former logins
/// @param random drawn from by this login alone
/// @param sims cards, and networks that know them
/// @param simMemory of former logins with cards
/// @param alternatives methods that this login may be done with on our side
public record EapContext(
        String connection,
        Identification client,
        Identification server,
        Function<Identification, List<SharedSecret>> vault,
        AuthRound own,
        AuthRound peer,
        Credentials credentials,
        EapOptions options,
        TlsSessions sessions,
        Instant now,
        SeededRandom random,
        SimSource sims,
        SimMemory simMemory,
        Set<EapType> alternatives) {
    List<SharedSecret> secrets() {
        return vault.apply(client);
    }

    public byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    EapContext among(List<EapType> methods) {
        return new EapContext(
                connection,
                client,
                server,
                vault,
                own,
                peer,
                credentials,
                options,
                sessions,
                now,
                random,
                sims,
                simMemory,
                Set.copyOf(methods));
    }

    /// For what runs inside of TLS.
    EapContext inside(Identification inner) {
        return new EapContext(
                connection,
                inner,
                server,
                vault,
                own,
                peer,
                credentials,
                options,
                sessions,
                now,
                random,
                sims,
                simMemory,
                alternatives);
    }
}
