package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildTerms;
import org.keyferry.engine.sa.Roaming;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.VirtualIps;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.TrafficSelector;

/// Mode, IPComp and padding of a CHILD_SA, which notifies negotiate beside the proposals, for both
/// roles of every exchange that makes one (RFC 7296 §1.3.1, §2.22, §2.23.1, §3.10.1).
public final class ChildOptions {
    private static final int IPCOMP_DEFLATE = 2;
    private static final int IPCOMP_BYTES = 3;
    private static final int FIRST_CPI = 256;
    private static final int LAST_CPI = 0xefff;

    /// Initiator: what has to be reserved before a child can be offered.
    static KernelOp.AllocateSpi reservation(SaCore sa, Child child) {
        int protocolId = child.proposals().getFirst().protocolId();
        return new KernelOp.AllocateSpi(
                Roaming.childLocal(sa), Roaming.childRemote(sa), protocolId, asksIpcomp(sa, child));
    }

    /// Responder: what has to be reserved for a child that was agreed on.
    static KernelOp.AllocateSpi reservation(SaCore sa, State.Agreed agreed) {
        return new KernelOp.AllocateSpi(
                Roaming.childLocal(sa),
                Roaming.childRemote(sa),
                agreed.proposal().protocolId(),
                agreed.terms().cpiOut() != 0);
    }

    /// Initiator: the notifies that go with the offer.
    static List<Payload> asked(SaCore sa, State.ChildOffer offer) {
        var notifies = new ArrayList<Payload>();
        if (offer.cpi() != 0) {
            notifies.add(ipcompSupported(offer.cpi()));
        }
        modeNotify(askedMode(sa, offer.child())).ifPresent(notifies::add);
        return notifies;
    }

    /// Responder: the notifies that go with the answer.
    static List<Payload> answered(ChildTerms terms) {
        var notifies = new ArrayList<Payload>();
        terms.ipcomp().ifPresent(c -> notifies.add(ipcompSupported(c.cpiIn())));
        modeNotify(terms.mode()).ifPresent(notifies::add);
        return notifies;
    }

    /// What a responder makes of a request.
    ///
    /// @param tsI, tsR narrowed, and not empty
    record Choice(
            Child child, List<TrafficSelector> tsI, List<TrafficSelector> tsR, ChildTerms terms) {}

    /// Responder: the child that fits best, its selectors and terms.
    ///
    /// @return empty if no child has an address in common with what the peer asks for
    static Optional<Choice> choose(SaCore sa, List<Child> all, List<Payload> request, Outbox out) {
        List<Child> children = all.stream().filter(c -> Labels.agree(c, request)).toList();
        List<TrafficSelector> tsI = tsI(request);
        List<TrafficSelector> tsR = tsR(request);
        if (requestedMode(request) == ChildMode.TRANSPORT && isNatted(sa)) {
            // Behind a NAT the peer cannot know the addresses that packets have here. If these lead
            // to nothing, it is asked what tunnel mode would do with the addresses that it wrote.
            List<Child> transport =
                    children.stream().filter(c -> c.mode() == ChildMode.TRANSPORT).toList();
            Optional<Choice> seen =
                    narrow(
                            sa,
                            transport,
                            replaced(tsI, sa.remote().address(), sa.natRemote()),
                            replaced(tsR, sa.local().address(), sa.natLocal()),
                            request,
                            out);
            if (seen.filter(c -> c.terms().mode() == ChildMode.TRANSPORT).isPresent()) {
                return seen;
            }
        }
        return narrow(sa, children, tsI, tsR, request, out);
    }

    private static Optional<Choice> narrow(
            SaCore sa,
            List<Child> children,
            List<TrafficSelector> tsI,
            List<TrafficSelector> tsR,
            List<Payload> request,
            Outbox out) {
        List<IpAddress> own = VirtualIps.hosts(sa, true);
        List<IpAddress> peer = VirtualIps.hosts(sa, false);
        Optional<Child> child = TrafficSelection.chooseChild(children, tsI, tsR, own, peer);
        if (child.isEmpty()) {
            return Optional.empty();
        }
        var narrowI =
                TrafficSelection.permitted(
                        sa,
                        TrafficSelection.narrow(
                                TrafficSelection.resolve(child.get().remoteTs(), peer), tsI));
        var narrowR =
                TrafficSelection.narrow(TrafficSelection.resolve(child.get().localTs(), own), tsR);
        if (narrowI.isEmpty() || narrowR.isEmpty()) {
            return Optional.empty();
        }
        ChildTerms terms = grant(sa, child.get(), request, narrowI, narrowR, out);
        return Optional.of(new Choice(child.get(), narrowI, narrowR, terms));
    }

