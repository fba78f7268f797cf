package org.keyferry.engine.eap.sim;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.IdentityText;

/// A subscriber, as a login names it.
///
/// @param name as it is told: with a realm or without, an IMSI with a leading digit or any other
///   name
/// @param secrets of kind EAP that this name may use, best first
public record SimUser(EapSimMethod method, String name, List<SharedSecret> secrets) {
    public SimUser {
        secrets = List.copyOf(secrets);
    }

    /// All names that it may have where credentials are kept, the one told first: also without the
    /// realm, and as the IMSI behind the digit that stands for the method (3GPP TS 23.003 §19.3.2).
    public Set<String> names() {
        var names = new LinkedHashSet<String>();
        names.add(name);
        int at = name.indexOf('@');
        String user = at < 0 ? name : name.substring(0, at);
        names.add(user);
        if (user.matches(leading() + "[0-9]{6,15}")) {
            names.add(user.substring(1));
        }
        return names;
    }

    /// The name for people.
    @Override
    public String toString() {
        return IdentityText.harmless(name);
    }

    private String leading() {
        return switch (method) {
            case AKA -> "0";
            case SIM -> "1";
            case AKA_PRIME -> "6";
        };
    }
}
