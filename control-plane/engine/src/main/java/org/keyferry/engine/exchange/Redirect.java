package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Path;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.Redirections;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.Successor;
import org.keyferry.engine.sa.Task;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.ProtocolId;

/// Redirects (RFC 5685): a gateway sends a client to another one, in its answer of IKE_SA_INIT or
/// IKE_AUTH, or later in an exchange of its own. The client goes there with the same connection, so
/// the new gateway has to prove what the old one had to.
public final class Redirect {

    /// As client, in IKE_SA_INIT: that we follow, and who sent us.
    static List<Payload> announced(SaCore sa) {
        if (!sa.settings().paths().followRedirects()) {
            return List.of();
        }
        Redirections redirections = sa.extensions().redirections();
        redirections.announced();
        var announced = new ArrayList<Payload>();
        announced.add(Payload.Notify.of(NotifyType.REDIRECT_SUPPORTED));
        redirections
                .from()
                .map(
                        gateway ->
                                Payload.Notify.of(
                                        NotifyType.REDIRECTED_FROM,
                                        new Gateway.Address(gateway).encode()))
                .ifPresent(announced::add);
        return announced;
    }

    /// As gateway: what the client announced.
    static void read(SaCore sa, List<Payload> payloads) {
        if (!sa.isInitiator()) {
            sa.extensions().redirections().peerFollows(follows(payloads));
            sa.extensions().redirections().peerCameFrom(cameFrom(payloads));
        }
    }

    private static boolean follows(List<Payload> payloads) {
        return IkeMessage.notify(payloads, NotifyType.REDIRECT_SUPPORTED).isPresent()
                || IkeMessage.notify(payloads, NotifyType.REDIRECTED_FROM).isPresent();
    }

    private static Optional<Gateway> cameFrom(List<Payload> payloads) {
        return IkeMessage.notify(payloads, NotifyType.REDIRECTED_FROM)
                .flatMap(notify -> Gateway.decode(notify.data()))
                .map(Gateway.Told::gateway);
    }

    /// As gateway: the answer to an IKE_SA_INIT request whose sender is served elsewhere. Who comes
    /// from there is not sent back.
    ///
    /// @param nonce of the request, which the answer repeats (§5)
    static Optional<Payload.Notify> ofInit(
            Connection connection, List<Payload> payloads, Bytes nonce) {
        return connection
                .redirects()
                .redirectInit()
                .filter(_ -> follows(payloads))
                .filter(target -> !cameFrom(payloads).equals(Optional.of(target)))
                .map(target -> notify(target.encode().concat(nonce)));
    }

    /// As gateway: the same for a client that has proved who it is.
    static Optional<Gateway> ofAuth(SaCore sa) {
        Redirections redirections = sa.extensions().redirections();
        return sa.connection()
                .redirects()
                .redirectAuth()
                .filter(_ -> redirections.peerFollows())
                .filter(target -> !redirections.peerCameFrom().equals(Optional.of(target)));
    }

    static Payload.Notify notify(Gateway target) {
        return notify(target.encode());
    }

    private static Payload.Notify notify(Bytes data) {
        return Payload.Notify.of(NotifyType.REDIRECT, data);
    }

    /// As gateway: the client of an established IKE_SA is to go elsewhere.
    public static void wanted(SaCore sa, State state, Gateway target, Outbox out) {
        if (!(state instanceof State.Established)) {
            return;
        }
        if (!sa.extensions().redirections().peerFollows()) {
            out.log(sa, Group.IKE, 0, "peer does not follow redirects, not redirecting it");
            return;
        }
        sa.tasks().add(new Task.Redirect(target));
    }

    /// As client: the answer of IKE_SA_INIT, if it is a redirect. It is not protected: one that
    /// does not repeat our nonce is forged or late.
    static Optional<State> onInit(
            SaCore sa, State.InitSent sent, List<Payload> payloads, Instant now, Outbox out) {
        Optional<Payload.Notify> notify = IkeMessage.notify(payloads, NotifyType.REDIRECT);
        if (notify.isEmpty()) {
            return Optional.empty();
        }
        Optional<Gateway.Told> told =
                Gateway.decode(notify.get().data())
                        .filter(t -> t.rest().equals(sent.draft().nonce()))
                        .filter(_ -> sa.extensions().redirections().follows());
        if (told.isEmpty()) {
            out.log(sa, Group.IKE, 1, "received invalid REDIRECT notify, ignored");
            return Optional.of(sent);
        }
        sa.requests().withdraw();
        sent.key().close();
        Gateway target = told.get().gateway();
        return Optional.of(
                seek(sa, target, now, out)
                        ? new State.Redirecting(target)
                        : new State.Closed(loop()));
    }

