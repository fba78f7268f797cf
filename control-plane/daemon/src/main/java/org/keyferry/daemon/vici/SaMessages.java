package org.keyferry.daemon.vici;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.model.Mark;
import org.keyferry.vici.ViciMessage;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformNames;
import org.keyferry.wire.TransformType;

/// SAs as sections of VICI messages. The order of the keys counts: clients print as they read.
final class SaMessages {
    private static final Counters NOTHING = new Counters(0, 0, Optional.empty());

    /// A whole IKE_SA as `list-sa` has it.
    ///
    /// @param now on the daemon's clock, `wallTime` on the kernel's
    static ViciMessage whole(
            IkeView ike,
            List<ChildView> children,
            Map<StateKey, Counters> counters,
            Instant now,
            Instant wallTime) {
        var out = ViciMessage.builder();
        ikeKeys(out, ike, now);
        out.section(
                "child-sas",
                section ->
                        children.forEach(child -> child(section, child, counters, now, wallTime)));
        return out.build();
    }

    /// An IKE_SA as `ike-updown` and `child-updown` have it; the kernel is not asked for counters.
    static ViciMessage ofEvent(IkeView ike, List<ChildView> children, Instant now) {
        if (!children.isEmpty()) {
            return whole(ike, children, Map.of(), now, now);
        }
        var out = ViciMessage.builder();
        ikeKeys(out, ike, now);
        return out.build();
    }

    /// A CHILD_SA and the one in its place as `child-rekey` has them.
    static ViciMessage rekeyed(ChildView former, ChildView now, Instant time) {
        return ViciMessage.builder()
                .section("old", out -> childKeys(out, former, Map.of(), time, time))
                .section("new", out -> childKeys(out, now, Map.of(), time, time))
                .build();
    }

    private static void ikeKeys(ViciMessage.Builder out, IkeView ike, Instant now) {
        out.put("uniqueid", ike.uniqueId()).put("version", "2").put("state", ike.state());
        out.put("local-host", host(ike.local().address()));
        out.put("local-port", ike.local().port());
        out.put("local-id", ike.localId().toString());
        out.put("remote-host", host(ike.remote().address()));
        out.put("remote-port", ike.remote().port());
        out.put("remote-id", ike.remoteId().toString());
        ike.login()
                .eapIdentity()
                .filter(id -> !id.equals(ike.remoteId()))
                .ifPresent(id -> out.put("remote-eap-id", id.toString()));
        out.flag("initiator", ike.initiator());
        out.put("initiator-spi", hex16(ike.initiatorSpi().value()));
        out.put("responder-spi", hex16(ike.responderSpi().value()));
        out.flag("nat-local", ike.natLocal()).flag("nat-remote", ike.natRemote());
        out.flag("nat-fake", ike.natFake());
        out.flag("nat-any", ike.natLocal() || ike.natRemote() || ike.natFake());
        putHex8(out, "if-id-in", ike.interfaceIds().in());
        putHex8(out, "if-id-out", ike.interfaceIds().out());
        if (ike.proposal() != null) {
            algorithms(out, ike.proposal());
        }
        if (ike.ppk()) {
            out.put("ppk", "yes");
        }
        if (ike.state().equals("ESTABLISHED")) {
            out.put("established", Duration.between(ike.established(), now).toSeconds());
            putUntil(out, "rekey-time", now, ike.rekeyAt());
            putUntil(out, "reauth-time", now, ike.reauthAt());
        }
        out.listIfAny("local-vips", addresses(ike.virtualIps().local()));
        out.listIfAny("remote-vips", addresses(ike.virtualIps().remote()));
        out.listIfAny("tasks-queued", ike.tasks().queued());
        out.listIfAny("tasks-active", ike.tasks().active());
        out.listIfAny("tasks-passive", ike.tasks().passive());
    }

    /// Nothing for what is not to come.
    private static void putUntil(ViciMessage.Builder out, String key, Instant now, Instant at) {
        if (!at.equals(Instant.MAX)) {
            out.put(key, Duration.between(now, at).toSeconds());
        }
    }

    private static List<String> addresses(List<IpAddress> addresses) {
        return addresses.stream().map(IpAddress::toString).toList();
    }

    private static String host(IpAddress address) {
        return address.isAny() ? "%any" : address.toString();
    }

    private static void algorithms(ViciMessage.Builder out, Proposal proposal) {
        proposal.ofType(TransformType.ENCR).forEach(encr -> algorithm(out, "encr", encr));
        proposal.ofType(TransformType.INTEG).stream()
                .filter(integ -> integ.id() != 0)
                .forEach(integ -> algorithm(out, "integ", integ));
        proposal.ofType(TransformType.PRF).forEach(prf -> out.put("prf-alg", name(prf)));
        keyExchanges(out, proposal.transforms());
    }

    /// Those of type KE, then the additional ones by their rounds.
    private static void keyExchanges(ViciMessage.Builder out, List<Transform> transforms) {
        keyExchange(out, "dh-group", TransformType.KE, transforms);
        for (int round = 1; round <= 7; round++) {
            keyExchange(out, "ake" + round, TransformType.ADDKE1 + round - 1, transforms);
        }
    }

