package org.keyferry.engine;

import java.time.Duration;

/// charon's options that the engine obeys, under their strongswan.conf names.
///
/// @param retransmitTimeout before the first retransmission
/// @param retransmitBase factor from one timeout to the next
/// @param retransmitTries retransmissions before the exchange is given up
/// @param retransmitJitter percent, 0 to 20, taken at random from each timeout
/// @param retransmitLimit upper limit of one timeout; zero for none
/// @param halfOpenTimeout a responder forgets a peer that sent no IKE_AUTH by then
/// @param cookieThreshold half-open SAs from which cookies are asked for; 0 for never
/// @param cookieThresholdIp likewise for one address
/// @param blockThreshold half-open SAs of one address from which it is ignored; 0 for never
/// @param keepAlive interval of NAT keepalives; zero for none
public record EngineSettings(
        Duration retransmitTimeout,
        double retransmitBase,
        int retransmitTries,
        int retransmitJitter,
        Duration retransmitLimit,
        Duration halfOpenTimeout,
        int cookieThreshold,
        int cookieThresholdIp,
        int blockThreshold,
        Duration keepAlive,
        boolean preferConfiguredProposals,
        boolean acceptPrivateAlgs,
        int port,
        int portNatT,
        int logLevel) {
    public static EngineSettings defaults() {
        return new EngineSettings(
                Duration.ofSeconds(4),
                1.8,
                5,
                0,
                Duration.ZERO,
                Duration.ofSeconds(30),
                30,
                3,
                5,
                Duration.ofSeconds(20),
                true,
                false,
                500,
                4500,
                1);
    }
}
