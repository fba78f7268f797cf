package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.ChildKeys;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.Acquire;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Ids;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.Lifetimes;
import org.keyferry.engine.sa.Roaming;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// What both roles do to bring a CHILD_SA into the kernel and out of it (RFC 7296 §2.17).
public final class FirstChild {
    private static final int ESN_YES = 1;

    /// Derives the keys and has the CHILD_SA installed.
    ///
    /// @param spiIn the one that the kernel gave us
    static ChildSa install(
            SaCore sa,
            State.InitTranscript transcript,
            State.Agreed agreed,
            ChildSpi spiIn,
            Outbox out) {
        boolean patient = !sa.isInitiator() && Takeover.isAhead(sa, agreed);
        var how = new How(Lane.OWN, sa.isInitiator(), Optional.empty(), patient);
        try (Secret none = Secret.owned(new byte[0])) {
            var material = new Material(transcript.nonceI(), transcript.nonceR(), null, none);
            return install(sa, how, material, agreed, spiIn, out);
        }
    }

    /// What the keys of a CHILD_SA are made of besides SK_d.
    ///
    /// @param shared of a key exchange of its own, `null` without one
    /// @param additional secrets of additional key exchanges (RFC 9370)
    record Material(Bytes nonceI, Bytes nonceR, Secret shared, Secret additional) {}

    /// @param lane of the exchange
    /// @param initiator whether this side initiated the exchange
    /// @param replaced whose reqid, marks and interface ids are kept
    /// @param patient see [ChildInstallation]
    record How(Lane lane, boolean initiator, Optional<ChildSa> replaced, boolean patient) {}

    /// The same for a CHILD_SA of any exchange.
    static ChildSa install(
            SaCore sa,
            How how,
            Material material,
            State.Agreed agreed,
            ChildSpi spiIn,
            Outbox out) {
        boolean initiator = how.initiator();
        Proposal proposal = agreed.proposal();
        Transform encr = proposal.ofType(TransformType.ENCR).stream().findFirst().orElse(null);
        Transform integ = proposal.ofType(TransformType.INTEG).stream().findFirst().orElse(null);
        byte[] skD = sa.keys().skD();
        DirectionKeys keys =
                byDirection(
                        ChildKeys.derive(
                                Prf.of(sa.suite().prfId()),
                                skD,
                                material.shared(),
                                material.nonceI(),
                                material.nonceR(),
                                material.additional(),
                                encr,
                                integ),
                        initiator);
        java.util.Arrays.fill(skD, (byte) 0);
        var localTs = initiator ? agreed.tsI() : agreed.tsR();
        var remoteTs = initiator ? agreed.tsR() : agreed.tsI();
        Child config = agreed.child();
        Optional<Ids.Trap> trap =
                sa.ids()
                        .trap(sa.name(), config.name())
                        .filter(t -> initiator || t.covers(localTs, remoteTs));
        var tags =
                how.replaced()
                        .map(old -> old.installation().tags())
                        .or(() -> trap.map(Ids.Trap::tags))
                        .orElseGet(() -> ChildTags.resolve(sa.interfaceIds(), config, sa.ids()));
        var reqidKey =
                how.replaced()
                        .map(ChildSa::reqidKey)
                        .or(() -> trap.map(Ids.Trap::key))
                        .orElseGet(() -> Ids.ReqidKey.of(tags, localTs, remoteTs, config.label()));
        Optional<Acquire> acquire =
                initiator ? sa.wishes().acquire(config.name()) : Optional.empty();
        int configured = config.kernel().reqid();
        int reqid = configured != 0 ? configured : sa.ids().reqid(reqidKey);
        Lifetime life = config.lifetime();
        var installation =
                new ChildInstallation(
                        sa.name(),
                        sa.uniqueId(),
                        sa.ids().nextChild(),
                        config,
                        agreed.terms().mode(),
                        proposal.protocolId(),
                        agreed.terms().ipcomp(),
                        agreed.terms().padding(),
                        tags,
                        reqid,
                        spiIn,
                        agreed.peerSpi(),
                        Roaming.childLocal(sa),
                        Roaming.childRemote(sa),
                        sa.encap(Roaming.childRemote(sa)),
                        encr,
                        integ,
                        proposal.ofType(TransformType.ESN).stream()
                                .anyMatch(t -> t.id() == ESN_YES),
                        sorted(localTs),
                        sorted(remoteTs),
                        softSeconds(sa, life),
                        life.lifeTime().toSeconds(),
                        how.patient(),
                        acquire.map(Acquire::sequence).orElse(0),
                        material.shared() == null ? List.of() : keyExchanges(proposal));
        ChildSa.KeyAge age =
                how.replaced()
                        .filter(_ -> material.shared() == null)
                        .map(ChildSa::keyAge)
                        .map(former -> new ChildSa.KeyAge(former.without() + 1, former.last()))
                        .orElseGet(() -> new ChildSa.KeyAge(0, sa.now()));
        var child = ChildSa.installing(installation, reqidKey, ChildSa.Keys.of(keys), age);
        out.install(sa, how.lane(), child, keys);
        return child;
    }

