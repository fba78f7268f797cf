package org.keyferry.engine;

import java.time.Duration;
import org.keyferry.settings.model.Admission;
import org.keyferry.settings.model.ChildHandling;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.FragmentSizes;
import org.keyferry.settings.model.PathHandling;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.SpiLabel;

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
/// @param sendVendorId peers are told that algorithms of the private range are charon's
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
        int logLevel,
        Admission admission,
        ChildHandling children,
        Renewal renewal,
        PathHandling paths,
        FragmentSizes fragmentSizes,
        SpiLabel spiLabel,
        boolean sendVendorId,
        EapOptions eap) {

    /// With everything else as it is when not configured.
    public EngineSettings(
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
        this(
                retransmitTimeout,
                retransmitBase,
                retransmitTries,
                retransmitJitter,
                retransmitLimit,
                halfOpenTimeout,
                cookieThreshold,
                cookieThresholdIp,
                blockThreshold,
                keepAlive,
                preferConfiguredProposals,
                acceptPrivateAlgs,
                port,
                portNatT,
                logLevel,
                Admission.DEFAULT,
                ChildHandling.DEFAULT,
                Renewal.DEFAULT,
                PathHandling.DEFAULT,
                FragmentSizes.DEFAULT,
                SpiLabel.NONE,
                false,
                EapOptions.DEFAULT);
    }

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

    public EngineSettings with(Admission other) {
        return with(other, children, renewal);
    }

    public EngineSettings with(ChildHandling other) {
        return with(admission, other, renewal);
    }

    public EngineSettings with(Renewal other) {
        return with(admission, children, other);
    }

    public EngineSettings with(PathHandling other) {
        return new EngineSettings(
                retransmitTimeout,
                retransmitBase,
                retransmitTries,
                retransmitJitter,
                retransmitLimit,
                halfOpenTimeout,
                cookieThreshold,
                cookieThresholdIp,
                blockThreshold,
                keepAlive,
                preferConfiguredProposals,
                acceptPrivateAlgs,
                port,
                portNatT,
                logLevel,
                admission,
                children,
                renewal,
                other,
                fragmentSizes,
                spiLabel,
                sendVendorId,
                eap);
    }

    public EngineSettings with(EapOptions other) {
        return new EngineSettings(
                retransmitTimeout,
                retransmitBase,
                retransmitTries,
                retransmitJitter,
                retransmitLimit,
                halfOpenTimeout,
                cookieThreshold,
                cookieThresholdIp,
                blockThreshold,
                keepAlive,
                preferConfiguredProposals,
                acceptPrivateAlgs,
                port,
                portNatT,
                logLevel,
                admission,
                children,
                renewal,
                paths,
                fragmentSizes,
                spiLabel,
                sendVendorId,
                other);
    }

    public EngineSettings withVendorId(boolean sent) {
        return new EngineSettings(
                retransmitTimeout,
                retransmitBase,
                retransmitTries,
                retransmitJitter,
                retransmitLimit,
                halfOpenTimeout,
                cookieThreshold,
                cookieThresholdIp,
                blockThreshold,
                keepAlive,
                preferConfiguredProposals,
                acceptPrivateAlgs,
                port,
                portNatT,
                logLevel,
                admission,
                children,
                renewal,
                paths,
                fragmentSizes,
                spiLabel,
                sent,
                eap);
    }

    private EngineSettings with(Admission limits, ChildHandling handling, Renewal renewing) {
        return new EngineSettings(
                retransmitTimeout,
                retransmitBase,
                retransmitTries,
                retransmitJitter,
                retransmitLimit,
                halfOpenTimeout,
                cookieThreshold,
                cookieThresholdIp,
                blockThreshold,
                keepAlive,
                preferConfiguredProposals,
                acceptPrivateAlgs,
                port,
                portNatT,
                logLevel,
                limits,
                handling,
                renewing,
                paths,
                fragmentSizes,
                spiLabel,
                sendVendorId,
                eap);
    }
}
