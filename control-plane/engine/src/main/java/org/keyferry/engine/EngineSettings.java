package org.keyferry.engine;

import java.time.Duration;
import java.util.function.Consumer;
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
        return changed(c -> c.admission = other);
    }

    public EngineSettings with(ChildHandling other) {
        return changed(c -> c.children = other);
    }

    public EngineSettings with(Renewal other) {
        return changed(c -> c.renewal = other);
    }

    public EngineSettings with(PathHandling other) {
        return changed(c -> c.paths = other);
    }

    public EngineSettings with(EapOptions other) {
        return changed(c -> c.eap = other);
    }

    public EngineSettings withVendorId(boolean sent) {
        return changed(c -> c.sendVendorId = sent);
    }

    /// What copies may differ in.
    private static final class Changes {
        private Admission admission;
        private ChildHandling children;
        private Renewal renewal;
        private PathHandling paths;
        private boolean sendVendorId;
        private EapOptions eap;

        private Changes(EngineSettings of) {
            admission = of.admission;
            children = of.children;
            renewal = of.renewal;
            paths = of.paths;
            sendVendorId = of.sendVendorId;
            eap = of.eap;
        }
    }

    private EngineSettings changed(Consumer<Changes> change) {
        var changes = new Changes(this);
        change.accept(changes);
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
                changes.admission,
                changes.children,
                changes.renewal,
                changes.paths,
                fragmentSizes,
                spiLabel,
                changes.sendVendorId,
                changes.eap);
    }
}
