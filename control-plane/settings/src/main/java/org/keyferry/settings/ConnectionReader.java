package org.keyferry.settings;

import static java.time.Duration.ZERO;
import static org.keyferry.settings.ValueKinds.constant;
import static org.keyferry.settings.ValueKinds.uintUpTo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Addressing;
import org.keyferry.settings.model.CertExchange;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Childless;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.OcspExchange;
import org.keyferry.settings.model.PpkTerms;
import org.keyferry.settings.model.Redirects;
import org.keyferry.settings.model.SendCert;
import org.keyferry.settings.model.TcpUse;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;

/// Reads one connection with the defaults of a load request. Whatever it does not honour it refuses
/// by name, unless it says what holds anyway.
public final class ConnectionReader {
    private static final Duration REKEY_TIME = Duration.ofHours(4);
    private static final int REMOTE_PORT = 500;
    private static final String CHILDREN = "children";

    /// As many as one message may carry.
    private static final int MAX_PROPOSALS = 64;

    private final ConfigSection section;
    private final ConnectionDefaults defaults;
    private final Consumer<String> warnings;
    private final Options options;

    private ConnectionReader(
            ConfigSection section, ConnectionDefaults defaults, Consumer<String> warnings) {
        this.section = section;
        this.defaults = defaults;
        this.warnings = warnings;
        this.options = new Options(section, warnings);
    }

    /// The connection that a section describes.
    ///
    /// @param warnings gets a sentence, with its place, for each option that has no effect; of a
    ///   connection that is refused too
    /// @throws SettingsException naming the first option that cannot be taken
    public static Connection read(
            ConfigSection section, ConnectionDefaults defaults, Consumer<String> warnings)
            throws SettingsException {
        return new ConnectionReader(section, defaults, warnings).read();
    }

    private Connection read() throws SettingsException {
        refuseUnknownSections();
        refuseWhatIsNotHonoured();
        Times times = times();
        var connection =
                new Connection(
                        section.name(),
                        addresses("local_addrs"),
                        addresses("remote_addrs"),
                        localPort(),
                        port("remote_port", REMOTE_PORT),
                        proposals(),
                        options.value("encap", ValueKinds::bool, false),
                        options.value("mobike", ValueKinds::bool, true),
                        tcp(),
                        options.value("dpd_delay", ValueKinds::time, ZERO),
                        options.value(
                                "fragmentation", constant(Fragmentation.class), Fragmentation.YES),
                        options.value("keyingtries", uintUpTo(Integer.MAX_VALUE), 1),
                        options.value("unique", constant(UniquePolicy.class), UniquePolicy.NO),
                        times.reauth(),
                        times.rekey(),
                        times.over(),
                        times.random(),
                        options.value("dscp", ValueKinds::dscp, 0),
                        options.value("if_id_in", ValueKinds::interfaceId, InterfaceId.NONE),
                        options.value("if_id_out", ValueKinds::interfaceId, InterfaceId.NONE),
                        certExchange(),
                        options.value("childless", constant(Childless.class), Childless.ALLOW),
                        ppk(),
                        new Addressing(
                                options.list("vips", AddressText::virtualAddress),
                                options.list("pools", ValueKinds::text)),
                        new Redirects(
                                options.value("redirect_init", Gateway::parse),
                                options.value("redirect_auth", Gateway::parse)),
                        options.value("resumption", ValueKinds::bool, false),
                        AuthReader.rounds(section, "local", defaults, warnings),
                        AuthReader.rounds(section, "remote", defaults, warnings),
                        children());
        options.finish();
        return connection;
    }

    private void refuseWhatIsNotHonoured() throws SettingsException {
        ikev1();
        String mediation = "mediation is not supported";
        options.acceptOnly(false, "mediation", ValueKinds::bool, mediation);
        options.refuse("mediated_by", mediation);
        options.refuse("mediation_peer", mediation);
    }

    /// What charon reads for IKEv1 alone is mentioned; a wish for IKEv1 cannot be met.
    private void ikev1() throws SettingsException {
        int version = options.value("version", uintUpTo(2), 0);
        if (version == 1) throw options.unsupported("version", "IKEv1 is not supported");
        String noAggression = "IKEv2 has no aggressive mode";
        if (version == 2)
            options.withoutEffect(false, "aggressive", ValueKinds::bool, noAggression);
        else
            options.acceptOnly(
                    false,
                    "aggressive",
                    ValueKinds::bool,
                    "IKEv1 is not supported, and " + noAggression);
        options.withoutEffect(true, "pull", ValueKinds::bool, "only IKEv1 has a push mode");
        options.withoutEffect(
                ZERO,
                "dpd_timeout",
                ValueKinds::time,
                "only for IKEv1; IKEv2 retransmits as strongswan.conf tells");
    }

    private CertExchange certExchange() throws SettingsException {
        return new CertExchange(
                options.value("send_certreq", ValueKinds::bool, true),
                options.value("send_cert", constant(SendCert.class), SendCert.IFASKED),
                options.value("ocsp", constant(OcspExchange.class), OcspExchange.REPLY));
    }