    /// As client: where the gateway that proved itself in IKE_AUTH sends us.
    static Optional<Gateway> inAuth(SaCore sa, List<Payload> payloads) {
        return IkeMessage.notify(payloads, NotifyType.REDIRECT)
                .filter(_ -> sa.extensions().redirections().follows())
                .flatMap(notify -> Gateway.decode(notify.data()))
                .map(Gateway.Told::gateway);
    }

    /// As client: leaves the gateway that redirected us in IKE_AUTH.
    static State leave(SaCore sa, Gateway target, Instant now, Outbox out) {
        sa.sendSealedRequest(
                ExchangeType.INFORMATIONAL,
                List.of(new Payload.Delete(ProtocolId.IKE, 0, List.of())),
                now,
                out);
        if (!seek(sa, target, now, out)) {
            sa.currentTask(new Task.DeleteIke(loop(), 0));
            return new State.Deleting(loop());
        }
        return new State.Redirecting(target);
    }

    /// As client: the gateway of an established IKE_SA sends us elsewhere. The IKE_SA stays until
    /// the one with the other gateway is up.
    static void onRequest(SaCore sa, State state, List<Payload> payloads, Instant now, Outbox out) {
        Optional<Payload.Notify> notify = IkeMessage.notify(payloads, NotifyType.REDIRECT);
        if (notify.isEmpty()) {
            return;
        }
        Redirections redirections = sa.extensions().redirections();
        Optional<Gateway> target =
                Gateway.decode(notify.get().data())
                        .map(Gateway.Told::gateway)
                        .filter(_ -> redirections.follows());
        boolean free = state instanceof State.Established && redirections.target().isEmpty();
        boolean reborn = state instanceof State.Deleting && sa.replacement().reborn().isPresent();
        if (target.isEmpty() || !(free || reborn)) {
            out.log(sa, Group.IKE, 1, "received invalid or untimely REDIRECT notify, ignored");
            return;
        }
        if (mayFollow(sa, target.get(), now, out)) {
            // one that was not begun yet is out of date
            sa.tasks().removeIf(Task.FollowRedirect.class::isInstance);
            if (reborn) {
                redirections.postponed(target);
            } else {
                sa.tasks().add(new Task.FollowRedirect(target.get()));
            }
        }
    }

    /// As client: goes where the gateway of an established IKE_SA sent us. What is being
    /// authenticated again goes there when that has ended.
    static void follow(SaCore sa, Gateway target, Outbox out) {
        Redirections redirections = sa.extensions().redirections();
        if (sa.replacement().reauthenticating()) {
            redirections.postponed(Optional.of(target));
            return;
        }
        redirections.target(Optional.of(target));
        find(sa, target, out);
    }

    /// As client: a way that is still looked for is taken once the reauthentication that begins now
    /// has ended.
    static void postpone(SaCore sa) {
        Redirections redirections = sa.extensions().redirections();
        if (redirections.target().isPresent()) {
            redirections.postponed(redirections.target());
            redirections.target(Optional.empty());
        }
    }

    /// As client: likewise by the IKE_SA that takes the place of this one by rekeying.
    static void comeAgain(SaCore sa) {
        Redirections redirections = sa.extensions().redirections();
        redirections.target().map(Task.FollowRedirect::new).ifPresent(sa.tasks()::add);
        redirections.target(Optional.empty());
    }

    /// As client: a reauthentication that was under way when the gateway sent us elsewhere has
    /// ended. The IKE_SA that stays goes there.
    ///
    /// @param former the one that was to be replaced
    public static void resume(SaCore former, SaCore stays, Outbox out) {
        Redirections redirections = former.extensions().redirections();
        Optional<Gateway> target = pending(former);
        former.tasks().removeIf(Task.FollowRedirect.class::isInstance);
        redirections.postponed(Optional.empty());
        stays.extensions().redirections().addFollowed(redirections);
        target.ifPresent(gateway -> follow(stays, gateway, out));
    }

    /// As client: an IKE_SA is set up in the place of another one, and goes where that was sent to
    /// if that has ended already.
    ///
    /// @param beside the former one stays until all is up
    /// @param redirected its gateway sent us
    public static void inherit(SaCore former, SaCore next, boolean beside, boolean redirected) {
        Redirections redirections = next.extensions().redirections();
        redirections.inherit(former.extensions().redirections());
        if (redirected) {
            redirections.from(Optional.of(former.remote().address()));
        }
        if (!beside) {
            pending(former).map(Task.FollowRedirect::new).ifPresent(next.tasks()::add);
        }
    }

