package org.keyferry.cli;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmNames;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;

/// Whose the kernel's states and policies are, as the daemon's lists tell.
///
/// @param known false if the daemon was not reached
record Owners(boolean known, List<Sa> sas, List<Listed> listed) {
    static final Owners UNKNOWN = new Owners(false, List.of(), List.of());

    /// A child SA and the addresses of its IKE SA.
    record Sa(Owner owner, ViciMessage child, ViciMessage ike) {}

    /// A policy without an SA: trap, pass or drop.
    record Listed(Owner owner, ViciMessage policy) {}

    static Owners fetch(ViciClient client) throws ViciException {
        return new Owners(true, sas(Tunnels.fetchIkeSas(client)), listed(client));
    }

    private static List<Sa> sas(Map<String, List<ViciMessage>> ikeSas) {
        var sas = new ArrayList<Sa>();
        ikeSas.forEach(
                (connection, ikes) ->
                        ikes.forEach(
                                ike ->
                                        Tunnels.childSas(ike)
                                                .map(child -> sa(connection, child, ike))
                                                .forEach(sas::add)));
        return sas;
    }

    private static Sa sa(String connection, ViciMessage child, ViciMessage ike) {
        var owner =
                new Owner.Child(
                        connection, child.getString("name", "?"), child.getString("uniqueid", ""));
        return new Sa(owner, child, ike);
    }

    private static List<Listed> listed(ViciClient client) throws ViciException {
        var listed = new ArrayList<Listed>();
        var all = ViciMessage.builder().flag("trap", true).flag("pass", true).flag("drop", true);
        try {
            client.stream(
                    "list-policies",
                    "list-policy",
                    all.build(),
                    event -> event.sections().forEach(s -> listed.add(listed(s.body()))));
        } catch (ViciException e) {
            boolean cannot =
                    e.kind() == ViciException.Kind.UNKNOWN_COMMAND
                            || e.kind() == ViciException.Kind.UNKNOWN_EVENT;
            if (!cannot) {
                throw e;
            }
        }
        return listed;
    }

    private static Listed listed(ViciMessage policy) {
        var owner =
                new Owner.Child(policy.getString("ike", "?"), policy.getString("child", "?"), "");
        return new Listed(owner, policy);
    }

    /// By protocol, SPI and destination; a state that is still being negotiated by reqid and
    /// addresses.
    Owner of(XfrmState state) {
        return first(
                find(state.id()),
                state.reqid() == 0
                        ? Optional.empty()
                        : sas.stream()
                                .filter(sa -> hasReqid(sa.child(), state.reqid()))
                                .filter(
                                        sa ->
                                                isBetween(
                                                        sa,
                                                        state.source(),
                                                        state.id().destination()))
                                .findFirst()
                                .map(Sa::owner));
    }

    Owner of(XfrmStateId id) {
        return first(find(id), Optional.empty());
    }

    private Optional<Owner> find(XfrmStateId id) {
        return sas.stream().filter(sa -> isHalfOf(sa, id)).findFirst().map(Sa::owner);
    }

    private static boolean isHalfOf(Sa sa, XfrmStateId id) {
        String destination =
                isAddress(sa.ike().getString("local-host", ""), id.destination())
                        ? "in"
                        : isAddress(sa.ike().getString("remote-host", ""), id.destination())
                                ? "out"
                                : "";
        return switch (XfrmNames.protocol(id.protocol())) {
            case "esp", "ah" ->
                    sa.child()
                                    .getString("protocol", "")
                                    .equalsIgnoreCase(XfrmNames.protocol(id.protocol()))
                            && hasHex(sa.child(), "spi-" + destination, id.spi().value());
            case "comp" -> hasHex(sa.child(), "cpi-" + destination, id.spi().value());
            default -> false;
        };
    }

    /// By the template's reqid together with selectors or addresses: other programs choose reqids,
    /// too.
    Owner of(XfrmPolicy policy) {
        if (policy.id().direction() == XfrmDirection.SOCKET_IN
                || policy.id().direction() == XfrmDirection.SOCKET_OUT) {
            return new Owner.Socket();
        }
        return first(
                sas.stream().filter(sa -> isPolicyOf(sa, policy)).findFirst().map(Sa::owner),
                listed.stream()
                        .filter(entry -> isPolicyOf(entry, policy))
                        .findFirst()
                        .map(Listed::owner));
    }

    private static boolean isPolicyOf(Sa sa, XfrmPolicy policy) {
        return policy.templates().stream()
                .filter(template -> hasReqid(sa.child(), template.reqid()))
                .anyMatch(
                        template ->
                                selects(sa.child(), policy)
                                        || isBetween(
                                                sa, template.source(), template.destination()));
    }

    private static boolean isPolicyOf(Listed listed, XfrmPolicy policy) {
        boolean trap = !policy.templates().isEmpty();
        boolean shunt = List.of("PASS", "DROP").contains(listed.policy().getString("mode", ""));
        boolean reqidFits =
                !listed.policy().has("reqid")
                        || policy.templates().stream()
                                .anyMatch(t -> hasReqid(listed.policy(), t.reqid()));
        return trap != shunt && reqidFits && selects(listed.policy(), policy);
    }

    /// Whether one of the local and one of the remote traffic selectors make this policy.
    private static boolean selects(ViciMessage child, XfrmPolicy policy) {
        XfrmSelector selector = policy.id().selector();
        boolean out = policy.id().direction() == XfrmDirection.OUT;
        IpPrefix local = out ? selector.source() : selector.destination();
        IpPrefix remote = out ? selector.destination() : selector.source();
        return hasPrefix(child.getStrings("local-ts"), local)
                && hasPrefix(child.getStrings("remote-ts"), remote);
    }

    private static boolean hasPrefix(Collection<String> selectors, IpPrefix prefix) {
        return selectors.stream()
                .anyMatch(
                        text -> {
                            String[] parts = text.replaceFirst("\\[.*", "").split("/", 2);
                            return parts.length == 2
                                    && parts[1].equals(Integer.toString(prefix.bits()))
                                    && isAddress(parts[0], prefix.address());
                        });
    }

    private static boolean isBetween(Sa sa, InetAddress source, InetAddress destination) {
        String local = sa.ike().getString("local-host", "");
        String remote = sa.ike().getString("remote-host", "");
        return (isAddress(local, source) && isAddress(remote, destination))
                || (isAddress(remote, source) && isAddress(local, destination));
    }

    private static boolean isAddress(String text, InetAddress address) {
        try {
            return InetAddress.ofLiteral(text).equals(address);
        } catch (IllegalArgumentException _) {
            return false; // %any
        }
    }

    private static boolean hasReqid(ViciMessage child, int reqid) {
        return child.getLong("reqid", -1) == Integer.toUnsignedLong(reqid);
    }

    private static boolean hasHex(ViciMessage child, String key, int value) {
        return child.getString(key, "").equals(Integer.toHexString(value))
                || child.getString(key, "").equals("%08x".formatted(value))
                || child.getString(key, "").equals("%04x".formatted(value));
    }

    private Owner first(Optional<Owner> preferred, Optional<Owner> other) {
        return preferred
                .or(() -> other)
                .orElseGet(() -> known ? new Owner.Foreign() : new Owner.Unknown());
    }
}