    private static ChildTerms grant(
            SaCore sa,
            Child child,
            List<Payload> request,
            List<TrafficSelector> tsI,
            List<TrafficSelector> tsR,
            Outbox out) {
        ChildMode mode = requestedMode(request);
        Optional<String> wrong =
                unacceptable(mode, child, tsI, tsR, sa.remote().address(), sa.local().address());
        if (wrong.isPresent()) {
            out.log(sa, Group.IKE, 1, "not using %s mode: %s", mode, wrong.get());
            mode = ChildMode.TUNNEL;
        }
        int cpi = child.ipcomp() && canIpcomp(sa, mode) ? peersCpi(request) : 0;
        return new ChildTerms(mode, 0, cpi, takesPadding(request));
    }

    /// Why [#choose] came to nothing.
    static Reason noneFits(List<Payload> request) {
        return new Reason.TsUnacceptable(
                tsR(request), tsI(request), "no child of this connection fits");
    }

    /// What an initiator makes of an answer.
    sealed interface Confirmation {
        record Terms(List<TrafficSelector> tsI, List<TrafficSelector> tsR, ChildTerms terms)
                implements Confirmation {}

        record Wrong(Reason reason) implements Confirmation {}
    }

    /// Initiator: the responder may only have narrowed, and confirmed what was asked.
    static Confirmation confirm(SaCore sa, State.ChildOffer offer, List<Payload> answer) {
        List<TrafficSelector> tsI = tsI(answer);
        List<TrafficSelector> tsR = tsR(answer);
        ChildMode mode = requestedMode(answer);
        if (mode == ChildMode.TRANSPORT) {
            tsI = replaced(tsI, sa.local().address(), sa.natLocal());
            tsR = replaced(tsR, sa.remote().address(), sa.natRemote());
        }
        List<IpAddress> wanted = VirtualIps.wanted(sa);
        if (!wanted.isEmpty()) {
            // the addresses that were asked for are known by now
            tsI =
                    TrafficSelection.narrow(
                            TrafficSelection.resolve(
                                    offer.child().localTs(), VirtualIps.hosts(sa, true)),
                            tsI);
            if (tsI.isEmpty()) {
                return wrong(tsI(answer), tsR, "they are not those of our virtual IPs");
            }
        }
        if (!TrafficSelection.within(tsI, offer.tsI())
                || !TrafficSelection.within(tsR, offer.tsR())) {
            return wrong(tsI, tsR, "peer's answer exceeds what was proposed");
        }
        tsR = TrafficSelection.permitted(sa, tsR);
        if (tsR.isEmpty()) {
            return wrong(tsI, tsR, "they are outside of the address blocks of the peer");
        }
        if (!Labels.agree(offer.child(), answer)) {
            return wrong(tsI, tsR, "the peer's security label is not the one that was proposed");
        }
        Optional<String> wrong =
                unacceptable(
                        mode, offer.child(), tsI, tsR, sa.local().address(), sa.remote().address());
        if (wrong.isPresent()) {
            return wrong(
                    tsI,
                    tsR,
                    "%s mode requested by responder is unacceptable: %s"
                            .formatted(mode, wrong.get()));
        }
        int cpi = peersCpi(answer);
        if (cpi != 0 && offer.cpi() == 0) {
            return wrong(tsI, tsR, "peer confirmed IPComp, which was not asked for");
        }
        return new Confirmation.Terms(
                tsI,
                tsR,
                new ChildTerms(mode, cpi == 0 ? 0 : offer.cpi(), cpi, takesPadding(answer)));
    }

    private static Confirmation wrong(
            List<TrafficSelector> tsI, List<TrafficSelector> tsR, String text) {
        return new Confirmation.Wrong(new Reason.TsUnacceptable(tsI, tsR, text));
    }

    private static ChildMode askedMode(SaCore sa, Child child) {
        return child.mode() == ChildMode.BEET && !sa.privateUse() ? ChildMode.TUNNEL : child.mode();
    }

    private static boolean asksIpcomp(SaCore sa, Child child) {
        return child.ipcomp() && canIpcomp(sa, askedMode(sa, child));
    }

    /// In transport mode a NAT spoils the checksums of what is compressed, and the kernel, which
    /// passes over those that came in UDP, looks at them again after it was decompressed. It has no
    /// IPComp in BEET mode.
    private static boolean canIpcomp(SaCore sa, ChildMode mode) {
        return switch (mode) {
            case TUNNEL -> true;
            case TRANSPORT -> !isNatted(sa);
            case BEET, PASS, DROP -> false;
        };
    }

