package org.keyferry.daemon.radius;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.packet.HiddenValues;
import org.keyferry.daemon.radius.packet.MalformedRadius;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusSeal;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Bytes;

/// One server on one of its ports: its sockets, the requests on their way, and whether it lives.
///
/// Each socket has up to 256 requests in flight, further ones queue. Nothing here blocks a caller:
/// names are resolved and packets sent on threads of its own.
public final class RadiusServer implements AutoCloseable {
    private static final int MOST_QUEUED = 16_384;

    /// What all servers of a daemon share.
    record Shared(ScheduledExecutorService timer, SecureRandom random, Log log) {}

    private final RadiusConf.Server conf;
    private final int port;
    private final RadiusSeal seal;
    private final Shared shared;

    private final List<RadiusSocket> sockets = new ArrayList<>();
    private final Deque<PendingRequest> queue = new ArrayDeque<>();
    private InetSocketAddress target;
    private boolean resolving;
    private boolean closed;
    private boolean dead;
    private long deadNanos;
    private long scoutNanos;
    private long answerNanos = System.nanoTime();

    RadiusServer(RadiusConf.Server conf, int port, Shared shared) {
        this.conf = conf;
        this.port = port;
        this.seal = new RadiusSeal(conf.secret());
        this.shared = shared;
    }

    public String name() {
        return conf.name();
    }

    int preference() {
        return conf.preference();
    }

    public HiddenValues hiddenValues(RadiusAnswer answer) {
        return seal.hiddenValues(answer.request());
    }

    synchronized boolean isDead() {
        return dead;
    }

    synchronized int load() {
        return queue.size() + sockets.stream().mapToInt(RadiusSocket::used).sum();
    }

    /// Whether the dead server should be looked at again, to which the caller then binds itself.
    synchronized boolean takesScout(Duration pause) {
        long now = System.nanoTime();
        boolean due =
                dead && now - deadNanos >= pause.toNanos() && now - scoutNanos >= pause.toNanos();
        if (due) {
            scoutNanos = now;
        }
        return due;
    }

    /// Sends a request, with the server's NAS-Identifier.
    ///
    /// @param movable another server can be asked instead, so it is given up as soon as this one is
    ///   found dead
    /// @return fails with [NoRadiusAnswer]
    CompletableFuture<RadiusAnswer> send(
            int code, List<RadiusAttribute> attributes, boolean movable) {
        var all = new ArrayList<RadiusAttribute>(attributes);
        all.add(RadiusAttribute.text(RadiusType.NAS_IDENTIFIER, conf.nasIdentifier()));
        var request = new PendingRequest(code, all, movable);
        synchronized (this) {
            if (closed || queue.size() >= MOST_QUEUED) {
                request.answer.completeExceptionally(
                        new NoRadiusAnswer(closed ? "closed" : "too many requests wait"));
                return request.answer;
            }
            queue.add(request);
        }
        Thread.startVirtualThread(this::workOff);
        return request.answer;
    }

    /// Sends what is queued, as far as there is room.
    private void workOff() {
        synchronized (this) {
            if (closed || resolving) {
                return;
            }
            if (target == null) {
                resolving = true;
                Thread.ofPlatform().daemon().name("radius-name").start(this::resolve);
                return;
            }
        }
        for (PendingRequest next = place(); next != null; next = place()) {
            transmit(next);
        }
    }

    /// On a platform thread: the lookup may hold it for long.
    private void resolve() {
        InetSocketAddress found = null;
        String failure = "";
        try {
            found = new InetSocketAddress(InetAddress.getByName(conf.address()), port);
        } catch (IOException e) {
            failure = "cannot resolve " + e.getMessage();
        }
        synchronized (this) {
            resolving = false;
            target = found;
        }
        if (found == null) {
            refuseAll(failure);
        } else {
            workOff();
        }
    }

    private void refuseAll(String failure) {
        List<PendingRequest> refused;
        synchronized (this) {
            refused = List.copyOf(queue);
            queue.clear();
            die(failure);
        }
        refused.forEach(request -> fail(request, failure));
    }

    /// Gives the next request an identifier.
    ///
    /// @return `null` if there is none, or no room
    private synchronized PendingRequest place() {
        while (!closed && !queue.isEmpty()) {
            PendingRequest request = queue.peek();
            try {
                Optional<RadiusSocket> socket = socketWithRoom();
                if (socket.isEmpty()) {
                    return null;
                }
                place(request, socket.get());
                queue.remove();
                return request;
            } catch (IOException | IllegalArgumentException e) {
                queue.remove();
                release(request);
                Thread.startVirtualThread(() -> fail(request, "cannot send: " + e.getMessage()));
            }
        }
        return null;
    }

    private void place(PendingRequest request, RadiusSocket socket) {
        request.socket = socket;
        request.identifier = socket.take(request);
        byte[] random = new byte[16];
        shared.random().nextBytes(random);
        request.datagram =
                seal.request(
                        request.code,
                        request.identifier,
                        Bytes.wrapOwned(random),
                        request.attributes);
        request.firstSentNanos = System.nanoTime();
    }