    private static void keyExchange(
            ViciMessage.Builder out, String key, int type, List<Transform> transforms) {
        transforms.stream()
                .filter(ke -> ke.type() == type && ke.id() != 0)
                .forEach(ke -> out.put(key, name(ke)));
    }

    private static void algorithm(ViciMessage.Builder out, String kind, Transform transform) {
        out.put(kind + "-alg", name(transform));
        if (transform.keyBits() != 0) {
            out.put(kind + "-keysize", transform.keyBits());
        }
    }

    private static String name(Transform transform) {
        return TransformNames.name(transform.type(), transform.id());
    }

    private static void child(
            ViciMessage.Builder out,
            ChildView view,
            Map<StateKey, Counters> counters,
            Instant now,
            Instant wallTime) {
        ChildInstallation child = view.installation();
        out.section(
                child.config().name() + "-" + child.childUniqueId(),
                section -> childKeys(section, view, counters, now, wallTime));
    }

    private static void childKeys(
            ViciMessage.Builder out,
            ChildView view,
            Map<StateKey, Counters> counters,
            Instant now,
            Instant wallTime) {
        ChildInstallation child = view.installation();
        out.put("name", child.config().name()).put("uniqueid", child.childUniqueId());
        out.put("reqid", Integer.toUnsignedString(child.reqid()));
        out.put("state", view.state()).put("mode", child.mode().name());
        ListConns.label(out, child.config());
        if (HAS_STATES.contains(view.state())) {
            states(out, view, counters, now, wallTime);
        }
        out.list("local-ts", texts(child.localTs()));
        out.list("remote-ts", texts(child.remoteTs()));
    }

    private static final List<String> HAS_STATES =
            List.of("INSTALLED", "REKEYING", "REKEYED", "DELETING", "DELETED");

    private static void states(
            ViciMessage.Builder out,
            ChildView view,
            Map<StateKey, Counters> counters,
            Instant now,
            Instant wallTime) {
        ChildInstallation child = view.installation();
        out.put("protocol", ProtocolId.name(child.protocolId())).flag("encap", child.encap());
        out.flag("tcp", child.remote().tcp());
        out.put("spi-in", hex8(child.spiIn().value()));
        out.put("spi-out", hex8(child.spiOut().value()));
        child.ipcomp()
                .ifPresent(
                        ipcomp -> {
                            out.put("cpi-in", "%04x".formatted(ipcomp.cpiIn()));
                            out.put("cpi-out", "%04x".formatted(ipcomp.cpiOut()));
                        });
        mark(out, "in", child.tags().markIn());
        mark(out, "out", child.tags().markOut());
        putHex8(out, "if-id-in", child.tags().ifIdIn());
        putHex8(out, "if-id-out", child.tags().ifIdOut());
        if (child.encr() != null) {
            algorithm(out, "encr", child.encr());
        }
        if (child.integ() != null) {
            algorithm(out, "integ", child.integ());
        }
        keyExchanges(out, child.keyExchanges());
        if (child.esn()) {
            out.put("esn", "1");
        }
        usage(out, "in", counters.getOrDefault(StateKey.inbound(child), NOTHING), wallTime);
        usage(out, "out", counters.getOrDefault(StateKey.outbound(child), NOTHING), wallTime);
        long age = Duration.between(view.installed(), now).toSeconds();
        if (child.softSeconds() != 0) {
            out.put("rekey-time", child.softSeconds() - age);
        }
        if (child.hardSeconds() != 0) {
            out.put("life-time", child.hardSeconds() - age);
        }
        out.put("install-time", age);
    }

    private static void mark(ViciMessage.Builder out, String direction, Mark mark) {
        if (!mark.equals(Mark.NONE)) {
            out.put("mark-" + direction, hex8(mark.value()));
            if (mark.mask() != -1) {
                out.put("mark-mask-" + direction, hex8(mark.mask()));
            }
        }
    }

    private static void usage(
            ViciMessage.Builder out, String direction, Counters used, Instant wallTime) {
        out.put("bytes-" + direction, Long.toUnsignedString(used.bytes()));
        out.put("packets-" + direction, Long.toUnsignedString(used.packets()));
        used.lastUsed()
                .ifPresent(
                        last ->
                                out.put(
                                        "use-" + direction,
                                        Math.max(0, Duration.between(last, wallTime).toSeconds())));
    }

    private static List<String> texts(List<TrafficSelector> selectors) {
        return selectors.stream().map(TrafficSelector::toString).toList();
    }

    private static void putHex8(ViciMessage.Builder out, String key, int value) {
        if (value != 0) {
            out.put(key, hex8(value));
        }
    }

    private static String hex8(int value) {
        return "%08x".formatted(value);
    }

    private static String hex16(long value) {
        return "%016x".formatted(value);
    }

    private SaMessages() {}
}
