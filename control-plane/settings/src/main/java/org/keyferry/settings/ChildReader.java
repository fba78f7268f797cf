package org.keyferry.settings;

import static org.keyferry.settings.ValueKinds.constant;
import static org.keyferry.settings.ValueKinds.oneOf;
import static org.keyferry.settings.ValueKinds.uintUpTo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.keyferry.settings.ValueKinds.Unsupported;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.CopyDscp;
import org.keyferry.settings.model.HwOffload;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.settings.model.Mark;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Reads one CHILD_SA configuration.
final class ChildReader {
    /// The kernel's limit (XFRMA_REPLAY_ESN_MAX).
    private static final int MAX_REPLAY_WINDOW = 4_096;

    private static final Map<String, String> UNSUPPORTED_MODES =
            Map.of(
                    "transport_proxy",
                    "is for Mobile IPv6, which is not supported",
                    "iptfs",
                    "(RFC 9347) is not supported: it needs Linux 6.14");

    private static final String ESP = "esp_proposals";
    private static final String AH = "ah_proposals";

    private final ConfigSection section;
    private final ConnectionDefaults defaults;
    private final Options options;

    private ChildReader(
            ConfigSection section, ConnectionDefaults defaults, Consumer<String> warnings) {
        this.section = section;
        this.defaults = defaults;
        this.options = new Options(section, warnings);
    }

    static Child read(ConfigSection section, ConnectionDefaults defaults, Consumer<String> warnings)
            throws SettingsException {
        return new ChildReader(section, defaults, warnings).read();
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
                        options.value("inactivity", ValueKinds::time, Duration.ZERO),
                        text("updown"),
                        options.value("hostaccess", ValueKinds::bool, false),
                        options.value("ipcomp", ValueKinds::bool, false),
                        kernelOptions(),
                        label());
        options.finish();
        if (child.lifetime().keyRenewal().isMixed() && !hasKeyExchange(child)) {
            String key = options.isSet("rekey_ke_every") ? "rekey_ke_every" : "rekey_ke_time";
            throw options.unsupported(key, "asks for key exchanges that no proposal has");
        }
        return child;
    }

    private static boolean hasKeyExchange(Child child) {
        return child.proposals().stream()
                .flatMap(p -> p.ofType(TransformType.KE).stream())
                .anyMatch(t -> t.id() != 0);
    }

    private KernelOptions kernelOptions() throws SettingsException {
        return KernelOptions.builder()
                .policies(
                        options.value("policies", ValueKinds::bool, true),
                        options.value("policies_fwd_out", ValueKinds::bool, false))
                .reqid(options.value("reqid", ValueKinds::uint, 0))
                .priority(options.value("priority", ValueKinds::uint, 0))
                .device(text("interface"))
                .replayWindow(
                        options.value(
                                "replay_window",
                                uintUpTo(MAX_REPLAY_WINDOW),
                                defaults.replayWindow()))
                .marks(
                        options.value("mark_in", ValueKinds::mark, Mark.NONE),
                        options.value("mark_out", ValueKinds::mark, Mark.NONE))
                .markInSa(options.value("mark_in_sa", ValueKinds::bool, false))
                .setMarks(
                        options.value("set_mark_in", ValueKinds::setMark, Mark.NONE),
                        options.value("set_mark_out", ValueKinds::setMark, Mark.NONE))
                .ifIds(
                        options.value("if_id_in", ValueKinds::interfaceId, InterfaceId.NONE),
                        options.value("if_id_out", ValueKinds::interfaceId, InterfaceId.NONE))
                .copy(
                        options.value("copy_df", ValueKinds::bool, true),
                        options.value("copy_ecn", ValueKinds::bool, true),
                        options.value("copy_dscp", constant(CopyDscp.class), CopyDscp.OUT))
                .icmp(options.value("icmp", ValueKinds::bool, false))
                .tfcPaddingBytes(options.value("tfc_padding", ChildReader::padding, 0))
                .hwOffload(options.value("hw_offload", ChildReader::offload, HwOffload.NO))
                .sha256Truncated(options.value("sha256_96", ValueKinds::bool, false))
                .build();
    }

    /// An option that is set to nothing is not set.
    private Optional<String> text(String key) throws SettingsException {
        return options.value(key, text -> text).filter(text -> !text.isEmpty());
    }

    /// A label is told to the peer with the zero that ends it, as charon does.
    private Bytes label() throws SettingsException {
        Optional<String> label = text("label");
        String mode = options.value("label_mode", oneOf("system", "simple", "selinux"), "system");
        if (mode.equals("selinux"))
            throw options.unsupported(
                    "label_mode", "the kernel's labels need SELinux, which is not supported");
        return label.map(text -> Bytes.utf8(text + '\0')).orElse(Bytes.EMPTY);
    }

    private static HwOffload offload(String text) {
        return text.equalsIgnoreCase("yes")
                ? HwOffload.CRYPTO
                : constant(HwOffload.class).parse(text);
    }

    private void refuseWhatIsNotHonoured() throws SettingsException {
        options.acceptOnly(
                "no",
                "per_cpu_sas",
                ChildReader::perCpu,
                "SAs for each CPU (RFC 9611) are not supported: they need Linux 6.13");
    }

    private static int padding(String text) {
        return text.equalsIgnoreCase("mtu") ? -1 : ValueKinds.uint(text);
    }

    private static String perCpu(String text) {
        if (text.equalsIgnoreCase("encap")) return "encap";
        return ValueKinds.bool(text) ? "yes" : "no";
    }

    private static ChildMode mode(String text) {
        String reason = UNSUPPORTED_MODES.get(text.toLowerCase(Locale.ROOT));
        if (reason != null) throw new Unsupported("mode '" + text + "' " + reason);
        return constant(ChildMode.class).parse(text);
    }

    /// ESP first; its default does not count if only AH is asked for.
    private List<Proposal> proposals() throws SettingsException {
        Predicate<Transform> supported = defaults.espSupported();
        List<Proposal> esp =
                ConnectionReader.proposals(
                        options, ESP, ProtocolId.ESP, supported, defaults.espProposals());
        List<Proposal> ah =
                ConnectionReader.proposals(
                        options, AH, ProtocolId.AH, supported, DefaultProposals.ah(supported));
        var all = new ArrayList<Proposal>(esp);
        all.addAll(ah);
        String key = options.isSet(AH) && !options.isSet(ESP) ? AH : ESP;
        if (!options.isSet(ESP) && !options.isSet(AH)) all.addAll(defaults.espProposals());
        return ConnectionReader.numbered(options, key, all);
    }

    private List<TsSpec> selectors(String key) throws SettingsException {
        List<TsSpec> selectors = options.list(key, AddressText::selector);
        return selectors.isEmpty() ? List.of(new TsSpec.Dynamic(0, PortRange.ANY)) : selectors;
    }
}
