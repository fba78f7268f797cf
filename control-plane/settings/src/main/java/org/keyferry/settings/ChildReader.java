package org.keyferry.settings;

import static org.keyferry.settings.ValueKinds.constant;
import static org.keyferry.settings.ValueKinds.oneOf;
import static org.keyferry.settings.ValueKinds.uintUpTo;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.keyferry.settings.ValueKinds.Unsupported;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.CopyDscp;
import org.keyferry.settings.model.Mark;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;

/// Reads one CHILD_SA configuration.
final class ChildReader {
    /// The kernel's limit (XFRMA_REPLAY_ESN_MAX).
    private static final int MAX_REPLAY_WINDOW = 4_096;

    private static final List<String> UNSUPPORTED_MODES =
            List.of("transport_proxy", "beet", "iptfs");

    private final ConfigSection section;
    private final ConnectionDefaults defaults;
    private final Options options;

    private ChildReader(ConfigSection section, ConnectionDefaults defaults) {
        this.section = section;
        this.defaults = defaults;
        this.options = new Options(section);
    }

    static Child read(ConfigSection section, ConnectionDefaults defaults) throws SettingsException {
        return new ChildReader(section, defaults).read();
    }

    private Child read() throws SettingsException {
        refuseWhatIsNotHonoured();
        for (ConfigSection inner : section.sections()) throw Options.unknownSection(inner);
        var child =
                new Child(
                        section.name(),
                        proposals(),
                        selectors("local_ts"),
                        selectors("remote_ts"),
                        options.value("mode", ChildReader::mode, ChildMode.TUNNEL),
                        LifetimeReader.read(options),
                        options.value("start_action", ValueKinds::actions, Set.of()),
                        options.value("close_action", ValueKinds::actions, Set.of()),
                        options.value("dpd_action", ValueKinds::actions, Set.of()),
                        options.value("policies", ValueKinds::bool, true),
                        options.value("reqid", ValueKinds::uint, 0),
                        options.value("priority", ValueKinds::uint, 0),
                        options.value(
                                "replay_window",
                                uintUpTo(MAX_REPLAY_WINDOW),
                                defaults.replayWindow()),
                        options.value("mark_in", ValueKinds::mark, Mark.NONE),
                        options.value("mark_out", ValueKinds::mark, Mark.NONE),
                        options.value("if_id_in", ValueKinds::interfaceId, 0),
                        options.value("if_id_out", ValueKinds::interfaceId, 0),
                        options.value("copy_df", ValueKinds::bool, true),
                        options.value("copy_ecn", ValueKinds::bool, true),
                        options.value("copy_dscp", constant(CopyDscp.class), CopyDscp.OUT));
        options.finish();
        return child;
    }

    private void refuseWhatIsNotHonoured() throws SettingsException {
        options.refuse("ah_proposals", "AH is not supported yet");
        options.refuse("updown", "updown scripts are not supported yet");
        options.refuse("interface", "policies of one interface are not supported yet");
        options.refuse("label", "security labels are not supported yet");
        no("sha256_96", "truncation to 96 bits is not supported yet");
        no("hostaccess", "updown scripts are not supported yet");
        no("policies_fwd_out", "outbound forward policies are not supported yet");
        no("ipcomp", "IPComp is not supported yet");
        no("mark_in_sa", "marks on inbound SAs are not supported yet");
        no("icmp", "ICMP error handling is not supported yet");
        options.acceptOnly(
                Duration.ZERO,
                "inactivity",
                ValueKinds::time,
                "closing of idle SAs is not supported yet");
        for (String key : List.of("set_mark_in", "set_mark_out"))
            options.acceptOnly(
                    Mark.NONE, key, ValueKinds::mark, "marking of packets is not supported yet");
        options.acceptOnly(
                "system",
                "label_mode",
                oneOf("system", "simple", "selinux"),
                "security labels are not supported yet");
        options.acceptOnly(
                0, "tfc_padding", ChildReader::padding, "traffic padding is not supported yet");
        options.acceptOnly(
                "no", "per_cpu_sas", ChildReader::perCpu, "SAs per CPU are not supported yet");
        options.acceptOnly(
                "no",
                "hw_offload",
                oneOf("no", "yes", "crypto", "packet", "auto"),
                "hardware offload is not supported yet");
    }

    private void no(String key, String reason) throws SettingsException {
        options.acceptOnly(false, key, ValueKinds::bool, reason);
    }

    private static int padding(String text) {
        return text.equalsIgnoreCase("mtu") ? -1 : ValueKinds.uint(text);
    }

    private static String perCpu(String text) {
        if (text.equalsIgnoreCase("encap")) return "encap";
        return ValueKinds.bool(text) ? "yes" : "no";
    }

    private static ChildMode mode(String text) {
        if (UNSUPPORTED_MODES.contains(text.toLowerCase(Locale.ROOT)))
            throw new Unsupported("mode '" + text + "' is not supported yet");
        return constant(ChildMode.class).parse(text);
    }

    private List<Proposal> proposals() throws SettingsException {
        Predicate<Transform> supported = defaults.espSupported();
        return ConnectionReader.proposals(
                options, "esp_proposals", ProtocolId.ESP, supported, defaults.espProposals());
    }

    private List<TsSpec> selectors(String key) throws SettingsException {
        List<TsSpec> selectors = options.list(key, AddressText::selector);
        return selectors.isEmpty() ? List.of(new TsSpec.Dynamic(0, PortRange.ANY)) : selectors;
    }
}
