package org.keyferry.daemon.vici;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.creds.CredentialRefused;
import org.keyferry.daemon.creds.Pool;
import org.keyferry.daemon.creds.PoolAttributes;
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

/// Commands about address pools. No address is given to a peer yet, so pools have no leases.
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
                parts.log().log(Group.CFG, 1, "added vici pool %s", section.name());
            } catch (CredentialRefused e) {
                parts.log().log(Group.CFG, 0, "%s", e.getMessage());
                return ViciMessage.failure(e.getMessage());
            }
        }
        return ViciMessage.success();
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
        if (!parts.pools().unload(name.get())) {
            return ViciMessage.failure(name.get() + " not found");
        }
        parts.log().log(Group.CFG, 1, "removed vici pool %s", name.get());
        return ViciMessage.success();
    }

    private ViciMessage pools(ViciRequest request) {
        boolean leases = request.message().getBool("leases", false);
        String only = request.message().getString("name", "");
        var out = ViciMessage.builder();
        for (Pool pool : parts.pools().all()) {
            if (only.isEmpty() || only.equals(pool.name())) {
                out.section(pool.name(), section -> facts(section, pool, leases));
            }
        }
        return out.build();
    }

    private static void facts(ViciMessage.Builder out, Pool pool, boolean leases) {
        out.put("base", pool.base().toString()).put("size", pool.size());
        out.put("online", 0).put("offline", 0);
        if (leases) {
            out.section("leases", ViciMessage.EMPTY);
        }
    }
}
