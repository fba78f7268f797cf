package org.keyferry.daemon.vici;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.daemon.shard.Shards.Placed;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.Identification;

/// `redirect`: sends the peers of IKE_SAs to another gateway (RFC 5685). Nobody waits for it.
final class Redirect {
    private static final String ESTABLISHED = "ESTABLISHED";

    /// IKE_SAs for which all that is given holds.
    private record Selector(
            Optional<String> ike,
            OptionalInt ikeId,
            Optional<AddressRange> peerIp,
            Optional<Identification> peerId) {
        boolean isEmpty() {
            return ike.isEmpty() && ikeId.isEmpty() && peerIp.isEmpty() && peerId.isEmpty();
        }

        boolean selects(IkeView view) {
            return view.state().equals(ESTABLISHED)
                    && ike.map(view.connection().name()::equals).orElse(true)
                    && (ikeId.isEmpty() || ikeId.getAsInt() == view.uniqueId())
                    && peerIp.map(range -> range.contains(view.remote().address())).orElse(true)
                    && peerId.map(pattern -> view.remoteId().matches(pattern) > 0).orElse(true);
        }
    }

    private final Commands.Parts parts;

    Redirect(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("redirect", this::run);
    }

    private ViciMessage run(ViciRequest request) {
        ViciMessage message = request.message();
        Optional<String> wanted = message.getString("gateway");
        if (wanted.isEmpty()) {
            return ViciMessage.failure("missing target gateway");
        }
        Gateway gateway;
        try {
            gateway = Gateway.parse(wanted.get());
        } catch (IllegalArgumentException _) {
            return ViciMessage.failure("unsupported gateway identity");
        }
        Optional<AddressRange> peerIp;
        try {
            peerIp = message.getString("peer-ip").map(AddressRange::parse);
        } catch (IllegalArgumentException _) {
            return ViciMessage.failure("invalid peer IP selector");
        }
        Optional<Identification> peerId;
        try {
            peerId = message.getString("peer-id").map(Identification::parse);
        } catch (IllegalArgumentException _) {
            return ViciMessage.failure("invalid peer identity selector");
        }
        int id = message.getInt("ike-id", 0);
        var selector =
                new Selector(
                        message.getString("ike"),
                        id == 0 ? OptionalInt.empty() : OptionalInt.of(id),
                        peerIp,
                        peerId);
        return selector.isEmpty()
                ? ViciMessage.failure("missing redirect selector")
                : redirect(selector, gateway);
    }

    private ViciMessage redirect(Selector selector, Gateway gateway) {
        List<Placed> chosen =
                parts.shards().views().stream().filter(p -> selector.selects(p.view())).toList();
        var out = ViciMessage.builder().put("success", chosen.isEmpty() ? "no" : "yes");
        out.put("matches", chosen.size());
        if (chosen.isEmpty()) {
            return out.put("errmsg", "no matching SAs to redirect found").build();
        }
        parts.log().log(Group.CFG, 1, "vici redirect of %d IKE_SAs to %s", chosen.size(), gateway);
        for (Placed each : chosen) {
            parts.shards().give(each.shard(), new Input.Redirect(each.view().uniqueId(), gateway));
        }
        return out.build();
    }
}
