package org.keyferry.daemon.vici;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.model.SecretText;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.SharedSecret.Kind;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;
import org.keyferry.vici.ViciValue;
import org.keyferry.wire.Identification;

/// Commands about shared secrets. What they hold is never logged nor answered.
final class SharedSecrets {
    /// XAuth secrets are EAP's.
    private static final Map<String, Kind> KINDS =
            Map.of(
                    "ike", Kind.IKE,
                    "eap", Kind.EAP,
                    "xauth", Kind.EAP,
                    "ntlm", Kind.NTLM,
                    "ppk", Kind.PPK);

    private final Commands.Parts parts;

    SharedSecrets(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of(
                "load-shared", this::load, "unload-shared", this::unload, "get-shared", _ -> ids());
    }

    private ViciMessage load(ViciRequest request) {
        ViciMessage message = request.message();
        Optional<String> type = message.getString("type");
        Optional<ViciValue> data = message.getValue("data");
        if (type.isEmpty()) {
            return ViciMessage.failure("shared key type missing");
        }
        Kind kind = KINDS.get(type.get().toLowerCase(Locale.ROOT));
        if (kind == null) {
            return ViciMessage.failure("invalid shared key type: " + type.get());
        }
        if (data.isEmpty() || data.get().length() == 0) {
            return ViciMessage.failure("shared key data missing");
        }
        Optional<List<Identification>> owners = owners(message.getStrings("owners"));
        if (owners.isEmpty()) {
            return ViciMessage.failure("parsing shared key owners failed");
        }
        String id = message.getString("id").orElseGet(parts.store()::idForUnnamedSecret);
        parts.store()
                .loadSecret(
                        new SharedSecret(
                                id, kind, SecretText.owned(data.get().toArray()), owners.get()));
        parts.publisher().changed();
        parts.log().log(
                Group.CFG,
                1,
                "loaded %s shared key with id '%s' for: %s",
                type.get().toUpperCase(Locale.ROOT),
                id,
                owners.get().isEmpty() ? "%any" : owners.get());
        return ViciMessage.success();
    }

    /// Empty if any of them cannot be read.
    private static Optional<List<Identification>> owners(List<String> texts) {
        var owners = new ArrayList<Identification>();
        try {
            for (String text : texts) {
                owners.add(Identification.parse(text));
            }
            return Optional.of(owners);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private ViciMessage unload(ViciRequest request) {
        Optional<String> id = request.message().getString("id");
        if (id.isEmpty()) {
            return ViciMessage.failure("unique identifier missing");
        }
        parts.store().unloadSecret(id.get());
        parts.publisher().changed();
        parts.log().log(Group.CFG, 1, "unloaded shared key with id '%s'", id.get());
        return ViciMessage.success();
    }

    private ViciMessage ids() {
        return ViciMessage.builder().list("keys", parts.store().secretIds()).build();
    }
}
