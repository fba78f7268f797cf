package org.keyferry.settings;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.settings.model.SecretText;

/// `charon.plugins.eap-radius`.
///
/// @param servers in the order of the file; empty if RADIUS is not used
/// @param problems sentences about what cannot be taken
public record RadiusConf(
        List<Server> servers,
        Accounting accounting,
        boolean closeAllOnTimeout,
        boolean classGroup,
        boolean filterId,
        boolean eapStart,
        boolean stationIdWithPort,
        String idPrefix,
        List<String> ikeToRadius,
        List<String> radiusToIke,
        Optional<DynamicAuthorization> dae,
        List<String> problems) {

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    /// @param address host name or IP address
    /// @param sockets to be used in parallel, at least one
    /// @param source address to send from
    /// @param preference the higher, the earlier it is asked
    public record Server(
            String name,
            String address,
            SecretText secret,
            String nasIdentifier,
            int authPort,
            int acctPort,
            int sockets,
            Optional<String> source,
            int preference,
            Timing timing) {}

    /// Transmission `n` counted from 0 waits `timeout × base^n` for an answer.
    ///
    /// @param tries transmissions, at least one
    public record Timing(Duration timeout, double base, int tries) {}

    /// @param interval between interim updates, unless an Access-Accept says another; zero for none
    /// @param closeOnTimeout an interim update that nobody answers ends its IKE_SA
    /// @param requiresVip only for IKE_SAs whose peer has a virtual IP
    /// @param sendClass with the Class attributes of the Access-Accept
    public record Accounting(
            boolean enabled,
            Duration interval,
            boolean closeOnTimeout,
            boolean requiresVip,
            boolean sendClass) {}

    /// The listener of RFC 5176.
    public record DynamicAuthorization(String listen, int port, SecretText secret) {}

    public RadiusConf {
        servers = List.copyOf(servers);
        ikeToRadius = List.copyOf(ikeToRadius);
        radiusToIke = List.copyOf(radiusToIke);
        problems = List.copyOf(problems);
    }

    static RadiusConf of(SettingsSection charon) {
        var problems = new ArrayList<String>();
        Optional<SettingsSection> found = charon.section("plugins.eap-radius");
        SettingsSection own = found.orElse(charon);
        if (found.isEmpty()) {
            return none(problems);
        }
        return new RadiusConf(
                servers(own, problems),
                new Accounting(
                        own.bool("accounting", false),
                        own.time("accounting_interval", Duration.ZERO),
                        own.bool("accounting_close_on_timeout", true),
                        own.bool("accounting_requires_vip", false),
                        own.bool("accounting_send_class", false)),
                own.bool("close_all_on_timeout", false),
                own.bool("class_group", false),
                own.bool("filter_id", false),
                own.bool("eap_start", false),
                own.bool("station_id_with_port", true),
                own.text("id_prefix").orElse(""),
                list(own, "forward.ike_to_radius"),
                list(own, "forward.radius_to_ike"),
                dae(own, problems),
                problems);
    }

    private static RadiusConf none(List<String> problems) {
        return new RadiusConf(
                List.of(),
                new Accounting(false, Duration.ZERO, true, false, false),
                false,
                false,
                false,
                false,
                true,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                problems);
    }

    private static List<Server> servers(SettingsSection own, List<String> problems) {
        List<SettingsSection> several =
                own.section("servers").map(SettingsSection::sections).orElse(List.of());
        if (several.isEmpty()) {
            return own
                    .text("server")
                    .flatMap(address -> server(address, address, own, own, problems))
                    .stream()
                    .toList();
        }
        return several.stream()
                .flatMap(
                        section ->
                                section
                                        .text("address")
                                        .flatMap(
                                                address ->
                                                        server(
                                                                section.name(),
                                                                address,
                                                                section,
                                                                own,
                                                                problems))
                                        .stream())
                .toList();
    }

    /// @param common what holds where a server's own section says nothing
    private static Optional<Server> server(
            String name,
            String address,
            SettingsSection own,
            SettingsSection common,
            List<String> problems) {
        Optional<SecretText> secret =
                own.text("secret").or(() -> common.text("secret")).map(RadiusConf::secret);
        if (secret.isEmpty()) {
            problems.add("eap-radius: server " + name + " has no secret and is not used");
            return Optional.empty();
        }
        int alias = port(own, "port", port(common, "port", 1_812));
        return Optional.of(
                new Server(
                        name,
                        address,
                        secret.get(),
                        own.text("nas_identifier")
                                .or(() -> common.text("nas_identifier"))
                                .orElse("strongSwan"),
                        port(own, "auth_port", port(common, "auth_port", alias)),
                        port(own, "acct_port", port(common, "acct_port", 1_813)),
                        within(own, common, "sockets", 1, 1, 64),
                        own.text("source").or(() -> common.text("source")),
                        own.integer("preference", common.integer("preference", 0)),
                        timing(own, common)));
    }

    private static Timing timing(SettingsSection own, SettingsSection common) {
        double timeout = own.number("retransmit_timeout", common.number("retransmit_timeout", 2.0));
        double base = own.number("retransmit_base", common.number("retransmit_base", 1.4));
        return new Timing(
                Duration.ofMillis(
                        Math.round(
                                (timeout >= 0.001 && timeout <= LONGEST_WAIT.toSeconds()
                                                ? timeout
                                                : 2.0)
                                        * 1e3)),
                base >= 1 && base <= 100 ? base : 1.4,
                within(own, common, "retransmit_tries", 4, 1, 100));
    }

    private static Optional<DynamicAuthorization> dae(SettingsSection own, List<String> problems) {
        if (!own.bool("dae.enable", false)) {
            return Optional.empty();
        }
        Optional<String> secret = own.text("dae.secret");
        if (secret.isEmpty()) {
            problems.add("eap-radius.dae: there is no secret, nothing is listened for");
            return Optional.empty();
        }
        return Optional.of(
                new DynamicAuthorization(
                        own.text("dae.listen").orElse("0.0.0.0"),
                        port(own, "dae.port", 3_799),
                        secret(secret.get())));
    }

    private static SecretText secret(String text) {
        return SecretText.owned(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> list(SettingsSection own, String key) {
        return Stream.of(own.text(key).orElse("").split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static int port(SettingsSection section, String key, int otherwise) {
        return StrongswanConf.within(section, key, otherwise, 1, 0xffff);
    }

    private static int within(
            SettingsSection own,
            SettingsSection common,
            String key,
            int otherwise,
            int min,
            int max) {
        return StrongswanConf.within(
                own, key, StrongswanConf.within(common, key, otherwise, min, max), min, max);
    }
}
