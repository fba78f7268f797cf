package org.keyferry.engine.eap;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// What came to light about a client in its login. It stays with the IKE_SA, also with the ones
/// that replace it by rekeying; see [org.keyferry.engine.sa.Login].
///
/// @param method if it is known
/// @param identity that the client proved inside of another method; empty if that is the one it
///   told. A RADIUS server's User-Name is none: as in charon, it names nobody to us
/// @param groups that it belongs to (`groups` of a connection asks for one of them)
/// @param addresses that it is to be given (Framed-IP-Address, Framed-IPv6-Address)
/// @param sessionTimeout until it has to authenticate again, from now
/// @param classes Class attributes, for accounting
/// @param idleTimeout after which its CHILD_SAs are closed if nothing went through them
/// @param interimInterval between accounting records
public record EapFacts(
        Optional<EapType> method,
        Optional<Identification> identity,
        List<String> groups,
        List<IpAddress> addresses,
        Optional<Duration> sessionTimeout,
        List<Bytes> classes,
        Optional<Duration> idleTimeout,
        Optional<Duration> interimInterval) {
    public static final EapFacts NONE =
            new EapFacts(
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty());

    public EapFacts {
        groups = List.copyOf(groups);
        addresses = List.copyOf(addresses);
        classes = List.copyOf(classes);
    }

    static EapFacts of(EapType type, Optional<Identification> proven) {
        return new EapFacts(
                Optional.of(type),
                proven,
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }
}
