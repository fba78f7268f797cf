package org.keyferry.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Engine;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Ids;
import org.keyferry.engine.Input;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// Initiators of many tunnels behind one socket and one thread. A window bounds how many set-ups
/// are under way at once.
final class LoadGenerator implements AutoCloseable {
    private static final int MAX_DATAGRAM_BYTES = 10_000;
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;
    private static final int FIRST_SPI = 0xc0000001;

    private final DatagramChannel channel;
    private final Selector selector;
    private final Endpoint local;
    private final Endpoint responder;
    private final BenchIdentities identities;
    private final Engine engine;
    private final Deque<Input> inbox = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);
    private int nextSpi = FIRST_SPI;
    private int started;
    private int established;
    private int failed;
    private long retransmissions;
    private String firstFailure = "";

    LoadGenerator(Endpoint local, Endpoint responder, BenchIdentities identities)
            throws IOException {
        this.identities = identities;
        this.local = local;
        this.responder = responder;
        var d = EngineSettings.defaults();
        var settings =
                new EngineSettings(
                        d.retransmitTimeout(),
                        d.retransmitBase(),
                        d.retransmitTries(),
                        d.retransmitJitter(),
                        d.retransmitLimit(),
                        d.halfOpenTimeout(),
                        0,
                        0,
                        0,
                        Duration.ZERO,
                        true,
                        false,
                        local.port(),
                        local.port() + 1,
                        0);
        byte[] seed = SecureRandom.getSeed(Long.BYTES);
        this.engine =
                new Engine(
                        0,
                        settings,
                        new SplittableRandom(ByteBuffer.wrap(seed).getLong()),
                        new Ids());
        give(
                new Input.Configured(
                        new Configuration(
                                List.of(),
                                identities.secrets(),
                                Map.of(),
                                identities.credentials())));
        channel = DatagramChannel.open(StandardProtocolFamily.INET);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
        channel.bind(new InetSocketAddress(local.address().toInetAddress(), local.port()));
        channel.connect(
                new InetSocketAddress(responder.address().toInetAddress(), responder.port()));
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    /// Sets tunnels up until `total` are up.
    ///
    /// @param window set-ups under way at once
    /// @return whether they came up within the limit
    /// @throws IOException if some fail
    boolean raiseTo(int total, int window, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        while (established + failed < total) {
            if (System.nanoTime() > end) {
                return false;
            }
            while (started < total && started - established - failed < window) {
                start();
            }
            drain();
        }
        if (failed > 0) {
            throw new IOException(failed + " set-ups failed, the first: " + firstFailure);
        }
        return true;
    }

    private void start() throws IOException {
        int number = started++;
        give(
                new Input.Initiate(
                        number + 1L,
                        BenchTunnels.connection(identities, number),
                        Optional.of(BenchTunnels.CHILD),
                        local,
                        responder));
    }

    private void drain() throws IOException {
        long wait =
                engine.nextDeadline()
                        .map(due -> Duration.between(Instant.now(), due).toMillis())
                        .orElse(1_000L);
        if (receive() == 0) {
            selector.select(Math.clamp(wait, 1, 100));
            selector.selectedKeys().clear();
        }
        give(new Input.Tick());
    }

    private int receive() throws IOException {
        int received = 0;
        while (channel.read(buffer.clear()) > 0) {
            byte[] datagram = new byte[buffer.flip().remaining()];
            buffer.get(datagram);
            give(new Input.Received(local, responder, Bytes.wrapOwned(datagram)));
            received++;
        }
        return received;
    }

    private void give(Input input) throws IOException {
        inbox.add(input);
        while (!inbox.isEmpty()) {
            for (Effect effect : engine.handle(Instant.now(), inbox.poll())) {
                perform(effect);
            }
        }
    }

    private void perform(Effect effect) throws IOException {
        switch (effect) {
            case Effect.Send(_, _, var datagram, _, _) -> channel.write(datagram.asBuffer());
            case Effect.Compute(var sa, long ticket, var job) ->
                    inbox.add(new Input.Computed(sa, ticket, job.run()));
            case Effect.Kernel(var sa, long ticket, var op) ->
                    inbox.add(new Input.KernelAnswered(sa, ticket, kernel(op)));
            case Effect.Address(var sa, long ticket, var request, _) ->
                    inbox.add(
                            new Input.Addressed(
                                    sa,
                                    ticket,
                                    request,
                                    AddressAnswer.nothing(request, "none here")));
            case Effect.Tell(var event) -> note(event);
            case Effect.SendKeepalive _,
                    Effect.Eap _,
                    Effect.Broadcast _,
                    Effect.GiveBack _,
                    Effect.TakeOver _,
                    Effect.Reinitiate _,
                    Effect.FindPaths _,
                    Effect.OpenStream _,
                    Effect.KeepStream _,
                    Effect.CloseStream _,
                    Effect.FindGateway _,
                    Effect.Trap _ -> {}
        }
    }

    private KernelAnswer kernel(KernelOp op) {
        if (op instanceof KernelOp.InstallChild(_, var keys)) {
            keys.close();
        }
        return op instanceof KernelOp.AllocateSpi
                ? new KernelAnswer.SpiAllocated(new ChildSpi(nextSpi++), 0)
                : new KernelAnswer.Done();
    }

    private void note(Event event) {
        switch (event) {
            case Event.RequestDone(_, var failure) when failure.isEmpty() -> established++;
            case Event.RequestDone(_, var failure) -> {
                failed++;
                if (firstFailure.isEmpty()) {
                    firstFailure = failure.get().toString();
                }
            }
            case Event.Logged logged when logged.format().startsWith("retransmit") ->
                    retransmissions++;
            default -> {}
        }
    }

    int established() {
        return established;
    }

    long retransmissions() {
        return retransmissions;
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    static Endpoint endpoint(String address, int port) {
        return new Endpoint(IpAddress.parse(address), port);
    }
}
