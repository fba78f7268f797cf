package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.engine.sa.Lifetimes;
import org.keyferry.engine.sa.Rival;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.Task;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.ProtocolId;

/// INFORMATIONAL exchanges: DELETE of either kind of SA and liveness (RFC 7296 §1.4).
public final class Informational {
    /// Begins a task whose turn has come.
    static State start(SaCore sa, State state, Task task, IkeView view, Instant now, Outbox out) {
        return switch (task) {
            case Task.Liveness() -> {
                out.log(sa, Group.IKE, 1, "sending DPD request");
                sa.extensions().natBinding().asked(sa, now);
                yield ask(sa, state, Mobike.ofLiveness(sa), now, out);
            }
            case Task.DeleteChild(int childUniqueId, _, long requestId) ->
                    deleteChild(sa, state, childUniqueId, requestId, now, out);
            case Task.DisownChild(int protocolId, var spi) ->
                    ask(sa, state, List.of(childDelete(protocolId, spi)), now, out);
            case Task.AnnounceLifetime(int seconds) ->
                    ask(sa, state, List.of(authLifetime(seconds)), now, out);
            case Task.RequestTicket() ->
                    ask(sa, state, List.of(Payload.Notify.of(NotifyType.TICKET_REQUEST)), now, out);
            case Task.Redirect(var target) -> {
                out.log(sa, Group.IKE, 0, "redirecting peer '%s' to %s", sa.remoteId(), target);
                yield ask(sa, state, List.of(Redirect.notify(target)), now, out);
            }
            case Task.DeleteIke(Reason reason, _) -> deleteIke(sa, reason, view, now, out);
            case Task.CreateChild _,
                    Task.RekeyChild _,
                    Task.RekeyIke _,
                    Task.FollowRedirect _,
                    Task.Mobike _ ->
                    throw new IllegalStateException("not begun here: " + task);
        };
    }

    private static State ask(
            SaCore sa, State state, List<Payload> payloads, Instant now, Outbox out) {
        sa.sendSealedRequest(ExchangeType.INFORMATIONAL, payloads, now, out);
        return state;
    }

    private static State deleteChild(
            SaCore sa, State state, int childUniqueId, long requestId, Instant now, Outbox out) {
        Optional<ChildSa> found =
                sa.childByUniqueId(childUniqueId).filter(c -> c.state() != ChildSa.State.DELETED);
        if (found.isEmpty()) {
            sa.currentTask(null);
            done(requestId, Optional.empty(), out); // gone is what was wanted
            return state;
        }
        ChildSa child = found.get();
        sa.replaceChild(child, child.with(ChildSa.State.DELETING));
        out.log(
                sa,
                Group.IKE,
                0,
                "closing CHILD_SA %s{%d} with SPIs %s_i %s_o and TS %s === %s",
                child.name(),
                childUniqueId,
                child.installation().spiIn(),
                child.installation().spiOut(),
                FirstChild.spaced(child.installation().localTs()),
                FirstChild.spaced(child.installation().remoteTs()));
        var i = child.installation();
        return ask(sa, state, List.of(childDelete(i.protocolId(), i.spiIn())), now, out);
    }

    private static State deleteIke(
            SaCore sa, Reason reason, IkeView view, Instant now, Outbox out) {
        out.log(
                sa,
                Group.IKE,
                0,
                "deleting IKE_SA %s[%d] between %s[%s]...%s[%s]",
                sa.name(),
                sa.uniqueId(),
                sa.local().address(),
                sa.localId(),
                sa.remote().address(),
                sa.remoteId());
        boolean madeBefore =
                reason == Reason.Plain.REAUTHENTICATED && sa.replacement().reborn().isEmpty();
        boolean another = reason == Reason.Plain.SUPERSEDED || reason == Reason.Plain.REDUNDANT;
        if (madeBefore || another) {
            // those of its replacement are in use here, but perhaps not at the peer yet
            sa.children().replaceAll(Informational::deleting);
            Takeover.giveWay(sa, out);
        } else {
            closeChildren(sa, view, reason, out);
        }
        var delete = new Payload.Delete(ProtocolId.IKE, 0, List.of());
        return ask(sa, new State.Deleting(reason), List.of(delete), now, out);
    }

    private static ChildSa deleting(ChildSa child) {
        return child.state() == ChildSa.State.DELETED ? child : child.with(ChildSa.State.DELETING);
    }

