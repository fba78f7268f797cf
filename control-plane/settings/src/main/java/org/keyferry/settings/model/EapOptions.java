package org.keyferry.settings.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.keyferry.wire.EapType;

/// Options of strongswan.conf for EAP and for TLS inside of it.
///
/// @param multipleAuthentication RFC 4739 is announced
/// @param forceEapOnly the server does EAP-only (RFC 5998) also if the client did not ask for it
/// @param dynamicPreferred methods that `eap-dynamic` offers first
/// @param dynamicPreferUser the order of the client's Nak wins over ours
public record EapOptions(
        boolean multipleAuthentication,
        boolean forceEapOnly,
        List<EapType> dynamicPreferred,
        boolean dynamicPreferUser,
        TlsMethod tls,
        TlsMethod ttls,
        TlsMethod peap,
        TlsLimits limits,
        Sim sim) {

    /// @param fragmentSize largest TLS data of one packet, in bytes
    /// @param maxMessageCount packets of a login, both ways; 0 for no limit
    /// @param includeLength each packet tells the length of the whole, not only the first of
    ///   several
    /// @param phase2Method what the server does inside of TLS
    /// @param phase2Piggyback the server begins it together with its last handshake message
    /// @param requestPeerAuth the server asks for a certificate of the client
    public record TlsMethod(
            int fragmentSize,
            int maxMessageCount,
            boolean includeLength,
            EapType phase2Method,
            boolean phase2Piggyback,
            boolean requestPeerAuth) {}

    /// Versions as on the wire: 0x0303 is 1.2.
    ///
    /// @param suites by their IANA names; empty for all that are good
    /// @param successIndication an EAP-TLS server tells success inside of TLS 1.3
    /// @param legacyServers a client takes servers with TLS 1.3 for older than RFC 9190
    /// @param sessionLifetime how long a TLS session can be resumed; zero for never
    /// @param groups key exchange, by charon's keywords; empty for all
    public record TlsLimits(
            int minVersion,
            int maxVersion,
            List<String> suites,
            List<String> groups,
            boolean sendAuthorities,
            boolean successIndication,
            boolean legacyServers,
            Duration sessionLifetime) {}

    /// Of EAP-SIM, EAP-AKA and EAP-AKA'.
    ///
    /// @param simIdentity the server asks for the identity inside of EAP-SIM
    /// @param akaIdentity likewise of the other two
    /// @param resultIndication the server tells success inside of the method
    /// @param network name of the access network, for AKA'
    public record Sim(
            boolean simIdentity,
            boolean akaIdentity,
            boolean resultIndication,
            Optional<String> network,
            SimIdentities identities) {
        public static final Sim DEFAULT = new Sim(true, true, false, Optional.empty());

        /// With identities as they are by default.
        public Sim(
                boolean simIdentity,
                boolean akaIdentity,
                boolean resultIndication,
                Optional<String> network) {
            this(simIdentity, akaIdentity, resultIndication, network, SimIdentities.DEFAULT);
        }
    }

    /// Identities that a server of EAP-SIM and EAP-AKA gives for next time.
    ///
    /// @param accept a client uses what it is given
    /// @param pseudonyms the server gives names that hide the subscriber's
    /// @param reauth the server gives identities for fast re-authentication
    /// @param reauthLimit how often that follows a full authentication
    /// @param reauthLifetime how long after it, in both roles
    /// @param pseudonymLifetime how long a pseudonym is good, in both roles
    public record SimIdentities(
            boolean accept,
            boolean pseudonyms,
            boolean reauth,
            int reauthLimit,
            Duration reauthLifetime,
            Duration pseudonymLifetime) {
        public static final SimIdentities DEFAULT =
                new SimIdentities(true, false, false, 16, Duration.ofHours(8), Duration.ofDays(7));
    }

    private static TlsMethod method(boolean length, EapType phase2) {
        return new TlsMethod(1_024, 32, length, phase2, false, false);
    }

    public static final EapOptions DEFAULT =
            new EapOptions(
                    true,
                    false,
                    List.of(),
                    false,
                    method(true, EapType.NONE),
                    method(true, EapType.MD5),
                    method(false, EapType.MSCHAPV2),
                    new TlsLimits(
                            0x0303,
                            0x0303,
                            List.of(),
                            List.of(),
                            true,
                            false,
                            false,
                            Duration.ofHours(8)),
                    Sim.DEFAULT);

    /// Of one of the three methods with TLS.
    public TlsMethod of(EapType type) {
        return type.equals(EapType.TTLS) ? ttls : type.equals(EapType.PEAP) ? peap : tls;
    }
}
