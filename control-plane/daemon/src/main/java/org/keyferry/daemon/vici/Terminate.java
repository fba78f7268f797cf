package org.keyferry.daemon.vici;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.keyferry.daemon.Requests.Request;
import org.keyferry.daemon.vici.SaTargets.Target;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.engine.Reason;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;

/// `terminate`: deletes CHILD_SAs if the request names any, else IKE_SAs.
final class Terminate {
    private final Commands.Parts parts;

    Terminate(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("terminate", this::run);
    }

    private ViciMessage run(ViciRequest request) {
        var selector = SaSelector.of(request.message());
        if (selector.isEmpty()) {
            return ViciMessage.failure("missing terminate selector");
        }
        parts.log().log(Group.CFG, 1, "vici terminate %s", inWords(selector));
        // who takes a tunnel down does not want it to be tried again either
        parts.initiator().giveUp(selector.ike(), selector.child());
        List<Target> targets = SaTargets.of(selector, parts.shards());
        if (targets.isEmpty()) {
            return answer(0, 0, "no matching SAs to terminate found");
        }
        boolean force = !selector.selectsChildren() && request.message().getBool("force", false);
        return terminate(request, targets, force);
    }

    /// With force and a timeout the peer is asked first; when the time is over the SAs are dropped.
    private ViciMessage terminate(ViciRequest request, List<Target> targets, boolean force) {
        int timeoutMillis = request.message().getInt("timeout", 0);
        var control = new ControlLog(request, timeoutMillis);
        boolean politeFirst = force && timeoutMillis > 0;
        var open = new ArrayList<Request>();
        try {
            for (Target target : targets) {
                open.add(give(target, control, force && !politeFirst));
            }
            if (timeoutMillis < 0) {
                return answer(targets.size(), targets.size(), "");
            }
            int closed = await(open, Duration.ofMillis(timeoutMillis), request);
            if (closed < targets.size() && politeFirst) {
                closed += drop(request, targets, open, control);
            }
            return answer(
                    targets.size(),
                    closed,
                    closed < targets.size()
                            ? targets.size() == 1
                                    ? "terminating SA failed"
                                    : "not all matching SAs could be terminated"
                            : "");
        } finally {
            open.forEach(Request::close);
        }
    }

    private Request give(Target target, ControlLog control, boolean force) {
        Request request = parts.requests().open(control.level(), control);
        parts.shards()
                .give(
                        target.shard(),
                        target.child()
                                ? new Input.TerminateChild(request.id(), target.uniqueId(), force)
                                : new Input.TerminateIke(request.id(), target.uniqueId(), force));
        return request;
    }

    /// @return how many were closed, whether by us or otherwise
    private static int await(List<Request> open, Duration timeout, ViciRequest request) {
        CompletableFuture<Void> all =
                CompletableFuture.allOf(
                        open.stream().map(Request::done).toArray(CompletableFuture[]::new));
        Optional<Boolean> _ = Waiting.await(all.thenApply(_ -> true), timeout, request);
        return (int) open.stream().filter(Terminate::isClosed).count();
    }

    private static boolean isClosed(Request request) {
        Optional<Reason> failure = request.done().getNow(Optional.of(Reason.Plain.REQUESTED));
        return failure.isEmpty() || failure.get() == Reason.Plain.NO_SUCH_SA;
    }

    private int drop(
            ViciRequest request, List<Target> targets, List<Request> open, ControlLog control) {
        var forced = new ArrayList<Request>();
        for (int at = 0; at < targets.size(); at++) {
            if (!isClosed(open.get(at))) {
                forced.add(give(targets.get(at), control, true));
            }
        }
        int dropped = await(forced, Duration.ZERO, request);
        open.addAll(forced);
        return dropped;
    }

    /// @param errmsg empty for success
    private static ViciMessage answer(int matches, int terminated, String errmsg) {
        var out = ViciMessage.builder().put("success", errmsg.isEmpty() ? "yes" : "no");
        out.put("matches", matches).put("terminated", terminated);
        if (!errmsg.isEmpty()) {
            out.put("errmsg", errmsg);
        }
        return out.build();
    }

    private static String inWords(SaSelector selector) {
        if (selector.child().isPresent()) {
            return "CHILD_SA '" + selector.child().get() + "'";
        }
        if (selector.childId().isPresent()) {
            return "CHILD_SA {" + selector.childId().getAsInt() + "}";
        }
        return selector.ike().isPresent()
                ? "IKE_SA '" + selector.ike().get() + "'"
                : "IKE_SA [" + selector.ikeId().orElseThrow() + "]";
    }
}
