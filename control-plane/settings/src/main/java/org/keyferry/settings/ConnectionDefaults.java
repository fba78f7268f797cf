package org.keyferry.settings;

import java.util.List;
import java.util.function.Predicate;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.Transform;

/// What the daemon contributes to each connection.
public final class ConnectionDefaults {
    private final Predicate<Transform> ikeSupported;
    private final Predicate<Transform> espSupported;
    private final List<Proposal> ikeProposals;
    private final List<Proposal> espProposals;
    private final int localPort;
    private final int natTPort;
    private final int replayWindow;
    private final CertificateFiles files;

    /// With the given limits and the default proposals that remain within them.
    ///
    /// @param ikeSupported transforms that IKE proposals may hold
    /// @param espSupported transforms that ESP proposals may hold
    /// @param localPort the daemon's own IKE port
    /// @param natTPort its port behind the non-ESP marker
    /// @param replayWindow `charon.replay_window`, in packets
    public ConnectionDefaults(
            Predicate<Transform> ikeSupported,
            Predicate<Transform> espSupported,
            int localPort,
            int natTPort,
            int replayWindow) {
        this(ikeSupported, espSupported, localPort, natTPort, replayWindow, CertificateFiles.NONE);
    }

    private ConnectionDefaults(
            Predicate<Transform> ikeSupported,
            Predicate<Transform> espSupported,
            int localPort,
            int natTPort,
            int replayWindow,
            CertificateFiles files) {
        this.ikeSupported = ikeSupported;
        this.espSupported = espSupported;
        this.ikeProposals = DefaultProposals.ike(ikeSupported);
        this.espProposals = DefaultProposals.esp(espSupported);
        this.localPort = localPort;
        this.natTPort = natTPort;
        this.replayWindow = replayWindow;
        this.files = files;
    }

    /// With a place where names of files lead to.
    public ConnectionDefaults with(CertificateFiles otherFiles) {
        return new ConnectionDefaults(
                ikeSupported, espSupported, localPort, natTPort, replayWindow, otherFiles);
    }

    CertificateFiles files() {
        return files;
    }

    /// Ports 500 and 4500 and a replay window of 32 packets.
    public static ConnectionDefaults supporting(Predicate<Transform> supported) {
        return new ConnectionDefaults(supported, supported, 500, 4_500, 32);
    }

    Predicate<Transform> ikeSupported() {
        return ikeSupported;
    }

    Predicate<Transform> espSupported() {
        return espSupported;
    }

    List<Proposal> ikeProposals() {
        return ikeProposals;
    }

    List<Proposal> espProposals() {
        return espProposals;
    }

    int localPort() {
        return localPort;
    }

    int natTPort() {
        return natTPort;
    }

    int replayWindow() {
        return replayWindow;
    }
}
