package org.keyferry.daemon.shard;

import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Input;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.PeerViolation;

/// Finds the SA that an input was for, after the engine failed on it.
final class FaultySa {
    /// Our SPI of the SA concerned, if the input tells.
    static Optional<IkeSpi> of(Input input) {
        return switch (input) {
            case Input.Received received -> ownSpi(received);
            case Input.Computed computed -> Optional.of(computed.sa());
            case Input.KernelAnswered answered -> Optional.of(answered.sa());
            case Input.Addressed addressed -> Optional.of(addressed.sa());
            case Input.StreamOpened opened -> Optional.of(opened.sa());
            case Input.StreamRefused refused -> Optional.of(refused.sa());
            case Input.PathsFound found -> Optional.of(found.sa());
            case Input.GatewayFound found -> Optional.of(found.sa());
            default -> Optional.empty();
        };
    }

    private static Optional<IkeSpi> ownSpi(Input.Received received) {
        try {
            IkeHeader header = IkeHeader.decode(received.datagram().asBuffer());
            IkeSpi own = header.fromInitiator() ? header.responderSpi() : header.initiatorSpi();
            return Optional.of(own).filter(spi -> !spi.equals(IkeSpi.ZERO));
        } catch (PeerViolation _) {
            return Optional.empty();
        }
    }

    static Optional<Integer> uniqueId(IkeSpi own, List<IkeView> views) {
        return views.stream()
                .filter(
                        view ->
                                own.equals(
                                        view.initiator()
                                                ? view.initiatorSpi()
                                                : view.responderSpi()))
                .map(IkeView::uniqueId)
                .findFirst();
    }

    private FaultySa() {}
}
