package org.keyferry.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// Collects the effects of one input, in order.
public final class Outbox {
    private final TimerQueue timers;
    private final int logLevel;
    private final List<Effect> effects = new ArrayList<>(4);

    Outbox(TimerQueue timers, int logLevel) {
        this.timers = timers;
        this.logLevel = logLevel;
    }

    /// Something for another SA of this shard, to be done after the present input.
    record Aside(IkeSpi sa, SaInput input) {}

    private final List<Aside> asides = new ArrayList<>(0);

    public void tellSa(IkeSpi sa, SaInput input) {
        asides.add(new Aside(sa, input));
    }

    /// A CHILD_SA that is to have an IKE_SA of its own, with the peer of `sa`.
    record Apart(SaCore sa, Child config, long requestId) {}

    private final List<Apart> aparts = new ArrayList<>(0);

    public void initiateApart(SaCore sa, Child config, long requestId) {
        aparts.add(new Apart(sa, config, requestId));
    }

    List<Apart> takeAparts() {
        if (aparts.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(aparts);
        aparts.clear();
        return taken;
    }

    private final List<IkeSa> successors = new ArrayList<>(0);

    /// An IKE_SA that came of another one.
    public void adopt(IkeSa successor) {
        successors.add(successor);
    }

    List<IkeSa> takeSuccessors() {
        if (successors.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(successors);
        successors.clear();
        return taken;
    }

    /// An IKE_SA that is to be set up in the place of another one, with these children.
    ///
    /// @param addresses that this side had
    /// @param beside the former stays until all is up
    /// @param redirected the former's gateway sent us to `remote`
    record Anew(
            SaCore former,
            List<Child> children,
            List<IpAddress> addresses,
            boolean beside,
            boolean redirected,
            Endpoint local,
            Endpoint remote) {}

    private final List<Anew> anew = new ArrayList<>(0);

    public void setUpAnew(SaCore former, List<Child> children, boolean beside) {
        var addresses = former.virtualIps().local();
        anew.add(
                new Anew(
                        former,
                        children,
                        addresses,
                        beside,
                        false,
                        former.local(),
                        former.remote()));
    }

    /// The same with another gateway, to which the present one sent us.
    public void setUpElsewhere(
            SaCore former, List<Child> children, Endpoint local, Endpoint remote) {
        var addresses = former.virtualIps().local();
        anew.add(new Anew(former, children, addresses, true, true, local, remote));
    }

    List<Anew> takeAnew() {
        if (anew.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(anew);
        anew.clear();
        return taken;
    }

    List<Aside> takeAsides() {
        if (asides.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(asides);
        asides.clear();
        return taken;
    }

    List<Effect> effects() {
        return effects;
    }

    public void add(Effect effect) {
        effects.add(effect);
    }

    public void send(Endpoint local, Endpoint remote, Bytes datagram, boolean marked, int dscp) {
        effects.add(new Effect.Send(local, remote, datagram, marked, dscp));
    }

    /// Arithmetic of a set-up.
    public void compute(SaCore sa, ComputeJob job) {
        compute(sa, Lane.OWN, job);
    }

    public void compute(SaCore sa, Lane lane, ComputeJob job) {
        long ticket = sa.questions().ask(lane, false, Optional.empty());
        effects.add(new Effect.Compute(sa.ownSpi(), ticket, job));
    }

    /// Asks the server that EAP is passed on to.
    public void eap(SaCore sa, EapQuery query) {
        long ticket = sa.questions().ask(Lane.OWN, false, Optional.empty());
        effects.add(new Effect.Eap(sa.ownSpi(), ticket, query));
    }

    /// A login of which nobody waits for an answer any more.
    public void abandonEap(SaCore sa) {
        effects.add(new Effect.Eap(sa.ownSpi(), SaCore.NO_TICKET, new EapQuery.Abandon()));
    }

    /// The first kernel work of a set-up.
    public void allocateSpi(SaCore sa, KernelOp.AllocateSpi op) {
        allocateSpi(sa, Lane.OWN, op);
    }

    public void allocateSpi(SaCore sa, Lane lane, KernelOp.AllocateSpi op) {
        long ticket = sa.questions().ask(lane, true, Optional.empty());
        effects.add(new Effect.Kernel(sa.ownSpi(), ticket, op));
    }

    public void addAddresses(SaCore sa, List<IpAddress> addresses) {
        long ticket = sa.questions().ask(Lane.OWN, true, Optional.empty());
        var op = new KernelOp.AddAddresses(addresses, sa.remote(), false);
        effects.add(new Effect.Kernel(sa.ownSpi(), ticket, op));
    }

    private final List<Effect> last = new ArrayList<>(0);
    private boolean broadcast;

    /// Asks for addresses for the peer, after everything else that this input leads to: other SAs
    /// that end by it give theirs back first.
    public void askAddresses(SaCore sa, AddressRequest request) {
        long ticket = sa.questions().ask(Lane.OWN, false, Optional.empty());
        last.add(new Effect.Address(sa.ownSpi(), ticket, request, broadcast));
    }

    public void broadcast(Input input) {
        broadcast = true;
        effects.add(new Effect.Broadcast(input));
    }

    /// What must come after all other effects.
    void finish() {
        effects.addAll(last);
        last.clear();
    }

    public void install(SaCore sa, Lane lane, ChildSa child, KernelOp.DirectionKeys keys) {
        long ticket = sa.questions().ask(lane, true, Optional.of(child));
        var op = new KernelOp.InstallChild(child.installation(), keys);
        effects.add(new Effect.Kernel(sa.ownSpi(), ticket, op));
    }

    /// A kernel operation whose answer concerns no exchange; a refusal is only logged.
    public void kernelAside(SaCore sa, KernelOp op) {
        effects.add(new Effect.Kernel(sa.ownSpi(), SaCore.NO_TICKET, op));
    }

    public void timer(IkeSpi sa, TimerQueue.Kind kind, Instant at) {
        timers.start(sa, kind, at);
    }

    public void tell(Event event) {
        effects.add(new Effect.Tell(event));
    }

    /// Logs with the SA's name and unique id; skipped early if nobody prints this level.
    public void log(SaCore sa, Event.Group group, int level, String format, Object... args) {
        if (level <= logLevel) {
            tell(
                    new Event.Logged(
                            sa.name(), sa.uniqueId(), group, level, format, Arrays.asList(args)));
        }
    }

    public void log(Event.Group group, int level, String format, Object... args) {
        if (level <= logLevel) {
            tell(new Event.Logged("", 0, group, level, format, Arrays.asList(args)));
        }
    }
}