    /// In one order whoever proposed them, so that lists of them can be compared.
    private static List<TrafficSelector> sorted(List<TrafficSelector> selectors) {
        return selectors.stream().sorted(TrafficSelector.BY_ADDRESS).toList();
    }

    private static List<Transform> keyExchanges(Proposal proposal) {
        return proposal.transforms().stream()
                .filter(t -> t.type() == TransformType.KE || TransformType.isAdditionalKe(t.type()))
                .filter(t -> t.id() != 0)
                .toList();
    }

    private static DirectionKeys byDirection(ChildKeys keys, boolean initiator) {
        return initiator
                ? new DirectionKeys(
                        keys.encrResponder(),
                        keys.integResponder(),
                        keys.encrInitiator(),
                        keys.integInitiator())
                : new DirectionKeys(
                        keys.encrInitiator(),
                        keys.integInitiator(),
                        keys.encrResponder(),
                        keys.integResponder());
    }

    /// rekey_time less a random part of rand_time, so that no two SAs ask at once.
    private static long softSeconds(SaCore sa, Lifetime life) {
        Duration rekey = life.rekeyTime();
        if (rekey.isZero()) {
            return 0;
        }
        long random = (long) (Lifetimes.randomPart(sa) * (life.randTime().toSeconds() + 1));
        return Math.max(1, rekey.toSeconds() - random);
    }

    /// The kernel has it.
    static ChildSa installed(SaCore sa, ChildSa installing, Instant now, Outbox out) {
        ChildSa child = installing.installed(now);
        sa.children().add(child);
        sa.wishes().forget(child.name());
        var i = child.installation();
        out.log(
                sa,
                Group.IKE,
                0,
                "CHILD_SA %s{%d} established with SPIs %s_i %s_o and TS %s === %s",
                child.name(),
                i.childUniqueId(),
                i.spiIn(),
                i.spiOut(),
                spaced(i.localTs()),
                spaced(i.remoteTs()));
        return child;
    }

    /// For a log line; the text is made only if the line is printed.
    static Object spaced(List<TrafficSelector> selectors) {
        record Spaced(List<TrafficSelector> selectors) {
            @Override
            public String toString() {
                return String.join(" ", selectors.stream().map(TrafficSelector::toString).toList());
            }
        }
        return new Spaced(selectors);
    }

    /// The kernel took nothing of it; the reserved inbound state goes too.
    static Reason refused(SaCore sa, ChildSa child, Reason.KernelRefused why, Outbox out) {
        var i = child.installation();
        release(sa, child);
        out.log(sa, Group.KNL, 0, "unable to install CHILD_SA %s: %s", child.name(), why);
        out.kernelAside(sa, new KernelOp.ReleaseSpi(i.local(), i.remote(), i.spiIn()));
        return why;
    }

    static void release(SaCore sa, ChildSa child) {
        if (child.installation().config().kernel().reqid() == 0) {
            sa.ids().releaseReqid(child.reqidKey());
        }
    }

    /// Takes a CHILD_SA out of the kernel and tells why, unless another one has taken its place.
    public static void remove(SaCore sa, ChildSa child, IkeView view, Reason reason, Outbox out) {
        sa.children().remove(child);
        release(sa, child);
        if (child.state() == ChildSa.State.DELETED) {
            out.kernelAside(sa, new KernelOp.RemoveInbound(child.installation()));
            return;
        }
        out.kernelAside(sa, new KernelOp.RemoveChild(child.installation()));
        logClosed(sa, child, reason, out);
        if (child.replacedBy() == 0) {
            out.tell(new Event.ChildDown(view, child.view(), reason));
        }
    }

    private static void logClosed(SaCore sa, ChildSa child, Reason reason, Outbox out) {
        out.log(
                sa,
                Group.IKE,
                0,
                "CHILD_SA %s{%d} closed: %s",
                child.name(),
                child.uniqueId(),
                reason);
    }

    /// A CHILD_SA that was replaced sends no more, but takes packets that are late.
    static void retire(SaCore sa, ChildSa child, Instant now, Outbox out) {
        Duration delay = sa.settings().renewal().deleteRekeyedDelay();
        Instant until = delay.isZero() ? child.expiresAt() : now.plus(delay);
        Takeover.succeed(sa, child, out);
        if (until.equals(Instant.MAX)) {
            sa.children().remove(child);
            release(sa, child);
            out.kernelAside(sa, new KernelOp.RemoveChild(child.installation()));
        } else {
            sa.replaceChild(child, child.deleted(until));
            out.kernelAside(sa, new KernelOp.RetireChild(child.installation()));
        }
        logClosed(sa, child, Reason.Plain.REKEYED, out);
    }

    private FirstChild() {}
}
