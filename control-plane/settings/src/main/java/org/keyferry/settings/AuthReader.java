package org.keyferry.settings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.ValueKinds.Unsupported;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.wire.Identification;

/// Reads the authentication rounds of one side.
final class AuthReader {
    private static final String PUBKEY = "public key authentication is not supported yet";

    private record Numbered(int number, AuthRound round) {}

    private AuthReader() {}

    /// Rounds of all sections whose name starts with `side`, by their number, else in file order.
    static List<AuthRound> rounds(ConfigSection connection, String side, Consumer<String> warnings)
            throws SettingsException {
        var rounds = new ArrayList<Numbered>();
        for (ConfigSection section : connection.sections()) {
            if (section.name().toLowerCase(Locale.ROOT).startsWith(side))
                rounds.add(read(section, warnings));
        }
        if (rounds.isEmpty())
            throw new SettingsException(
                    Problem.NOT_SUPPORTED,
                    connection.origin(),
                    side,
                    "the section is missing, and auth defaults to pubkey: " + PUBKEY);
        rounds.sort(Comparator.comparing(Numbered::number, Integer::compareUnsigned)); // stable
        return rounds.stream().map(Numbered::round).toList();
    }

    private static Numbered read(ConfigSection section, Consumer<String> warnings)
            throws SettingsException {
        var options = new Options(section, warnings);
        refuseWhatIsNotHonoured(section, options);
        Optional<AuthMethod> wanted = options.value("auth", AuthReader::method);
        Identification id = options.value("id", AddressText::identity, Identification.ANY);
        int number = options.value("round", ValueKinds::uint, 0);
        options.finish();
        AuthMethod method =
                wanted.orElseThrow(
                        () -> options.unsupported("auth", "defaults to pubkey: " + PUBKEY));
        return new Numbered(number, new AuthRound(method, id));
    }

    private static void refuseWhatIsNotHonoured(ConfigSection section, Options options)
            throws SettingsException {
        String certificates = "certificates are not supported yet";
        for (String key : List.of("certs", "pubkeys")) options.refuse(key, certificates);
        String eap = "EAP is not supported yet";
        options.refuse("eap_id", eap);
        if (section.name().toLowerCase(Locale.ROOT).startsWith("remote")) {
            options.refuse("groups", "group membership is not supported yet");
            for (String key : List.of("cert_policy", "cacerts", "ca_id"))
                options.refuse(key, certificates);
            options.acceptOnly(
                    "relaxed",
                    "revocation",
                    ValueKinds.oneOf("strict", "ifuri", "relaxed"),
                    certificates);
        } else {
            options.refuse("aaa_id", eap);
            options.refuse("xauth_id", "XAuth belongs to IKEv1, which is not supported");
        }
        for (ConfigSection inner : section.sections()) {
            boolean source = inner.name().startsWith("cert") || inner.name().startsWith("cacert");
            if (!source) throw Options.unknownSection(inner);
            throw new SettingsException(
                    Problem.NOT_SUPPORTED, inner.origin(), inner.name(), certificates);
        }
    }

    private static AuthMethod method(String text) {
        if (text.equals("psk")) return AuthMethod.PSK;
        String kind = text.split("[-:]", 2)[0];
        switch (kind) {
            case "pubkey", "rsa", "ecdsa", "ike" ->
                    throw new Unsupported("'" + text + "': " + PUBKEY);
            case "eap" -> throw new Unsupported("'" + text + "': EAP is not supported yet");
            case "xauth" ->
                    throw new Unsupported(
                            "'" + text + "': XAuth belongs to IKEv1, which is not supported");
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "' is no authentication method");
        }
    }
}
