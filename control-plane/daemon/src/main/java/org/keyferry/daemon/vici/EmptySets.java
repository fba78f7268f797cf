package org.keyferry.daemon.vici;

import java.util.LinkedHashMap;
import java.util.Map;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;

/// Commands about what this daemon does not have yet, as certificates, pools and traps: lists are
/// empty, and a change is refused with the reason.
final class EmptySets {
    private static final String NO_CERTIFICATES = "certificates are not supported yet";
    private static final String NO_POOLS = "address pools are not supported yet";
    private static final String NO_TRAPS = "trap policies are not supported yet";

    static Map<String, ViciCommand> table() {
        var table = new LinkedHashMap<String, ViciCommand>();
        for (String list : new String[] {"list-policies", "list-certs", "list-authorities"}) {
            table.put(list, _ -> ViciMessage.EMPTY);
        }
        table.put("get-pools", _ -> ViciMessage.EMPTY);
        table.put("get-authorities", _ -> ViciMessage.builder().list("authorities").build());
        table.put("get-keys", _ -> ViciMessage.builder().list("keys").build());
        table.put("flush-certs", _ -> ViciMessage.success());
        for (String load : new String[] {"load-cert", "load-key", "load-token", "load-authority"}) {
            table.put(load, _ -> ViciMessage.failure(NO_CERTIFICATES));
        }
        table.put("load-pool", _ -> ViciMessage.failure(NO_POOLS));
        table.put("unload-key", _ -> ViciMessage.failure("key not found"));
        table.put(
                "unload-authority",
                request -> notFound("unload: authority '%s' not found", request.message()));
        table.put("unload-pool", request -> notFound("%s not found", request.message()));
        table.put("install", _ -> ViciMessage.failure(NO_TRAPS));
        table.put("uninstall", request -> policyNotFound(request.message()));
        table.put("rekey", _ -> ViciMessage.failure("rekeying is not supported yet"));
        table.put("redirect", _ -> ViciMessage.failure("redirecting is not supported yet"));
        table.put(
                "get-counters",
                _ -> ViciMessage.failure("no counters available (plugin missing?)"));
        return table;
    }

    private static ViciMessage notFound(String text, ViciMessage request) {
        return ViciMessage.failure(text.formatted(request.getString("name", "")));
    }

    private static ViciMessage policyNotFound(ViciMessage request) {
        return request.getString("child")
                .map(child -> ViciMessage.failure("policy '" + child + "' not found"))
                .orElse(ViciMessage.failure("missing configuration name"));
    }

    private EmptySets() {}
}