    /// Takes a CHILD_SA out of the kernel at once and tells the peer afterwards.
    public static void forgetChild(
            SaCore sa, SaInput.TerminateChild terminate, IkeView view, Outbox out) {
        Optional<ChildSa> found = sa.childByUniqueId(terminate.childUniqueId());
        found.ifPresent(
                child -> {
                    FirstChild.remove(sa, child, view, Reason.Plain.REQUESTED, out);
                    if (child.state() != ChildSa.State.DELETED) {
                        sa.tasks()
                                .add(
                                        new Task.DisownChild(
                                                child.installation().protocolId(),
                                                child.installation().spiIn()));
                    }
                });
        done(
                terminate.requestId(),
                found.isPresent() ? Optional.empty() : Optional.of(Reason.Plain.NO_SUCH_SA),
                out);
    }

    private static Payload authLifetime(int seconds) {
        return Payload.Notify.of(NotifyType.AUTH_LIFETIME, Bytes.ofU32(seconds));
    }

    private static Payload childDelete(int protocolId, ChildSpi spi) {
        return Payload.Delete.child(protocolId, List.of(spi));
    }

    /// Takes all CHILD_SAs of an IKE_SA out of the kernel.
    public static void closeChildren(SaCore sa, IkeView view, Reason reason, Outbox out) {
        Comeback.ikeLost(sa, reason, out);
        ChildLimit.ended(sa, out);
        for (ChildSa child : List.copyOf(sa.children())) {
            FirstChild.remove(sa, child, view, reason, out);
        }
    }

    /// The peer's answer to what is in flight.
    public static State onResponse(
            SaCore sa, State state, List<Payload> payloads, IkeView view, Instant now, Outbox out) {
        Optional<Task> task = sa.currentTask();
        sa.currentTask(null);
        if (task.isEmpty()) {
            return state;
        }
        return switch (task.get()) {
            case Task.Liveness() -> {
                Mobike.onAlive(sa, payloads, out);
                yield state;
            }
            case Task.Mobike mobike -> Mobike.onResponse(sa, state, mobike, payloads, now, out);
            case Task.RequestTicket() -> {
                Resumption.read(sa, payloads, out);
                yield state;
            }
            case Task.AnnounceLifetime _, Task.DisownChild _, Task.Redirect _ -> state;
            case Task.DeleteChild(int childUniqueId, Reason reason, long requestId) -> {
                sa.childByUniqueId(childUniqueId)
                        .ifPresent(child -> onDeleted(sa, child, view, reason, now, out));
                done(requestId, Optional.empty(), out);
                yield state;
            }
            case Task.DeleteIke(Reason reason, long requestId) -> {
                out.log(sa, Group.IKE, 0, "IKE_SA deleted");
                done(requestId, Optional.empty(), out);
                yield new State.Closed(reason);
            }
            case Task.CreateChild _, Task.RekeyChild _, Task.RekeyIke _, Task.FollowRedirect _ ->
                    throw new IllegalStateException("no INFORMATIONAL: " + task.get());
        };
    }

    /// The peer knows that it is deleted.
    private static void onDeleted(
            SaCore sa, ChildSa child, IkeView view, Reason reason, Instant now, Outbox out) {
        if (child.state() == ChildSa.State.DELETED) {
            return; // the peer's DELETE was faster
        }
        if (child.replacedBy() != 0) {
            FirstChild.retire(sa, child, now, out);
        } else {
            FirstChild.remove(sa, child, view, reason, out);
            if (reason == Reason.Plain.LIFETIME_EXPIRED) {
                Comeback.childExpired(sa, child, out);
            }
        }
    }

    static void done(long requestId, Optional<Reason> failure, Outbox out) {
        if (requestId != 0) {
            out.tell(new Event.RequestDone(requestId, failure));
        }
    }

