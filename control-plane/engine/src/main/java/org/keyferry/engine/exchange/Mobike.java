package org.keyferry.engine.exchange;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Path;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.Mobility;
import org.keyferry.engine.sa.Mobility.Sent;
import org.keyferry.engine.sa.Roaming;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Violation;

/// What MOBIKE (RFC 4555) says in IKE_AUTH and INFORMATIONAL exchanges; [PathChoice] decides when.
public final class Mobike {
    private static final int COOKIE_BYTES = 16;

    /// As many as charon tells.
    private static final int MOST_ADDRESSES = 8;

    /// What the message with our SA payload says (§3.1, §3.4).
    static List<Payload> announced(SaCore sa) {
        if (!sa.connection().mobike()) {
            return List.of();
        }
        var payloads = new ArrayList<Payload>();
        payloads.add(Payload.Notify.of(NotifyType.MOBIKE_SUPPORTED));
        payloads.addAll(additional(sa));
        if (sa.mobility().decides() && !sa.peerNatT()) {
            payloads.add(noNats(sa));
        }
        sa.mobility().announced(own(sa));
        return payloads;
    }

    /// As responder: reads the request, and says the same if it did.
    ///
    /// @return empty unless both sides want MOBIKE
    static List<Payload> answered(SaCore sa, List<Payload> request, Outbox out) {
        read(sa, request, out);
        return sa.mobility().agreed() ? announced(sa) : List.of();
    }

    /// Takes what the peer announced in IKE_AUTH.
    static void read(SaCore sa, List<Payload> payloads, Outbox out) {
        if (sa.connection().mobike()
                && IkeMessage.notify(payloads, NotifyType.MOBIKE_SUPPORTED).isPresent()) {
            out.log(sa, Group.IKE, 1, "peer supports MOBIKE");
            sa.mobility().agree();
            readAddresses(sa, payloads, sa.remote().address(), out);
        }
    }

    /// @param seen where the peer sent this from: always one of its addresses
    /// @return whether there was a list
    private static boolean readAddresses(
            SaCore sa, List<Payload> payloads, IpAddress seen, Outbox out) {
        var addresses = new ArrayList<IpAddress>();
        addresses.add(seen);
        boolean told = false;
        for (Payload.Notify notify : IkeMessage.all(payloads, Payload.Notify.class)) {
            switch (notify.notifyType()) {
                case NotifyType.ADDITIONAL_IP4_ADDRESS, NotifyType.ADDITIONAL_IP6_ADDRESS -> {
                    IpAddress address = IpAddress.ofBytes(notify.data());
                    out.log(sa, Group.IKE, 2, "got additional MOBIKE peer address: %s", address);
                    addresses.add(address);
                    told = true;
                }
                case NotifyType.NO_ADDITIONAL_ADDRESSES -> told = true;
                default -> {}
            }
        }
        if (told) {
            sa.mobility()
                    .peerAddresses(
                            addresses.stream().distinct().limit(MOST_ADDRESSES + 1).toList());
        }
        return told;
    }

    /// Those of this host that may mean something to a peer.
    static List<IpAddress> own(SaCore sa) {
        return sa.lookup().ownAddresses().orElse(List.of()).stream()
                .filter(address -> !address.toInetAddress().isLoopbackAddress())
                .filter(address -> !address.toInetAddress().isLinkLocalAddress())
                .toList();
    }

    /// Own addresses besides the one in the IP header.
    private static List<Payload> additional(SaCore sa) {
        return own(sa).stream()
                .filter(address -> !address.equals(sa.local().address()))
                .limit(MOST_ADDRESSES)
                .<Payload>map(
                        address ->
                                Payload.Notify.of(
                                        address.v6()
                                                ? NotifyType.ADDITIONAL_IP6_ADDRESS
                                                : NotifyType.ADDITIONAL_IP4_ADDRESS,
                                        Bytes.of(address.toBytes())))
                .toList();
    }

    /// A complete list, even if it is empty (§3.6).
    private static List<Payload> list(SaCore sa) {
        List<Payload> addresses = additional(sa);
        return addresses.isEmpty()
                ? List.of(Payload.Notify.of(NotifyType.NO_ADDITIONAL_ADDRESSES))
                : addresses;
    }

    /// Without NAT traversal the addresses must arrive as they were sent (§3.9).
    private static Payload noNats(SaCore sa) {
        return Payload.Notify.of(NotifyType.NO_NATS_ALLOWED, noNats(sa.local(), sa.remote()));
    }

    private static Bytes noNats(Endpoint source, Endpoint destination) {
        Bytes addresses =
                Bytes.of(source.address().toBytes())
                        .concat(Bytes.of(destination.address().toBytes()));
        var ports = ByteBuffer.allocate(4);
        ports.putShort((short) source.port()).putShort((short) destination.port());
        return addresses.concat(Bytes.of(ports.array()));
    }

