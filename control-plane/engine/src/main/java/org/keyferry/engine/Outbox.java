package org.keyferry.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;

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

    List<Aside> takeAsides() {
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

    public void compute(SaCore sa, ComputeJob job) {
        effects.add(new Effect.Compute(sa.ownSpi(), sa.nextTicket(), job));
    }

    public void kernel(SaCore sa, KernelOp op) {
        sa.kernelBusy(true);
        effects.add(new Effect.Kernel(sa.ownSpi(), sa.nextTicket(), op));
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