    private static boolean isNatted(SaCore sa) {
        return sa.natLocal() || sa.natRemote();
    }

    /// Why a child cannot have a mode; empty if it can.
    private static Optional<String> unacceptable(
            ChildMode mode,
            Child child,
            List<TrafficSelector> tsI,
            List<TrafficSelector> tsR,
            IpAddress initiator,
            IpAddress responder) {
        if (mode == ChildMode.TUNNEL) {
            return Optional.empty();
        }
        if (child.mode() != mode) {
            return Optional.of(
                    "child '%s' is configured for %s".formatted(child.name(), child.mode()));
        }
        boolean hosts =
                mode == ChildMode.TRANSPORT
                        ? tsI.stream().allMatch(ts -> isHost(ts, initiator))
                                && tsR.stream().allMatch(ts -> isHost(ts, responder))
                        : Stream.concat(tsI.stream(), tsR.stream()).allMatch(ChildOptions::isHost);
        return hosts ? Optional.empty() : Optional.of("not host-to-host");
    }

    private static boolean isHost(TrafficSelector ts) {
        return ts.addresses().first().equals(ts.addresses().last());
    }

    private static boolean isHost(TrafficSelector ts, IpAddress host) {
        return ts.addresses().equals(AddressRange.host(host));
    }

    /// Transport mode behind a NAT: hosts get the address that packets have here (RFC 7296
    /// §2.23.1).
    private static List<TrafficSelector> replaced(
            List<TrafficSelector> selectors, IpAddress seen, boolean behindNat) {
        return behindNat
                ? selectors.stream().map(ts -> isHost(ts) ? at(ts, seen) : ts).toList()
                : selectors;
    }

    private static TrafficSelector at(TrafficSelector ts, IpAddress address) {
        return new TrafficSelector(ts.ipProtocol(), ts.ports(), AddressRange.host(address));
    }

    private static ChildMode requestedMode(List<Payload> payloads) {
        if (IkeMessage.notify(payloads, NotifyType.USE_TRANSPORT_MODE).isPresent()) {
            return ChildMode.TRANSPORT;
        }
        return IkeMessage.notify(payloads, NotifyType.USE_BEET_MODE).isPresent()
                ? ChildMode.BEET
                : ChildMode.TUNNEL;
    }

    private static Optional<Payload> modeNotify(ChildMode mode) {
        return switch (mode) {
            case TRANSPORT -> Optional.of(Payload.Notify.of(NotifyType.USE_TRANSPORT_MODE));
            case BEET -> Optional.of(Payload.Notify.of(NotifyType.USE_BEET_MODE));
            case TUNNEL, PASS, DROP -> Optional.empty();
        };
    }

    /// NON_FIRST_FRAGMENTS_ALSO needs no answer: it is a "may", and fragments are never told apart
    /// here (RFC 7296 §1.3.1).
    private static boolean takesPadding(List<Payload> payloads) {
        return IkeMessage.notify(payloads, NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED).isEmpty();
    }

    /// Of the first notify that speaks of DEFLATE; 0 if there is none.
    private static int peersCpi(List<Payload> payloads) {
        return IkeMessage.all(payloads, Payload.Notify.class).stream()
                .filter(n -> n.notifyType() == NotifyType.IPCOMP_SUPPORTED)
                .map(n -> n.data().toArray())
                .filter(data -> data.length == IPCOMP_BYTES && data[2] == IPCOMP_DEFLATE)
                .mapToInt(data -> ((data[0] & 0xff) << 8) | (data[1] & 0xff))
                .filter(cpi -> cpi >= FIRST_CPI && cpi <= LAST_CPI)
                .findFirst()
                .orElse(0);
    }

    private static Payload ipcompSupported(int cpi) {
        byte[] data = {(byte) (cpi >> 8), (byte) cpi, IPCOMP_DEFLATE};
        return Payload.Notify.of(NotifyType.IPCOMP_SUPPORTED, Bytes.of(data));
    }

    private static List<TrafficSelector> tsI(List<Payload> payloads) {
        return IkeMessage.first(payloads, Payload.TsInitiator.class)
                .map(Payload.TsInitiator::selectors)
                .orElse(List.of());
    }

    private static List<TrafficSelector> tsR(List<Payload> payloads) {
        return IkeMessage.first(payloads, Payload.TsResponder.class)
                .map(Payload.TsResponder::selectors)
                .orElse(List.of());
    }

    private ChildOptions() {}
}