    /// Whether a request was not to pass a NAT, and did.
    private static boolean metForbiddenNat(
            List<Payload> payloads, Endpoint source, Endpoint destination) {
        return IkeMessage.notify(payloads, NotifyType.NO_NATS_ALLOWED)
                .filter(notify -> !notify.data().equals(noNats(source, destination)))
                .isPresent();
    }

    /// As responder of IKE_AUTH.
    static boolean metForbiddenNat(SaCore sa, List<Payload> payloads) {
        return metForbiddenNat(payloads, sa.remote(), sa.local());
    }

    /// Begins what is due.
    static State start(SaCore sa, Established up, Task.Mobike task, Instant now, Outbox out) {
        var cookie = Bytes.wrapOwned(sa.randomBytes(COOKIE_BYTES));
        var payloads = new ArrayList<Payload>();
        List<IpAddress> own = own(sa);
        boolean tells =
                task.what() == Task.Mobike.What.LIST
                        || (task.what() == Task.Mobike.What.UPDATE
                                && !PathChoice.same(own, sa.mobility().facts().announced()));
        switch (task.what()) {
            case UPDATE -> {
                out.log(sa, Group.IKE, 1, "requesting address change using MOBIKE");
                payloads.add(Payload.Notify.of(NotifyType.UPDATE_SA_ADDRESSES));
                if (sa.peerNatT()) {
                    payloads.addAll(IkeSaInit.natDetection(sa));
                } else {
                    payloads.add(noNats(sa));
                }
            }
            case LIST -> out.log(sa, Group.IKE, 1, "sending address list update using MOBIKE");
            case CHECK -> out.log(sa, Group.IKE, 1, "checking path %s", path(sa));
            case TRY_UDP -> BackToUdp.begin(sa, now, out);
        }
        if (tells) {
            payloads.addAll(list(sa));
        }
        payloads.add(Payload.Notify.of(NotifyType.COOKIE2, cookie));
        sa.mobility()
                .sent(
                        Optional.of(
                                new Sent(
                                        cookie,
                                        sa.local(),
                                        sa.remote(),
                                        tells ? Optional.of(own) : Optional.empty())));
        sa.sendSealedRequest(ExchangeType.INFORMATIONAL, payloads, now, out);
        BackToUdp.pace(sa, now, out);
        return up;
    }

    private static Path path(SaCore sa) {
        return Path.between(sa.local(), sa.remote());
    }

    /// The peer's answer to what [#start] sent.
    static State onResponse(
            SaCore sa,
            State state,
            Task.Mobike task,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        Optional<Sent> sent = sa.mobility().sent();
        sa.mobility().sent(Optional.empty());
        if (!(state instanceof Established up) || sent.isEmpty()) {
            return state;
        }
        if (!returned(payloads, sent.get().cookie())) {
            return broken(sa, up, out);
        }
        sent.get().announced().ifPresent(sa.mobility()::announced);
        if (task.what() == Task.Mobike.What.TRY_UDP) {
            BackToUdp.concluded(sa, up, now, out);
        }
        if (task.what() == Task.Mobike.What.UPDATE) {
            onUpdated(sa, up, sent.get(), payloads, out);
        }
        return state;
    }

    private static boolean returned(List<Payload> payloads, Bytes cookie) {
        return IkeMessage.notify(payloads, NotifyType.COOKIE2)
                .filter(notify -> notify.data().equals(cookie))
                .isPresent();
    }

    /// Somebody answers who did not get the request (§3.7).
    private static State broken(SaCore sa, Established up, Outbox out) {
        out.log(sa, Group.IKE, 0, "COOKIE2 mismatch, closing IKE_SA");
        var why = new Reason.PeerBroke("COOKIE2", new Violation.Malformed("COOKIE2", 0));
        sa.tasks().addFirst(new Task.DeleteIke(why, 0));
        return up;
    }

    private static void onUpdated(
            SaCore sa, Established up, Sent sent, List<Payload> payloads, Outbox out) {
        if (!sent.local().equals(sa.local()) || !sent.remote().equals(sa.remote())) {
            return; // the address has changed again since: another update is on its way
        }
        Optional<Payload.Notify> error = IkeAuth.firstError(payloads);
        if (error.isPresent()) {
            String name = NotifyType.name(error.get().notifyType());
            out.log(sa, Group.IKE, 0, "peer refused address change: %s", name);
            PathChoice.refused(sa, up, out);
            return;
        }
        sa.mobility().refused(Optional.empty());
        detectNat(sa, payloads, out);
        BackToUdp.arrived(sa, out);
        remember(sa, payloads);
        sa.mobility().childrenDue(true);
    }