    private static Optional<Gateway> pending(SaCore former) {
        Redirections redirections = former.extensions().redirections();
        return former.tasks().stream()
                .filter(Task.FollowRedirect.class::isInstance)
                .map(task -> ((Task.FollowRedirect) task).target())
                .findFirst()
                .or(redirections::postponed);
    }

    /// Asks for the way to the other gateway.
    ///
    /// @return whether it may be followed
    private static boolean seek(SaCore sa, Gateway target, Instant now, Outbox out) {
        boolean may = mayFollow(sa, target, now, out);
        if (may) {
            find(sa, target, out);
        }
        return may;
    }

    private static boolean mayFollow(SaCore sa, Gateway target, Instant now, Outbox out) {
        if (!sa.extensions().redirections().follow(now)) {
            out.log(sa, Group.IKE, 0, "redirected to %s, but too often: not followed", target);
            return false;
        }
        out.log(sa, Group.IKE, 0, "redirected to %s by %s", target, sa.remote().address());
        return true;
    }

    private static void find(SaCore sa, Gateway target, Outbox out) {
        out.add(new Effect.FindGateway(sa.ownSpi(), sa.connection(), target));
    }

    private static Reason loop() {
        return new Reason.NotRedirected("too many redirects in a short time");
    }

    /// As client: the way to the other gateway.
    ///
    /// @param path empty if there is none
    public static State onFound(SaCore sa, State state, Optional<Path> path, Outbox out) {
        return switch (state) {
            case State.Redirecting(Gateway target) ->
                    path.map(way -> goThere(sa, way, out))
                            .orElseGet(() -> unreachable(sa, target, out));
            case State.Established up -> {
                follow(sa, up, path, out);
                yield state;
            }
            default -> state;
        };
    }

    /// Before there was an IKE_SA.
    private static State goThere(SaCore sa, Path way, Outbox out) {
        SaCore next = Successor.elsewhere(sa, local(sa, way), remote(sa, way), out);
        next.extensions().redirections().from(Optional.of(sa.remote().address()));
        out.adopt(IkeSa.initiate(next, next.wantedChild(), out));
        return end(sa, Reason.Plain.REDIRECTED);
    }

    private static State unreachable(SaCore sa, Gateway target, Outbox out) {
        out.log(sa, Group.IKE, 0, "no way to %s, which we were redirected to", target);
        return end(sa, new Reason.NotRedirected("there is no way to " + target));
    }

    /// A DELETE that is not answered yet goes on.
    private static State end(SaCore sa, Reason reason) {
        if (sa.requests().isFree()) {
            return new State.Closed(reason);
        }
        sa.currentTask(new Task.DeleteIke(reason, 0));
        return new State.Deleting(reason);
    }

    private static void follow(SaCore sa, State.Established up, Optional<Path> path, Outbox out) {
        Redirections redirections = sa.extensions().redirections();
        Optional<Gateway> target = redirections.target();
        if (target.isEmpty()) {
            return;
        }
        if (path.isEmpty()) {
            out.log(sa, Group.IKE, 0, "not going to %s: there is no way to it", target.get());
            redirections.target(Optional.empty());
            return;
        }
        if (Reauthentication.isBeingRekeyed(sa, up)) {
            comeAgain(sa);
            return;
        }
        sa.replacement().reauthenticating(true);
        out.setUpElsewhere(
                sa, Reauthentication.children(sa), local(sa, path.get()), remote(sa, path.get()));
    }

    private static Endpoint local(SaCore sa, Path way) {
        return new Endpoint(way.local(), sa.connection().localPort());
    }

    private static Endpoint remote(SaCore sa, Path way) {
        return new Endpoint(way.remote(), sa.connection().remotePort());
    }

    /// As client: the IKE_SA that was to take over did not come up, so the present one stays.
    ///
    /// @return whether that was because of a redirect
    public static boolean failed(SaCore sa, Reason why, Outbox out) {
        Optional<Gateway> target = sa.extensions().redirections().target();
        if (target.isEmpty()) {
            return false;
        }
        out.log(
                sa,
                Group.IKE,
                0,
                "staying with the gateway, %s did not take us: %s",
                target.get(),
                why);
        sa.extensions().redirections().target(Optional.empty());
        sa.replacement().reauthenticating(false);
        return true;
    }

    private Redirect() {}
}
