package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Lease;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.VirtualIps;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Configuration payloads as responder (RFC 7296 §2.19, §3.15): what the peer asks for, and what it
/// gets. The initiator's side is [ConfigRequest].
public final class ConfigAnswer {
    private static final int HOST_PREFIX_BITS = 128;

    /// More addresses nobody needs.
    private static final int MOST_ADDRESSES = 16;

    /// What the peer asks for; empty if it sent no request at all.
    static Optional<AddressRequest> request(SaCore sa, List<Payload> payloads, Outbox out) {
        boolean asks =
                payloads.stream()
                        .filter(Payload.Configuration.class::isInstance)
                        .map(Payload.Configuration.class::cast)
                        .anyMatch(c -> c.cfgType() == Payload.Configuration.REQUEST);
        if (!asks) {
            return Optional.empty();
        }
        List<IpAddress> wanted =
                ConfigAttributes.of(payloads, Payload.Configuration.REQUEST).stream()
                        .filter(ConfigAttributes::isAddress)
                        .limit(MOST_ADDRESSES)
                        .map(ConfigAnswer::wanted)
                        .toList();
        wanted.forEach(
                address ->
                        out.log(sa, Group.IKE, 1, "peer requested virtual IP %s", text(address)));
        return Optional.of(
                new AddressRequest(
                        sa.uniqueId(),
                        sa.name(),
                        sa.peerName(),
                        sa.remote(),
                        sa.connection().addressing().pools(),
                        wanted));
    }

    private static IpAddress wanted(ConfigAttribute attribute) {
        boolean v6 = attribute.type() == ConfigAttribute.INTERNAL_IP6_ADDRESS;
        return ConfigAttributes.address(attribute).orElse(v6 ? IpAddress.ANY_V6 : IpAddress.ANY_V4);
    }

    private static String text(IpAddress address) {
        return address.isAny() ? (address.v6() ? "%any6" : "%any") : address.toString();
    }

    /// Takes down what was given.
    ///
    /// @return the answer's payload; empty if there is nothing to tell
    static Optional<Payload> give(
            SaCore sa, AddressRequest request, AddressAnswer answer, Outbox out) {
        var leases = new ArrayList<Lease>();
        var attributes = new ArrayList<ConfigAttribute>();
        for (int i = 0; i < request.wanted().size(); i++) {
            Optional<IpAddress> given = answer.given().get(i);
            if (given.isPresent()) {
                out.log(
                        sa,
                        Group.IKE,
                        1,
                        "assigning virtual IP %s to peer '%s'",
                        given.get(),
                        request.identity());
                leases.add(new Lease(given.get(), request.identity(), request.peer()));
                attributes.add(ConfigAttributes.address(given.get(), HOST_PREFIX_BITS));
            } else {
                out.log(
                        sa,
                        Group.IKE,
                        1,
                        "no virtual IP found for %s requested by '%s'",
                        text(request.wanted().get(i)),
                        request.identity());
            }
        }
        attributes.addAll(answer.attributes());
        sa.virtualIps(new VirtualIps(List.of(), leases, List.of()));
        boolean none = leases.isEmpty() && !request.wanted().isEmpty();
        return none || attributes.isEmpty()
                ? Optional.empty()
                : Optional.of(new Payload.Configuration(Payload.Configuration.REPLY, attributes));
    }

    /// Why a peer that asked gets no CHILD_SA: it got no address. Partly served it is served.
    static Optional<IkeAuthAnswer.ChildRefusal> refusal(
            SaCore sa, AddressRequest request, AddressAnswer answer, Outbox out) {
        if (!answer.addresses().isEmpty()) {
            return Optional.empty();
        }
        if (request.wanted().isEmpty()) {
            return unasked(sa, out);
        }
        out.log(sa, Group.IKE, 1, "no virtual IP found, sending INTERNAL_ADDRESS_FAILURE");
        return Optional.of(
                new IkeAuthAnswer.ChildRefusal(
                        NotifyType.INTERNAL_ADDRESS_FAILURE,
                        new Reason.NoAddress(answer.shortage())));
    }

    /// Why a peer that asked for no address gets no CHILD_SA: it has to have one of ours.
    static Optional<IkeAuthAnswer.ChildRefusal> unasked(SaCore sa, Outbox out) {
        if (sa.connection().addressing().pools().isEmpty()) {
            return Optional.empty();
        }
        out.log(sa, Group.IKE, 1, "expected a virtual IP request, sending FAILED_CP_REQUIRED");
        return Optional.of(
                new IkeAuthAnswer.ChildRefusal(
                        NotifyType.FAILED_CP_REQUIRED,
                        new Reason.NoAddress("peer asked for none, but has to")));
    }

    /// Nobody uses what was given.
    public static void giveBack(AddressRequest request, AddressAnswer answer, Outbox out) {
        for (IpAddress address : answer.addresses()) {
            out.add(new Effect.GiveBack(new Lease(address, request.identity(), request.peer())));
        }
    }

    private ConfigAnswer() {}
}
