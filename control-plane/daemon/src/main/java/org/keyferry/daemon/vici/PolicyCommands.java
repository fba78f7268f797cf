package org.keyferry.daemon.vici;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.policies.PolicyView;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.model.Connection;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;
import org.keyferry.wire.TrafficSelector;

/// Commands about traps and shunts.
final class PolicyCommands {
    private final Commands.Parts parts;

    PolicyCommands(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of(
                "list-policies",
                this::list,
                "install",
                this::install,
                "uninstall",
                this::uninstall);
    }

    /// The presence of `trap`, `pass` and `drop` counts, not their value.
    private ViciMessage list(ViciRequest request) {
        ViciMessage message = request.message();
        String child = message.getString("child", "");
        String ike = message.getString("ike", "");
        for (PolicyView policy : parts.policies().views()) {
            boolean wanted =
                    switch (policy.mode()) {
                        case TRAP -> message.has("trap");
                        case PASS -> message.has("pass");
                        case DROP -> message.has("drop");
                    };
            if (wanted
                    && (child.isEmpty() || child.equals(policy.child().name()))
                    && (ike.isEmpty() || ike.equals(policy.ike()))) {
                request.stream("list-policy", message(policy));
            }
        }
        return ViciMessage.EMPTY;
    }

    private static ViciMessage message(PolicyView policy) {
        String name = policy.child().name();
        return ViciMessage.builder()
                .section(
                        policy.ike() + "/" + name,
                        out -> {
                            out.put("child", name).put("ike", policy.ike());
                            out.put("mode", policy.child().mode().name());
                            ListConns.label(out, policy.child());
                            out.list("local-ts", texts(policy.localTs()));
                            out.list("remote-ts", texts(policy.remoteTs()));
                        })
                .build();
    }

    private static List<String> texts(List<TrafficSelector> selectors) {
        return selectors.stream().map(TrafficSelector::toString).toList();
    }

    private ViciMessage install(ViciRequest request) {
        Optional<String> child = request.message().getString("child");
        if (child.isEmpty()) {
            return ViciMessage.failure("missing configuration name");
        }
        Optional<Connection> connection =
                request.message()
                        .getString("ike")
                        .map(ike -> parts.store().connection(ike))
                        .orElseGet(() -> parts.store().connectionWithChild(child.get()))
                        .filter(found -> found.child(child.get()).isPresent());
        if (connection.isEmpty()) {
            return ViciMessage.failure("configuration name not found");
        }
        parts.log().log(Group.CFG, 1, "vici install '%s'", child.get());
        return parts.policies()
                .install(connection.get(), connection.get().child(child.get()).orElseThrow())
                .map(reason -> "installing policy '" + child.get() + "' failed: " + reason)
                .map(ViciMessage::failure)
                .orElseGet(ViciMessage::success);
    }

    private ViciMessage uninstall(ViciRequest request) {
        Optional<String> child = request.message().getString("child");
        if (child.isEmpty()) {
            return ViciMessage.failure("missing configuration name");
        }
        parts.log().log(Group.CFG, 1, "vici uninstall '%s'", child.get());
        return parts.policies().uninstall(request.message().getString("ike"), child.get())
                ? ViciMessage.success()
                : ViciMessage.failure("policy '" + child.get() + "' not found");
    }
}
