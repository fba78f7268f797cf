package org.keyferry.daemon.vici;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.Initiator;
import org.keyferry.daemon.Requests.Request;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.Connection;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;

/// `initiate`: sets up a CHILD_SA, or an IKE_SA alone.
final class Initiate {
    private final Commands.Parts parts;

    Initiate(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("initiate", this::run);
    }

    private ViciMessage run(ViciRequest request) {
        Optional<String> child = request.message().getString("child");
        Optional<String> ike = request.message().getString("ike");
        if (child.isEmpty() && ike.isEmpty()) {
            return ViciMessage.failure("missing configuration name");
        }
        String what = kind(child) + " '" + child.or(() -> ike).orElseThrow() + "'";
        Optional<Connection> connection = find(ike, child);
        if (connection.isEmpty()) {
            return ViciMessage.failure(
                    kind(child) + " config '" + child.or(() -> ike).orElseThrow() + "' not found");
        }
        parts.log().log(Group.CFG, 1, "vici initiate %s", what);
        return initiate(request, connection.get(), child, what);
    }

    private Optional<Connection> find(Optional<String> ike, Optional<String> child) {
        if (ike.isEmpty()) {
            return parts.store().connectionWithChild(child.orElseThrow());
        }
        return parts.store()
                .connection(ike.get())
                .filter(c -> child.isEmpty() || c.child(child.get()).isPresent());
    }

    private static String kind(Optional<String> child) {
        return child.isPresent() ? "CHILD_SA" : "IKE_SA";
    }

    private ViciMessage initiate(
            ViciRequest request, Connection connection, Optional<String> child, String what) {
        int timeoutMillis = request.message().getInt("timeout", 0);
        var control = new ControlLog(request, timeoutMillis);
        try (Request open = parts.requests().open(control.level(), control)) {
            parts.initiator().initiate(open.id(), connection, child);
            if (timeoutMillis < 0) {
                return ViciMessage.success();
            }
            Optional<Optional<Reason>> outcome =
                    Waiting.await(open.done(), Duration.ofMillis(timeoutMillis), request);
            if (outcome.isEmpty()) {
                return ViciMessage.failure(what + " not established after " + timeoutMillis + "ms");
            }
            return outcome.get()
                    .map(reason -> failed(control, what, reason.toString()))
                    .orElseGet(ViciMessage::success);
        } catch (Initiator.NotPossible e) {
            return failed(control, what, e.getMessage());
        }
    }

    private ViciMessage failed(ControlLog control, String what, String reason) {
        String failure = "establishing " + what + " failed";
        parts.log().log(Group.IKE, 0, "%s: %s", failure, reason);
        control.say(Group.IKE, failure + ": " + reason);
        return ViciMessage.failure(failure);
    }
}