    private Optional<RadiusSocket> socketWithRoom() throws IOException {
        for (RadiusSocket socket : sockets) {
            if (!socket.isFull()) {
                return Optional.of(socket);
            }
        }
        if (sockets.size() >= conf.sockets()) {
            return Optional.empty();
        }
        var socket = new RadiusSocket(target, source());
        sockets.add(socket);
        socket.read(this::received);
        return Optional.of(socket);
    }

    private Optional<InetSocketAddress> source() throws IOException {
        return conf.source().isEmpty()
                ? Optional.empty()
                : Optional.of(new InetSocketAddress(InetAddress.ofLiteral(conf.source().get()), 0));
    }

    private void transmit(PendingRequest request) {
        synchronized (this) {
            if (closed || request.answer.isDone()) {
                return;
            }
            double factor = Math.pow(conf.timing().base(), request.transmissions);
            long wait = Math.round(conf.timing().timeout().toMillis() * factor);
            request.transmissions++;
            request.timer =
                    shared.timer()
                            .schedule(
                                    () -> Thread.startVirtualThread(() -> due(request)),
                                    wait,
                                    TimeUnit.MILLISECONDS);
        }
        request.socket.send(request.datagram);
    }

    private void due(PendingRequest request) {
        List<PendingRequest> given;
        synchronized (this) {
            if (request.answer.isDone()) {
                return;
            }
            given =
                    request.transmissions < conf.timing().tries()
                            ? List.of()
                            : givenUpWith(request);
        }
        if (given.isEmpty()) {
            shared.log().log(
                    Group.CFG,
                    1,
                    "retransmit %d of RADIUS %s to server '%s'",
                    request.transmissions,
                    RadiusCode.name(request.code),
                    name());
            transmit(request);
            return;
        }
        given.forEach(each -> fail(each, "RADIUS server '" + name() + "' is not responding"));
        workOff();
    }

    /// The request, and if the server is dead all that can be sent elsewhere.
    private List<PendingRequest> givenUpWith(PendingRequest request) {
        var given = new ArrayList<PendingRequest>(List.of(request));
        release(request);
        if (answerNanos - request.firstSentNanos > 0) {
            return given; // it answered others meanwhile: only this one is lost
        }
        die("it is not responding");
        for (RadiusSocket socket : sockets) {
            for (PendingRequest other : socket.all()) {
                if (other.movable) {
                    release(other);
                    given.add(other);
                }
            }
        }
        queue.stream().filter(other -> other.movable).forEach(given::add);
        queue.removeIf(other -> other.movable);
        return given;
    }

    /// Its name is looked up again, and sockets are opened anew, once nothing is on its way.
    private void die(String why) {
        if (!dead) {
            shared.log().log(Group.CFG, 0, "RADIUS server '%s' is given up: %s", name(), why);
        }
        dead = true;
        deadNanos = System.nanoTime();
        scoutNanos = deadNanos;
        if (sockets.stream().allMatch(socket -> socket.used() == 0)) {
            sockets.forEach(RadiusSocket::close);
            sockets.clear();
            target = null;
        }
    }

    private static void release(PendingRequest request) {
        if (request.socket != null && request.socket.waitingFor(request.identifier) == request) {
            request.socket.release(request.identifier);
        }
        if (request.timer != null) {
            request.timer.cancel(false);
        }
    }

    private static void fail(PendingRequest request, String why) {
        request.answer.completeExceptionally(new NoRadiusAnswer(why));
    }

    private void received(RadiusSocket socket, Bytes datagram) {
        if (datagram.length() < 2) {
            return;
        }
        PendingRequest request;
        synchronized (this) {
            request = socket.waitingFor(datagram.u8(1));
        }
        if (request == null) {
            return; // late, or a second answer
        }
        RadiusPacket answer;
        try {
            answer = seal.openAnswer(datagram, request.datagram);
        } catch (MalformedRadius e) {
            shared.log().log(
                    Group.CFG,
                    1,
                    "ignored what RADIUS server '%s' sent: %s",
                    name(),
                    e.getMessage());
            return;
        }
        synchronized (this) {
            release(request);
            answerNanos = System.nanoTime();
            if (dead) {
                dead = false;
                shared.log().log(Group.CFG, 1, "RADIUS server '%s' responds again", name());
            }
        }
        request.answer.complete(new RadiusAnswer(this, answer, request.datagram));
        workOff();
    }

    @Override
    public void close() {
        var left = new ArrayList<PendingRequest>();
        synchronized (this) {
            closed = true;
            left.addAll(queue);
            queue.clear();
            for (RadiusSocket socket : sockets) {
                socket.all().forEach(left::add);
                socket.close();
            }
            left.forEach(RadiusServer::release);
        }
        left.forEach(request -> fail(request, "closed"));
    }
}
