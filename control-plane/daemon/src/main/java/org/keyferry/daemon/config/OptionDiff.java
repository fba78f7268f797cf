package org.keyferry.daemon.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.CertExchange;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.settings.model.PpkTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Redirects;
import org.keyferry.settings.model.TcpUse;

/// Names the options in which two connections differ. Every component of the model's records counts
/// by itself, so that no option can be forgotten here.
final class OptionDiff {
    /// Components that are called otherwise in swanctl.conf than their name in small letters with
    /// underscores.
    private static final Map<Class<?>, Map<String, String>> OTHER_NAMES =
            Map.of(
                    Connection.class, Map.of("keyingTries", "keyingtries"),
                    AuthRound.class, Map.of("method", "auth"),
                    PublicKeyTerms.class, Map.of("signatures", "auth"),
                    CertExchange.class, Map.of("sendCertreq", "send_certreq"),
                    TcpUse.class, Map.of("when", "tcp", "port", "tcp_port"),
                    Child.class, Map.of("proposals", "esp_proposals", "hostAccess", "hostaccess"),
                    KernelOptions.class,
                            Map.of(
                                    "device", "interface",
                                    "tfcPaddingBytes", "tfc_padding",
                                    "sha256Truncated", "sha256_96"));

    /// Components that hold options of their own.
    private static final List<Class<?>> GROUPS =
            List.of(
                    Lifetime.class,
                    KernelOptions.class,
                    PublicKeyTerms.class,
                    CertExchange.class,
                    PpkTerms.class,
                    Redirects.class,
                    TcpUse.class);

    private OptionDiff() {}

    /// Options of the connection itself, without its children.
    static List<String> ofConnection(Connection before, Connection now) {
        var names = new ArrayList<String>();
        for (RecordComponent component : Connection.class.getRecordComponents()) {
            switch (component.getName()) {
                case "children" -> {}
                case "local" -> rounds("local", before.local(), now.local(), names);
                case "remote" -> rounds("remote", before.remote(), now.remote(), names);
                default -> compare(component, "", before, now, names);
            }
        }
        return names;
    }

    /// Options of a child under `children.<name>.`.
    static List<String> ofChild(Child before, Child now) {
        var names = new ArrayList<String>();
        components("children." + now.name() + ".", before, now, names);
        return names;
    }

    /// Rounds are numbered if there are several.
    private static void rounds(
            String side, List<AuthRound> before, List<AuthRound> now, List<String> names) {
        if (before.size() != now.size()) {
            names.add(side);
            return;
        }
        for (int at = 0; at < now.size(); at++) {
            String section = now.size() == 1 ? side : side + "-" + (at + 1);
            components(section + ".", before.get(at), now.get(at), names);
        }
    }

    private static void components(String path, Record before, Record now, List<String> names) {
        for (RecordComponent component : now.getClass().getRecordComponents()) {
            compare(component, path, before, now, names);
        }
    }

    private static void compare(
            RecordComponent component, String path, Record before, Record now, List<String> names) {
        Object former = value(component, before);
        Object present = value(component, now);
        if (former.equals(present)) {
            return;
        }
        if (GROUPS.contains(component.getType())) {
            components(path, (Record) former, (Record) present, names);
        } else {
            names.add(path + name(component));
        }
    }

    private static Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the model's records are public", e);
        }
    }

    private static String name(RecordComponent component) {
        String name = component.getName();
        return OTHER_NAMES
                .getOrDefault(component.getDeclaringRecord(), Map.of())
                .getOrDefault(name, name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
    }
}