    /// A request of the peer in an established SA.
    ///
    /// @param to, from the path that it came along
    public static State onRequest(
            SaCore sa,
            State state,
            List<Payload> payloads,
            Endpoint to,
            Endpoint from,
            IkeView view,
            Instant now,
            Outbox out) {
        List<Payload.Delete> deletes = IkeMessage.all(payloads, Payload.Delete.class);
        if (deletes.stream().anyMatch(d -> d.protocolId() == ProtocolId.IKE)) {
            out.log(
                    sa,
                    Group.IKE,
                    0,
                    "received DELETE for IKE_SA %s[%d]",
                    sa.name(),
                    sa.uniqueId());
            if (state instanceof State.Established up
                    && up.rival().orElse(null) instanceof Rival.OfIke rival) {
                Succession.bequeath(sa, up, rival.successor(), out);
                sa.sendSealedResponse(ExchangeType.INFORMATIONAL, List.of(), now, out);
                return linger(sa, Reason.Plain.REKEYED, now);
            }
            closeChildren(sa, view, Reason.Plain.PEER_DELETED, out);
            sa.sendSealedResponse(ExchangeType.INFORMATIONAL, List.of(), now, out);
            return linger(sa, Reason.Plain.PEER_DELETED, now);
        }
        Optional<Payload.Notify> failed =
                IkeMessage.notify(payloads, NotifyType.AUTHENTICATION_FAILED);
        if (failed.isPresent()) {
            out.log(sa, Group.IKE, 0, "received AUTHENTICATION_FAILED notify error");
            sa.sendSealedResponse(ExchangeType.INFORMATIONAL, List.of(), now, out);
            return linger(
                    sa,
                    new Reason.PeerRefused("IKE_AUTH", NotifyType.AUTHENTICATION_FAILED, ""),
                    now);
        }
        IkeMessage.notify(payloads, NotifyType.AUTH_LIFETIME)
                .filter(_ -> sa.isOriginalInitiator())
                .ifPresent(notify -> Lifetimes.demanded(sa, notify.data().i32(0), now, out));
        Redirect.onRequest(sa, state, payloads, now, out);
        var own = new ArrayList<>(deleteByPeer(sa, deletes, view, now, out));
        own.addAll(Mobike.onRequest(sa, state, payloads, to, from, now, out));
        own.addAll(ResumptionAnswer.ticket(sa, payloads, out));
        sa.sendSealedResponse(ExchangeType.INFORMATIONAL, own, now, out);
        return state;
    }

    /// @return DELETEs with our SPIs of the CHILD_SAs that went, one for each protocol; not of
    ///   those whose DELETE of our own is in flight (RFC 7296 §1.4.1)
    private static List<Payload> deleteByPeer(
            SaCore sa, List<Payload.Delete> deletes, IkeView view, Instant now, Outbox out) {
        var ownSpis = new TreeMap<Integer, List<ChildSpi>>();
        for (Payload.Delete delete : deletes) {
            for (Bytes spi : delete.spis()) {
                out.log(
                        sa,
                        Group.IKE,
                        0,
                        "received DELETE for %s CHILD_SA with SPI %s",
                        ProtocolId.name(delete.protocolId()),
                        spi.hex());
                childBySpiOut(sa, delete.protocolId(), spi)
                        .ifPresentOrElse(
                                child -> {
                                    if (child.state() != ChildSa.State.DELETING) {
                                        ownSpis.computeIfAbsent(
                                                        delete.protocolId(), _ -> new ArrayList<>())
                                                .add(child.installation().spiIn());
                                    }
                                    deletedByPeer(sa, child, view, now, out);
                                },
                                () -> deletedEarly(sa, spi));
            }
        }
        var own = new ArrayList<Payload>();
        ownSpis.forEach((protocolId, spis) -> own.add(Payload.Delete.child(protocolId, spis)));
        return own;
    }

    /// The answer that brings it may be on its way.
    private static void deletedEarly(SaCore sa, Bytes spi) {
        boolean asked =
                sa.currentTask()
                        .filter(t -> t instanceof Task.CreateChild || t instanceof Task.RekeyChild)
                        .isPresent();
        if (asked) {
            sa.extensions().deletedEarly(spi);
        }
    }

    /// A CHILD_SA that came by an exchange of ours: the peer may have deleted it already.
    static void came(SaCore sa, ChildSa child, IkeView view, Instant now, Outbox out) {
        if (sa.extensions().takeDeletedEarly().contains(child.installation().spiOut().bytes())) {
            deletedByPeer(sa, child, view, now, out);
        }
    }

    static Optional<ChildSa> childBySpiOut(SaCore sa, int protocolId, Bytes spi) {
        return sa.children().stream()
                .filter(c -> c.installation().protocolId() == protocolId)
                .filter(c -> c.state() != ChildSa.State.DELETED)
                .filter(c -> c.installation().spiOut().bytes().equals(spi))
                .findFirst();
    }

    private static void deletedByPeer(
            SaCore sa, ChildSa child, IkeView view, Instant now, Outbox out) {
        if (child.replacedBy() != 0) {
            FirstChild.retire(sa, child, now, out);
        } else {
            FirstChild.remove(sa, child, view, Reason.Plain.PEER_DELETED, out);
            RekeyChild.onReplacementGone(sa, child, now);
            Comeback.childDeleted(sa, child, out);
        }
    }

    /// Ends an SA but keeps the answer to the peer's last request for as long as it may ask again.
    public static State linger(SaCore sa, Reason reason, Instant now) {
        return new State.Lingering(reason, now.plus(sa.settings().halfOpenTimeout()));
    }

    private Informational() {}
}