    private TcpUse tcp() throws SettingsException {
        return new TcpUse(
                options.value("tcp", constant(TcpUse.When.class), TcpUse.When.NO),
                port("tcp_port", TcpUse.PORT));
    }

    /// An option without a value names no key.
    private PpkTerms ppk() throws SettingsException {
        Optional<Identification> id =
                options.value(
                        "ppk_id",
                        text -> text.isEmpty() ? Identification.ANY : AddressText.identity(text));
        return new PpkTerms(
                id.filter(i -> !i.isAny()), options.value("ppk_required", ValueKinds::bool, false));
    }

    private List<AddressSpec> addresses(String key) throws SettingsException {
        List<AddressSpec> addresses = options.list(key, AddressText::address);
        return addresses.isEmpty() ? List.of(new AddressSpec.Any()) : addresses;
    }

    /// Nobody listens on other ports.
    private int localPort() throws SettingsException {
        int port = port("local_port", defaults.localPort());
        if (port != defaults.localPort() && port != defaults.natTPort())
            throw options.unsupported(
                    "local_port",
                    "the daemon's own ports are %d and %d"
                            .formatted(defaults.localPort(), defaults.natTPort()));
        return port;
    }

    private int port(String key, int otherwise) throws SettingsException {
        int port = options.value(key, uintUpTo(0xffff), 0);
        return port == 0 ? otherwise : port;
    }

    private List<Proposal> proposals() throws SettingsException {
        List<Proposal> wanted =
                proposals(
                        options,
                        "proposals",
                        ProtocolId.IKE,
                        defaults.ikeSupported(),
                        defaults.ikeProposals());
        return numbered(options, "proposals", wanted.isEmpty() ? defaults.ikeProposals() : wanted);
    }

    /// What an option lists, `default` replaced by the default ones; the numbers are still those of
    /// the single entries.
    static List<Proposal> proposals(
            Options options,
            String key,
            int protocolId,
            Predicate<Transform> supported,
            List<Proposal> byDefault)
            throws SettingsException {
        List<List<Proposal>> entries =
                options.list(
                        key,
                        entry ->
                                ProposalText.isDefault(entry)
                                        ? byDefault
                                        : List.of(
                                                ProposalText.parse(
                                                        protocolId, 1, entry, supported)));
        return entries.stream().flatMap(List::stream).toList();
    }

    /// Numbered from 1, as they go into one SA payload.
    ///
    /// @param key the option to blame
    static List<Proposal> numbered(Options options, String key, List<Proposal> proposals)
            throws SettingsException {
        var numbered = new ArrayList<Proposal>();
        for (Proposal proposal : proposals) numbered.add(numberedBehind(numbered.size(), proposal));
        if (numbered.isEmpty())
            throw options.unsupported(key, "none of the default algorithms is available");
        if (numbered.size() > MAX_PROPOSALS)
            throw options.invalid(key, "more than " + MAX_PROPOSALS + " proposals");
        return List.copyOf(numbered);
    }

    private static Proposal numberedBehind(int count, Proposal proposal) {
        int number = Math.min(count + 1, MAX_PROPOSALS);
        return proposal.number() == number ? proposal : proposal.withNumber(number);
    }

    private record Times(Duration reauth, Duration rekey, Duration over, Duration random) {}

    /// A time that is set leaves the other at zero; the grace is a tenth of the longer, the random
    /// part the grace but at most half of the shorter.
    private Times times() throws SettingsException {
        Optional<Duration> wantedReauth = options.value("reauth_time", ValueKinds::time);
        Optional<Duration> wantedRekey = options.value("rekey_time", ValueKinds::time);
        Duration reauth = wantedReauth.orElse(ZERO);
        Duration rekey = wantedRekey.orElse(wantedReauth.isPresent() ? ZERO : REKEY_TIME);
        long longer = Math.max(reauth.toSeconds(), rekey.toSeconds());
        long shorter = Math.min(reauth.toSeconds(), rekey.toSeconds());
        if (shorter == 0) shorter = longer;
        Duration over =
                options.value("over_time", ValueKinds::time, Duration.ofSeconds(longer / 10));
        Duration random =
                options.value(
                        "rand_time",
                        ValueKinds::time,
                        Duration.ofSeconds(Math.min(over.toSeconds(), shorter / 2)));
        return new Times(reauth, rekey, over, random);
    }

    private List<Child> children() throws SettingsException {
        var children = new ArrayList<Child>();
        for (ConfigSection inner : section.sections()) {
            if (!inner.name().equals(CHILDREN)) continue;
            for (ConfigSection child : inner.sections())
                children.add(ChildReader.read(child, defaults, warnings));
            new Options(inner, warnings).finish();
        }
        return children;
    }

    private void refuseUnknownSections() throws SettingsException {
        for (ConfigSection inner : section.sections()) {
            String name = inner.name().toLowerCase(Locale.ROOT);
            boolean round = name.startsWith("local") || name.startsWith("remote");
            if (!round && !inner.name().equals(CHILDREN)) throw Options.unknownSection(inner);
        }
    }
}
