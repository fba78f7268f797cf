package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.keyferry.netlink.xfrm.XfrmLifetime;
import org.keyferry.netlink.xfrm.XfrmMark;
import org.keyferry.netlink.xfrm.XfrmNames;
import org.keyferry.netlink.xfrm.XfrmOffload;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.netlink.xfrm.XfrmTemplate;
import org.keyferry.netlink.xfrm.XfrmUsage;

/// The kernel's things as JSON. Never a key. Times are seconds since the epoch.
final class XfrmJson {
    private XfrmJson() {}

    static void state(JsonGenerator json, XfrmState state, Owner owner) throws IOException {
        json.writeStartObject();
        stateFields(json, state);
        owner.write(json);
        json.writeEndObject();
    }

    static void stateFields(JsonGenerator json, XfrmState state) throws IOException {
        idFields(json, state.id());
        json.writeStringField("source", state.source().getHostAddress());
        json.writeStringField("mode", state.mode().toString());
        json.writeNumberField("reqid", Integer.toUnsignedLong(state.reqid()));
        strings(json, "algorithms", XfrmText.algorithms(state));
        strings(json, "flags", XfrmText.flags(state));
        json.writeNumberField("replay-window", state.replayWindowPackets());
        if (state.options().encap().isPresent()) {
            var encap = state.options().encap().get();
            json.writeObjectFieldStart("encap");
            json.writeStringField("type", XfrmNames.encapsulation(encap.type()));
            json.writeNumberField("source-port", encap.sourcePort());
            json.writeNumberField("destination-port", encap.destinationPort());
            json.writeEndObject();
        }
        ifId(json, state.options().ifId());
        if (state.options().offload().isPresent()) {
            offload(json, state.options().offload().get());
        }
        usage(json, state.usage());
        lifetime(json, state.lifetime());
        json.writeObjectFieldStart("errors");
        json.writeNumberField(
                "replay-window", Integer.toUnsignedLong(state.failures().outsideReplayWindow()));
        json.writeNumberField("replay", Integer.toUnsignedLong(state.failures().replayed()));
        json.writeNumberField(
                "integrity", Integer.toUnsignedLong(state.failures().integrityFailed()));
        json.writeEndObject();
    }

    static void idFields(JsonGenerator json, XfrmStateId id) throws IOException {
        json.writeStringField("spi", id.spi().toString());
        json.writeStringField("protocol", XfrmNames.protocol(id.protocol()));
        json.writeStringField("destination", id.destination().getHostAddress());
        mark(json, id.mark());
    }

    static void policy(JsonGenerator json, XfrmPolicy policy, Owner owner) throws IOException {
        json.writeStartObject();
        policyFields(json, policy);
        owner.write(json);
        json.writeEndObject();
    }

    static void policyFields(JsonGenerator json, XfrmPolicy policy) throws IOException {
        json.writeStringField("direction", XfrmNames.direction(policy.id().direction()));
        selector(json, policy.id().selector());
        json.writeStringField("action", XfrmNames.action(policy.action()));
        json.writeNumberField("priority", Integer.toUnsignedLong(policy.priority()));
        json.writeNumberField("index", Integer.toUnsignedLong(policy.id().index()));
        mark(json, policy.id().mark());
        ifId(json, policy.id().ifId());
        if (policy.offload().isPresent()) {
            offload(json, policy.offload().get());
        }
        json.writeArrayFieldStart("templates");
        for (XfrmTemplate template : policy.templates()) {
            template(json, template);
        }
        json.writeEndArray();
        usage(json, policy.usage());
    }

    static void selector(JsonGenerator json, XfrmSelector selector) throws IOException {
        json.writeStringField("source", selector.source().toString());
        json.writeStringField("destination", selector.destination().toString());
        if (selector.protocol() != 0) {
            json.writeNumberField("ip-protocol", selector.protocol());
        }
        if (selector.sourcePorts().mask() != 0) {
            json.writeStringField("source-ports", selector.sourcePorts().toString());
        }
        if (selector.destinationPorts().mask() != 0) {
            json.writeStringField("destination-ports", selector.destinationPorts().toString());
        }
        if (selector.interfaceIndex() != 0) {
            json.writeStringField("interface", XfrmText.device(selector.interfaceIndex()));
        }
    }

    private static void template(JsonGenerator json, XfrmTemplate template) throws IOException {
        json.writeStartObject();
        json.writeStringField("protocol", XfrmNames.protocol(template.protocol()));
        json.writeStringField("mode", template.mode().toString());
        json.writeNumberField("reqid", Integer.toUnsignedLong(template.reqid()));
        json.writeStringField("source", template.source().getHostAddress());
        json.writeStringField("destination", template.destination().getHostAddress());
        json.writeStringField("spi", template.spi().toString());
        json.writeBooleanField("optional", template.optional());
        json.writeEndObject();
    }

    private static void mark(JsonGenerator json, XfrmMark mark) throws IOException {
        if (!mark.equals(XfrmMark.NONE)) {
            json.writeStringField("mark", mark.toString());
        }
    }

    private static void ifId(JsonGenerator json, int ifId) throws IOException {
        if (ifId != 0) {
            json.writeNumberField("if-id", Integer.toUnsignedLong(ifId));
        }
    }

    private static void offload(JsonGenerator json, XfrmOffload offload) throws IOException {
        json.writeObjectFieldStart("offload");
        json.writeStringField("device", XfrmText.device(offload.interfaceIndex()));
        json.writeStringField("kind", offload.isPacket() ? "packet" : "crypto");
        json.writeEndObject();
    }

    private static void usage(JsonGenerator json, XfrmUsage usage) throws IOException {
        json.writeNumberField("bytes", usage.bytes());
        json.writeNumberField("packets", usage.packets());
        json.writeNumberField("added-at", usage.addedAtSeconds());
        json.writeNumberField("used-at", usage.usedAtSeconds());
    }

    private static void lifetime(JsonGenerator json, XfrmLifetime lifetime) throws IOException {
        json.writeObjectFieldStart("limits");
        limit(json, "soft-bytes", lifetime.softLimitBytes(), XfrmLifetime.NO_LIMIT);
        limit(json, "hard-bytes", lifetime.hardLimitBytes(), XfrmLifetime.NO_LIMIT);
        limit(json, "soft-packets", lifetime.softLimitPackets(), XfrmLifetime.NO_LIMIT);
        limit(json, "hard-packets", lifetime.hardLimitPackets(), XfrmLifetime.NO_LIMIT);
        limit(json, "soft-seconds", lifetime.softAddSeconds(), 0);
        limit(json, "hard-seconds", lifetime.hardAddSeconds(), 0);
        json.writeEndObject();
    }

    private static void limit(JsonGenerator json, String name, long value, long unlimited)
            throws IOException {
        if (value != unlimited) {
            json.writeNumberField(name, value);
        }
    }

    private static void strings(JsonGenerator json, String name, List<String> values)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
