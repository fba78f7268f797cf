package org.keyferry.engine.eap;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.keyferry.engine.eap.sim.EapAkaClient;
import org.keyferry.engine.eap.sim.EapAkaServer;
import org.keyferry.engine.eap.sim.EapSimClient;
import org.keyferry.engine.eap.sim.EapSimServer;
import org.keyferry.wire.EapType;

/// The methods that are there, in the order in which they are offered.
public final class EapMethods {
    private record Row(
            EapType type,
            Function<EapContext, EapMethod> server,
            Function<EapContext, EapMethod> client) {}

    private static final List<Row> ROWS =
            List.of(
                    new Row(EapType.TLS, EapTls::server, EapTls::client),
                    new Row(EapType.TTLS, EapTtls::server, EapTtls::client),
                    new Row(EapType.PEAP, EapPeap::server, EapPeap::client),
                    new Row(EapType.MSCHAPV2, MsChapServer::new, MsChapClient::new),
                    new Row(EapType.MD5, Md5Server::new, Md5Client::new),
                    new Row(EapType.GTC, GtcServer::new, GtcClient::new),
                    new Row(EapType.AKA_PRIME, EapAkaServer::prime, EapAkaClient::prime),
                    new Row(EapType.AKA, EapAkaServer::aka, EapAkaClient::aka),
                    new Row(EapType.SIM, EapSimServer::new, EapSimClient::new));

    private static final Map<EapType, Row> BY_TYPE =
            ROWS.stream().collect(java.util.stream.Collectors.toUnmodifiableMap(Row::type, r -> r));

    public static final List<EapType> ALL = ROWS.stream().map(Row::type).toList();

    /// Those that may run inside of TLS.
    static final List<EapType> INNER = List.of(EapType.MSCHAPV2, EapType.MD5, EapType.GTC);

    static final Set<EapType> WITH_CARD = Set.of(EapType.AKA_PRIME, EapType.AKA, EapType.SIM);

    /// Those that prove no server.
    static final Set<EapType> ONE_SIDED =
            Set.of(EapType.MSCHAPV2, EapType.MD5, EapType.GTC, EapType.SIM);

    /// Those that are tried where none is named: with cards only if there are any.
    static List<EapType> usable(EapContext context) {
        return context.sims().isEmpty()
                ? ALL.stream().filter(type -> !WITH_CARD.contains(type)).toList()
                : ALL;
    }

    static Optional<EapMethod> server(EapType type, EapContext context) {
        return Optional.ofNullable(BY_TYPE.get(type)).map(row -> row.server().apply(context));
    }

    static Optional<EapMethod> client(EapType type, EapContext context) {
        return Optional.ofNullable(BY_TYPE.get(type)).map(row -> row.client().apply(context));
    }

    private EapMethods() {}
}
