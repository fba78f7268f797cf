package org.keyferry.daemon.vici;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.addresses.Pool;
import org.keyferry.daemon.addresses.PoolAttributes;
import org.keyferry.daemon.addresses.PoolLine;
import org.keyferry.daemon.addresses.Pools;
import org.keyferry.daemon.creds.CredentialRefused;
import org.keyferry.engine.Event.Group;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Element;
import org.keyferry.vici.ViciMessage.ItemList;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciRequest;
import org.keyferry.vici.ViciValue;
import org.keyferry.wire.ConfigAttribute;

/// Commands about address pools.
final class PoolCommands {
    private final Commands.Parts parts;

    PoolCommands(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of(
                "load-pool", this::load, "unload-pool", this::unload, "get-pools", this::pools);
    }

    private ViciMessage load(ViciRequest request) {
        for (Section section : request.message().sections()) {
            try {
                parts.pools().load(pool(section.name(), section.body()));
            } catch (CredentialRefused e) {
                parts.log().log(Group.CFG, 0, "%s", e.getMessage());
                return ViciMessage.failure(e.getMessage());
            } catch (Pools.InUse e) {
                return inUse(e, "vici pool %s has online leases, unable to replace");
            }
        }
        return ViciMessage.success();
    }

    private ViciMessage inUse(Pools.InUse pool, String format) {
        String text = format.formatted(pool.getMessage());
        parts.log().log(Group.CFG, 0, "%s", text);
        return ViciMessage.failure(text);
    }

    private static Pool pool(String name, ViciMessage body) throws CredentialRefused {
        Optional<String> addrs = Optional.empty();
        var attributes = new ArrayList<ConfigAttribute>();
        for (Element element : body.elements()) {
            switch (element) {
                case KeyValue(String key, ViciValue value) when key.equals("addrs") -> {
                    if (addrs.isPresent()) {
                        throw new CredentialRefused("multiple addrs defined");
                    }
                    addrs = value.printable().or(() -> Optional.of(""));
                }
                case ItemList(String key, List<ViciValue> values)
                        when PoolAttributes.isKnown(key) ->
                        attributes.addAll(attributes(key, values));
                case KeyValue _, ItemList _ ->
                        throw new CredentialRefused("invalid attribute: " + element.name());
                case Section _ -> throw new CredentialRefused("parsing request failed");
            }
        }
        return pool(name, addrs, attributes);
    }

    private static List<ConfigAttribute> attributes(String key, List<ViciValue> values)
            throws CredentialRefused {
        try {
            return values.stream()
                    .map(value -> PoolAttributes.read(key, value.printable().orElse("")))
                    .toList();
        } catch (IllegalArgumentException _) {
            throw new CredentialRefused("invalid attribute value for " + key);
        }
    }

    private static Pool pool(String name, Optional<String> addrs, List<ConfigAttribute> attributes)
            throws CredentialRefused {
        if (addrs.isEmpty()) {
            throw new CredentialRefused("missing addrs for pool '" + name + "'");
        }
        try {
            return Pool.of(name, addrs.get(), attributes);
        } catch (IllegalArgumentException _) {
            throw new CredentialRefused(
                    "invalid addrs value" + (addrs.get().isEmpty() ? "" : ": " + addrs.get()));
        }
    }

    private ViciMessage unload(ViciRequest request) {
        Optional<String> name = request.message().getString("name");
        if (name.isEmpty()) {
            return ViciMessage.failure("missing pool name to unload");
        }
        try {
            if (!parts.pools().unload(name.get())) {
                return ViciMessage.failure(name.get() + " not found");
            }
        } catch (Pools.InUse e) {
            return inUse(e, "%s has online leases, unable to unload");
        }
        parts.log().log(Group.CFG, 1, "removed vici pool %s", name.get());
        return ViciMessage.success();
    }

    private ViciMessage pools(ViciRequest request) {
        boolean leases = request.message().getBool("leases", false);
        String only = request.message().getString("name", "");
        var out = ViciMessage.builder();
        for (Pools.View view : parts.pools().views(leases)) {
            String name = view.pool().name();
            if (only.isEmpty() || only.equals(name)) {
                out.section(name, section -> facts(section, view, leases));
            }
        }
        return out.build();
    }

    private static void facts(ViciMessage.Builder out, Pools.View view, boolean leases) {
        out.put("base", view.pool().base().toString()).put("size", view.pool().size());
        out.put("online", view.online()).put("offline", view.offline());
        if (leases) {
            out.section("leases", section -> leases(section, view.leases()));
        }
    }

    private static void leases(ViciMessage.Builder out, List<PoolLine> lines) {
        for (int i = 0; i < lines.size(); i++) {
            PoolLine line = lines.get(i);
            out.section(
                    Integer.toString(i),
                    section ->
                            section.put("address", line.address().toString())
                                    .put("identity", line.identity().toString())
                                    .put("status", line.online() ? "online" : "offline"));
        }
    }
}
