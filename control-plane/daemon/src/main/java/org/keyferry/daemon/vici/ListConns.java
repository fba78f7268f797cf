package org.keyferry.daemon.vici;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.PortRange;

/// `list-conns` and `get-conns`.
final class ListConns {
    private final Commands.Parts parts;

    ListConns(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("list-conns", this::list, "get-conns", _ -> names());
    }

    private ViciMessage names() {
        List<String> names = parts.store().connections().stream().map(Connection::name).toList();
        return ViciMessage.builder().list("conns", names).build();
    }

    private ViciMessage list(ViciRequest request) {
        String only = request.message().getString("ike", "");
        for (Connection connection : parts.store().connections()) {
            if (only.isEmpty() || only.equals(connection.name())) {
                request.stream(
                        "list-conn",
                        ViciMessage.builder()
                                .section(connection.name(), out -> connection(out, connection))
                                .build());
            }
        }
        return ViciMessage.EMPTY;
    }

    static void connection(ViciMessage.Builder out, Connection connection) {
        out.list("local_addrs", texts(connection.localAddrs()));
        out.list("remote_addrs", texts(connection.remoteAddrs()));
        out.put("local_port", connection.localPort());
        out.put("remote_port", connection.remotePort());
        out.put("version", "IKEv2");
        out.put("reauth_time", connection.reauthTime().toSeconds());
        out.put("rekey_time", connection.rekeyTime().toSeconds());
        out.put("unique", "UNIQUE_" + connection.unique());
        if (!connection.dpdDelay().isZero()) {
            out.put("dpd_delay", connection.dpdDelay().toSeconds());
        }
        connection.ppk().ppkId().ifPresent(id -> out.put("ppk_id", id.toString()));
        if (connection.ppk().ppkRequired()) {
            out.put("ppk_required", "yes");
        }
        rounds(out, "local", connection.local());
        rounds(out, "remote", connection.remote());
        out.section(
                "children",
                section ->
                        connection
                                .children()
                                .forEach(c -> section.section(c.name(), in -> child(in, c))));
    }

    private static void rounds(ViciMessage.Builder out, String side, List<AuthRound> rounds) {
        for (int number = 1; number <= rounds.size(); number++) {
            AuthRound round = rounds.get(number - 1);
            out.section(
                    side + "-" + number,
                    section -> {
                        section.put("class", className(round.method()));
                        eapType(round).ifPresent(type -> section.put("eap-type", type));
                        revocation(section, round.publicKey());
                        if (!round.id().equals(Identification.ANY)) {
                            section.put("id", round.id().toString());
                        }
                        round.eap().aaaId().ifPresent(id -> section.put("aaa_id", id.toString()));
                        round.eap().eapId().ifPresent(id -> section.put("eap_id", id.toString()));
                        publicKey(section, round.publicKey(), round.eap().groups());
                    });
        }
    }

    private static Optional<String> eapType(AuthRound round) {
        return switch (round.eap().method()) {
            case EapTerms.Method.Any _ -> Optional.empty();
            case EapTerms.Method.Typed(var type) -> Optional.of(type.toString());
            case EapTerms.Method.Dynamic _ -> Optional.of("EAP_DYNAMIC");
            case EapTerms.Method.Radius _ -> Optional.of("EAP_RADIUS");
        };
    }

    private static void revocation(ViciMessage.Builder section, PublicKeyTerms terms) {
        switch (terms.revocation()) {
            case STRICT -> section.put("revocation", "GOOD");
            case IFURI -> section.put("revocation", "SKIPPED");
            case RELAXED -> {}
        }
    }

    private static void publicKey(
            ViciMessage.Builder section, PublicKeyTerms terms, List<String> groups) {
        terms.caId().ifPresent(id -> section.put("ca_id", id.toString()));
        section.list("groups", groups);
        section.list("cert_policy", terms.certPolicy());
        section.list("certs", subjects(terms.certs()));
        section.list("cacerts", subjects(terms.cacerts()));
    }

    private static List<String> subjects(List<Bytes> certificates) {
        var subjects = new ArrayList<String>();
        for (Bytes der : certificates) {
            try {
                subjects.add(Certificate.parse(der).toString());
            } catch (BadCertificate e) {
                subjects.add(e.getMessage());
            }
        }
        return subjects;
    }

    private static String className(AuthMethod method) {
        return switch (method) {
            case PSK -> "pre-shared key";
            case PUBKEY -> "public key";
            case EAP -> "EAP";
        };
    }

    /// In hexadecimal, as it travels.
    static void label(ViciMessage.Builder out, Child child) {
        if (child.label().length() > 0) {
            out.put("label", HexFormat.of().formatHex(child.label().toArray()));
        }
    }

    private static void child(ViciMessage.Builder out, Child child) {
        out.put("mode", child.mode().name());
        label(out, child);
        out.put("rekey_time", child.lifetime().rekeyTime().toSeconds());
        out.put("rekey_bytes", child.lifetime().rekeyBytes());
        out.put("rekey_packets", child.lifetime().rekeyPackets());
        out.put("dpd_action", action(child.dpdAction()));
        out.put("close_action", action(child.closeAction()));
        out.list("local-ts", child.localTs().stream().map(ListConns::text).toList());
        out.list("remote-ts", child.remoteTs().stream().map(ListConns::text).toList());
        child.kernel().device().ifPresent(device -> out.put("interface", device));
        if (child.kernel().priority() != 0) {
            out.put("priority", Integer.toUnsignedString(child.kernel().priority()));
        }
    }

    private static String action(Set<Action> actions) {
        return actions.isEmpty()
                ? "none"
                : actions.stream()
                        .sorted()
                        .map(action -> action == Action.TRAP ? "trap" : "start")
                        .collect(Collectors.joining(" | "));
    }

    private static String text(TsSpec spec) {
        return switch (spec) {
            case TsSpec.Fixed(var ts) -> ts.toString();
            case TsSpec.Dynamic(int protocol, PortRange ports) -> {
                boolean any = protocol == 0 && ports.equals(PortRange.ANY);
                yield any ? "dynamic" : "dynamic" + DynamicSuffix.of(protocol, ports);
            }
        };
    }

    private static List<String> texts(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }
}
