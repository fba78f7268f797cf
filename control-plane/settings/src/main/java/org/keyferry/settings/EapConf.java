package org.keyferry.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapOptions.Sim;
import org.keyferry.settings.model.EapOptions.SimIdentities;
import org.keyferry.settings.model.EapOptions.TlsLimits;
import org.keyferry.settings.model.EapOptions.TlsMethod;
import org.keyferry.wire.EapType;

/// Reads the options for EAP of strongswan.conf.
final class EapConf {
    private static final Map<String, EapType> METHODS =
            Map.of(
                    "md5", EapType.MD5,
                    "gtc", EapType.GTC,
                    "mschapv2", EapType.MSCHAPV2,
                    "tls", EapType.TLS,
                    "ttls", EapType.TTLS,
                    "peap", EapType.PEAP,
                    "sim", EapType.SIM,
                    "aka", EapType.AKA,
                    "aka-prime", EapType.AKA_PRIME);

    /// Well below what a counter of 16 bits can tell.
    private static final int MAX_REAUTHS = 10_000;

    private static final Map<String, Integer> VERSIONS = Map.of("1.2", 0x0303, "1.3", 0x0304);

    /// Inside of TLS there is no further TLS.
    private static final Set<EapType> INNER = Set.of(EapType.MD5, EapType.GTC, EapType.MSCHAPV2);

    /// @param charon with the daemon's options
    /// @param tls with those of `charon.tls`, or of `libtls`
    static EapOptions of(SettingsSection charon, SettingsSection tls) {
        EapOptions otherwise = EapOptions.DEFAULT;
        return new EapOptions(
                charon.bool("multiple_authentication", true),
                charon.bool("force_eap_only_authentication", false),
                methods(charon.text("plugins.eap-dynamic.preferred").orElse("")),
                charon.bool("plugins.eap-dynamic.prefer_user", false),
                method(charon, "eap-tls", otherwise.tls()),
                method(charon, "eap-ttls", otherwise.ttls()),
                method(charon, "eap-peap", otherwise.peap()),
                new TlsLimits(
                        version(tls, "version_min", otherwise.limits().minVersion()),
                        version(tls, "version_max", otherwise.limits().maxVersion()),
                        words(tls, "suites"),
                        words(tls, "ke_group"),
                        tls.bool("send_certreq_authorities", true),
                        charon.bool("keyferry.eap_tls_success_indication", false),
                        charon.bool("keyferry.eap_tls13_legacy_servers", false),
                        charon.time(
                                "keyferry.tls_session_lifetime",
                                otherwise.limits().sessionLifetime())),
                new Sim(
                        charon.bool("plugins.eap-sim.request_identity", true),
                        charon.bool("plugins.eap-aka.request_identity", true),
                        charon.bool("keyferry.sim.result_indication", false),
                        charon.text("keyferry.sim.network").filter(name -> !name.isEmpty()),
                        identities(charon, otherwise.sim().identities())));
    }

    private static SimIdentities identities(SettingsSection charon, SimIdentities otherwise) {
        return new SimIdentities(
                charon.bool("keyferry.sim.accept_identities", otherwise.accept()),
                charon.bool("keyferry.sim.pseudonyms", otherwise.pseudonyms()),
                charon.bool("keyferry.sim.reauth", otherwise.reauth()),
                StrongswanConf.within(
                        charon,
                        "keyferry.sim.reauth_limit",
                        otherwise.reauthLimit(),
                        1,
                        MAX_REAUTHS),
                charon.time("keyferry.sim.reauth_lifetime", otherwise.reauthLifetime()),
                charon.time("keyferry.sim.pseudonym_lifetime", otherwise.pseudonymLifetime()));
    }

    private static TlsMethod method(SettingsSection charon, String plugin, TlsMethod otherwise) {
        String at = "plugins." + plugin + ".";
        return new TlsMethod(
                StrongswanConf.within(
                        charon, at + "fragment_size", otherwise.fragmentSize(), 64, 0xffff),
                StrongswanConf.within(
                        charon, at + "max_message_count", otherwise.maxMessageCount(), 0, 0xffff),
                charon.bool(at + "include_length", otherwise.includeLength()),
                charon.text(at + "phase2_method")
                        .map(name -> METHODS.get(name.toLowerCase(Locale.ROOT)))
                        .filter(INNER::contains)
                        .orElse(otherwise.phase2Method()),
                charon.bool(at + "phase2_piggyback", false),
                charon.bool(at + "request_peer_auth", false));
    }

    private static int version(SettingsSection tls, String key, int otherwise) {
        return tls.text(key).map(VERSIONS::get).orElse(otherwise);
    }

    private static List<String> words(SettingsSection tls, String key) {
        return List.of(tls.text(key).orElse("").split("[, ]+", -1)).stream()
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static List<EapType> methods(String text) {
        var types = new ArrayList<EapType>();
        for (String name : text.split("[, ]+", -1)) {
            EapType type = METHODS.get(name.toLowerCase(Locale.ROOT));
            if (type != null) types.add(type);
        }
        return types;
    }

    private EapConf() {}
}
