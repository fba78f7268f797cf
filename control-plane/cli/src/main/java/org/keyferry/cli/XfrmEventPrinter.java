package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmNames;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmState;

/// Prints events of the kernel, each on a line of its own.
record XfrmEventPrinter(PrintWriter out, PrintWriter err, boolean json, LiveOwners owners)
        implements Kernel.Listener {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    /// One event made ready to print.
    ///
    /// @param name such as `state-added`
    /// @param text the rest of the line
    /// @param body fields of the JSON object beside name and owner
    private record Told(String name, String text, Optional<Owner> owner, Json.Body body) {}

    @Override
    public void event(XfrmEvent event) {
        Told told = tell(event);
        if (!json) {
            out.printf(
                    "%s  %-15s  %s%s%n",
                    CLOCK.format(LocalTime.now(ZoneId.systemDefault())),
                    told.name(),
                    told.text(),
                    told.owner().map(owner -> "  " + owner.text()).orElse(""));
            out.flush();
            return;
        }
        try {
            Json.printLine(
                    out,
                    generator -> {
                        generator.writeStartObject();
                        generator.writeStringField("event", told.name());
                        told.body().write(generator);
                        if (told.owner().isPresent()) {
                            told.owner().get().write(generator);
                        }
                        generator.writeEndObject();
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void lost() {
        err.println("note: events came too fast, some were lost");
    }

    private Told tell(XfrmEvent event) {
        return switch (event) {
            case XfrmEvent.StateAdded(var state) -> state("state-added", state, "");
            case XfrmEvent.StateUpdated(var state) -> state("state-updated", state, "");
            case XfrmEvent.StateExpired(var state, var hard) ->
                    state("state-expired", state, hard ? "  hard limit" : "  soft limit");
            case XfrmEvent.StateDeleted deleted -> deleted(deleted);
            case XfrmEvent.PolicyAdded(var policy) -> policy("policy-added", policy);
            case XfrmEvent.PolicyUpdated(var policy) -> policy("policy-updated", policy);
            case XfrmEvent.PolicyExpired(var policy, _) -> policy("policy-expired", policy);
            case XfrmEvent.PolicyDeleted(var id, var policy) ->
                    policy.map(p -> policy("policy-deleted", p))
                            .orElseGet(() -> plain("policy-deleted", id.toString()));
            case XfrmEvent.Acquire acquire -> acquire(acquire);
            case XfrmEvent.MappingChanged mapping ->
                    new Told(
                            "mapping-changed",
                            "%s from %s[%d] to %s[%d]"
                                    .formatted(
                                            mapping.id(),
                                            mapping.oldSource().getHostAddress(),
                                            mapping.oldSourcePort(),
                                            mapping.newSource().getHostAddress(),
                                            mapping.newSourcePort()),
                            Optional.of(owners.find(o -> o.of(mapping.id()))),
                            generator -> mapping(generator, mapping));
            case XfrmEvent.StatesFlushed(var protocol) ->
                    plain("states-flushed", "protocol " + XfrmNames.protocol(protocol));
            case XfrmEvent.PoliciesFlushed _ -> plain("policies-flushed", "all");
            case XfrmEvent.Replay(var replay) -> plain("replay", replay.id().toString());
            case XfrmEvent.Migrated _ -> plain("migrated", "policies and states");
            case XfrmEvent.Reported(var protocol, var selector) ->
                    plain("reported", protocol + " " + XfrmText.selector(selector));
            case XfrmEvent.Unrecognized(var type) -> plain("unrecognized", "message type " + type);
        };
    }

    private Told state(String name, XfrmState state, String more) {
        String algorithms = String.join(" ", XfrmText.algorithms(state));
        String text =
                "%s from %s to %s %s reqid %s%s%s"
                        .formatted(
                                state.id().spi(),
                                XfrmText.source(state),
                                XfrmText.destination(state),
                                state.mode(),
                                Integer.toUnsignedString(state.reqid()),
                                algorithms.isEmpty() ? "" : " " + algorithms,
                                more);
        Owner owner = owners.find(o -> o.of(state));
        return new Told(
                name,
                XfrmNames.protocol(state.id().protocol()) + " " + text,
                Optional.of(owner),
                generator -> XfrmJson.stateFields(generator, state));
    }

    private Told deleted(XfrmEvent.StateDeleted deleted) {
        if (deleted.state().isPresent()) {
            return state("state-deleted", deleted.state().get(), "");
        }
        return new Told(
                "state-deleted",
                deleted.id().toString(),
                Optional.of(owners.find(o -> o.of(deleted.id()))),
                generator -> XfrmJson.idFields(generator, deleted.id()));
    }

    private Told policy(String name, XfrmPolicy policy) {
        String text =
                "%s %s %s priority %s %s"
                        .formatted(
                                XfrmNames.direction(policy.id().direction()),
                                XfrmText.selector(policy.id().selector()),
                                XfrmNames.action(policy.action()),
                                Integer.toUnsignedString(policy.priority()),
                                XfrmText.templates(policy));
        return new Told(
                name,
                text,
                Optional.of(owners.find(o -> o.of(policy))),
                generator -> XfrmJson.policyFields(generator, policy));
    }

    private Told acquire(XfrmEvent.Acquire acquire) {
        String text =
                "%s for %s wants %s"
                        .formatted(
                                XfrmNames.protocol(acquire.protocol()),
                                XfrmText.selector(acquire.packet()),
                                XfrmText.templates(acquire.policy()));
        return new Told(
                "acquire",
                text,
                Optional.of(owners.find(o -> o.of(acquire.policy()))),
                generator -> {
                    generator.writeObjectFieldStart("packet");
                    XfrmJson.selector(generator, acquire.packet());
                    generator.writeEndObject();
                    generator.writeObjectFieldStart("policy");
                    XfrmJson.policyFields(generator, acquire.policy());
                    generator.writeEndObject();
                });
    }

    private static Told plain(String name, String text) {
        return new Told(
                name,
                text,
                Optional.empty(),
                generator -> generator.writeStringField("what", text));
    }

    private static void mapping(JsonGenerator generator, XfrmEvent.MappingChanged mapping)
            throws IOException {
        XfrmJson.idFields(generator, mapping.id());
        generator.writeStringField("old-source", mapping.oldSource().getHostAddress());
        generator.writeNumberField("old-source-port", mapping.oldSourcePort());
        generator.writeStringField("new-source", mapping.newSource().getHostAddress());
        generator.writeNumberField("new-source-port", mapping.newSourcePort());
    }
}
