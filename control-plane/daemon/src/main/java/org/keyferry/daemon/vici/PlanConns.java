package org.keyferry.daemon.vici;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.config.ConnectionChange;
import org.keyferry.daemon.config.ConnectionChange.Kind;
import org.keyferry.daemon.config.Touch;
import org.keyferry.settings.model.Connection;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciRequest;

/// `plan-conns`, a command of Keyferry's own: what loading connections would change and touch.
final class PlanConns {
    private final Commands.Parts parts;

    PlanConns(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("plan-conns", this::run);
    }

    private ViciMessage run(ViciRequest request) {
        Optional<ViciMessage> sections = request.message().section("conns");
        var connections = new ArrayList<Connection>();
        for (Section section : sections.map(ViciMessage::sections).orElse(List.of())) {
            try {
                connections.add(LoadConnections.read(parts, section));
            } catch (LoadConnections.Refused e) {
                return ViciMessage.failure(section.name() + ": " + e.getMessage());
            }
        }
        boolean complete = request.message().getBool("complete", false);
        List<ConnectionChange> changes = parts.reload().plan(connections, complete);
        return answer(changes, parts.reload().touches(changes));
    }

    private static ViciMessage answer(List<ConnectionChange> changes, List<Touch> touches) {
        var out = ViciMessage.builder();
        out.list("added", names(changes, Kind.ADDED));
        out.list("removed", names(changes, Kind.REMOVED));
        out.list("unchanged", names(changes, Kind.UNCHANGED));
        out.section("replaced", section -> changes.forEach(change -> replaced(section, change)));
        out.section("touched", section -> touched(section, touches));
        return out.put("success", "yes").build();
    }

    private static List<String> names(List<ConnectionChange> changes, Kind kind) {
        return changes.stream()
                .filter(change -> change.kind() == kind)
                .map(ConnectionChange::name)
                .toList();
    }

    private static void replaced(ViciMessage.Builder out, ConnectionChange change) {
        if (change.kind() == Kind.CHILDREN || change.kind() == Kind.REPLACED) {
            out.section(
                    change.name(),
                    section ->
                            section.list("changed", change.changedOptions())
                                    .section("children", in -> children(in, change)));
        }
    }

    private static void children(ViciMessage.Builder out, ConnectionChange change) {
        change.children()
                .forEach((name, kind) -> out.put(name, kind.name().toLowerCase(Locale.ROOT)));
    }

    private static void touched(ViciMessage.Builder out, List<Touch> touches) {
        for (int number = 0; number < touches.size(); number++) {
            Touch touch = touches.get(number);
            out.section(Integer.toString(number), section -> touched(section, touch));
        }
    }

    private static void touched(ViciMessage.Builder out, Touch touch) {
        out.put("ike", touch.ike());
        touch.ikeId().ifPresent(id -> out.put("ike-id", id));
        if (!touch.child().isEmpty()) {
            out.put("child", touch.child());
        }
        touch.childId().ifPresent(id -> out.put("child-id", id));
        out.put("action", touch.action().toString());
    }
}
