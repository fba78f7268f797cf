package org.keyferry.cli;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.keyferry.netlink.socket.EventSocket;
import org.keyferry.netlink.socket.NetlinkLink;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmGroup;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStatistics;

/// The kernel that runs us, in our network namespace. Opens a socket per question.
final class LocalKernel implements Kernel {
    @Override
    public List<XfrmState> states() throws KernelUnavailable {
        List<XfrmState> states = ask(Xfrm::states);
        states.forEach(XfrmState::close);
        return states;
    }

    @Override
    public List<XfrmPolicy> policies() throws KernelUnavailable {
        return ask(Xfrm::policies);
    }

    @Override
    public Statistics statistics() throws KernelUnavailable {
        return new Statistics(ask(Xfrm::stateInfo), ask(Xfrm::policyInfo), drops());
    }

    private static Map<String, Long> drops() {
        try {
            return XfrmStatistics.read().counters();
        } catch (IOException _) {
            return Map.of(); // a kernel without CONFIG_XFRM_STATISTICS
        }
    }

    @Override
    public void monitor(Listener listener) throws KernelUnavailable {
        var failure = new CompletableFuture<Void>();
        try (var _ = EventSocket.xfrm(EnumSet.allOf(XfrmGroup.class), adapt(listener, failure))) {
            failure.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException | ExecutionException e) {
            throw unavailable(e);
        }
    }

    private static EventSocket.Listener<XfrmEvent> adapt(
            Listener listener, CompletableFuture<Void> failure) {
        return new EventSocket.Listener<>() {
            @Override
            public void event(XfrmEvent event) {
                stateOf(event).ifPresent(XfrmState::close);
                listener.event(event);
            }

            @Override
            public void overrun() {
                listener.lost();
            }

            @Override
            public void failed(IOException cause) {
                failure.completeExceptionally(cause);
            }
        };
    }

    private static Optional<XfrmState> stateOf(XfrmEvent event) {
        return switch (event) {
            case XfrmEvent.StateAdded(var state) -> Optional.of(state);
            case XfrmEvent.StateUpdated(var state) -> Optional.of(state);
            case XfrmEvent.StateDeleted(_, var state) -> state;
            case XfrmEvent.StateExpired(var state, _) -> Optional.of(state);
            default -> Optional.empty();
        };
    }

    private static <T> T ask(Function<Xfrm, CompletableFuture<T>> question)
            throws KernelUnavailable {
        try (var link = NetlinkLink.open(Xfrm.NETLINK_PROTOCOL)) {
            return question.apply(new Xfrm(link)).join();
        } catch (IOException | CompletionException e) {
            throw unavailable(e);
        }
    }

    private static KernelUnavailable unavailable(Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new KernelUnavailable(
                "the kernel does not tell its IPsec state: " + cause.getMessage(), cause);
    }
}