    private static void detectNat(SaCore sa, List<Payload> payloads, Outbox out) {
        boolean wasLocal = sa.natLocal();
        boolean wasRemote = sa.natRemote();
        IkeSaInit.detectNat(sa, sa.initiatorSpi(), sa.responderSpi(), payloads);
        Roaming.natChanged(sa, wasLocal, wasRemote, out);
    }

    private static Bytes seenAs(List<Payload> payloads) {
        return IkeMessage.notify(payloads, NotifyType.NAT_DETECTION_DESTINATION_IP)
                .map(Payload.Notify::data)
                .orElse(Bytes.EMPTY);
    }

    private static void remember(SaCore sa, List<Payload> payloads) {
        Bytes seen = seenAs(payloads);
        if (seen.length() > 0) {
            sa.mobility().seenAs(seen);
        }
    }

    /// What a liveness check asks besides: whether the NAT still maps us as it did (§3.8).
    static List<Payload> ofLiveness(SaCore sa) {
        Mobility mobility = sa.mobility();
        return mobility.agreed() && mobility.decides() && sa.natLocal() && sa.peerNatT()
                ? IkeSaInit.natDetection(sa)
                : List.of();
    }

    /// The answer to a liveness check.
    static void onAlive(SaCore sa, List<Payload> payloads, Outbox out) {
        Bytes seen = seenAs(payloads);
        Bytes before = sa.mobility().seenAs();
        if (seen.length() > 0) {
            sa.extensions().natBinding().told();
        }
        if (sa.mobility().decides() && seen.length() > 0 && before.length() > 0) {
            sa.extensions().natBinding().answered(sa, seen.equals(before), out);
        }
        if (sa.mobility().decides() && seen.length() > 0 && !seen.equals(sa.mobility().seenAs())) {
            if (sa.mobility().seenAs().length() > 0) {
                out.log(sa, Group.IKE, 1, "NAT mappings of this host changed");
            }
            PathChoice.update(sa);
        }
    }

    /// Takes what MOBIKE says in a request of the peer.
    ///
    /// @param to, from the path that it came along
    /// @return what goes into the answer
    static List<Payload> onRequest(
            SaCore sa,
            State state,
            List<Payload> payloads,
            Endpoint to,
            Endpoint from,
            Instant now,
            Outbox out) {
        var answer = new ArrayList<Payload>();
        if (sa.mobility().agreed() && state instanceof Established up) {
            if (IkeMessage.notify(payloads, NotifyType.UPDATE_SA_ADDRESSES).isPresent()) {
                if (metForbiddenNat(payloads, from, to)) {
                    out.log(sa, Group.IKE, 0, "NAT found where the peer allows none");
                    answer.add(Payload.Notify.of(NotifyType.UNEXPECTED_NAT_DETECTED));
                } else {
                    onUpdate(sa, up, payloads, to, from, now, out);
                }
            }
            if (readAddresses(sa, payloads, from.address(), out)) {
                PathChoice.peerMoved(sa, out);
            }
            boolean asksForNat =
                    IkeMessage.notify(payloads, NotifyType.NAT_DETECTION_SOURCE_IP).isPresent();
            if (asksForNat) {
                answer.addAll(IkeSaInit.natDetection(sa, to, from));
            }
        }
        IkeMessage.notify(payloads, NotifyType.COOKIE2).ifPresent(answer::add);
        return answer;
    }

    /// The peer has another address: it is taken at its word, and then asked there whether it is
    /// really reached (§3.7).
    private static void onUpdate(
            SaCore sa,
            Established up,
            List<Payload> payloads,
            Endpoint to,
            Endpoint from,
            Instant now,
            Outbox out) {
        if (sa.mobility().decides()) {
            out.log(sa, Group.IKE, 1, "peer wants to change addresses, which is ours to do");
            return;
        }
        Path before = path(sa);
        Endpoint formerLocal = sa.local();
        Endpoint formerRemote = sa.remote();
        Roaming.moveIke(sa, up, to, from, out);
        Streams.moved(sa, formerLocal, formerRemote, out);
        detectNat(sa, payloads, out);
        sa.mobility().childrenDue(true);
        sa.mobility().searched();
        sa.mobility().stranded(false);
        if (!before.remote().equals(from.address())) {
            PathChoice.enqueue(sa, Task.Mobike.What.CHECK);
        }
        if (!before.equals(path(sa)) || from.tcp()) {
            sa.requests()
                    .outstanding()
                    .ifPresent(request -> Roaming.transmit(sa, request.datagrams(), now, out));
        }
    }

    private Mobike() {}
}
