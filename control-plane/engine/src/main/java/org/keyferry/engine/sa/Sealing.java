package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.SkProtection;
import org.keyferry.crypto.SkProtection.Chain;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.window.Fragments;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Payload.EncryptedFragment;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Violation;

/// Protected messages of an IKE_SA, whole or in fragments (RFC 7383).
final class Sealing {
    static List<Bytes> request(SaCore sa, int exchangeType, List<Payload> inner, Outbox out) {
        int id = sa.requests().nextId();
        List<Payload> outer =
                exchangeType == ExchangeType.IKE_AUTH
                        ? sa.extensions().takeBeforeAuth()
                        : List.of();
        boolean tcp = sa.remote().tcp();
        return seal(sa, exchangeType, false, id, outer, inner, sa.marked(), tcp, out);
    }

    static List<Bytes> response(SaCore sa, int exchangeType, List<Payload> inner, Outbox out) {
        int id = sa.responses().expectedId();
        boolean tcp = sa.repliesByTcp();
        return seal(sa, exchangeType, true, id, List.of(), inner, sa.replyMarked(), tcp, out);
    }

    private static List<Bytes> seal(
            SaCore sa,
            int exchangeType,
            boolean response,
            int messageId,
            List<Payload> outer,
            List<Payload> inner,
            boolean marked,
            boolean tcp,
            Outbox out) {
        List<Bytes> datagrams =
                SkProtection.of(sa.suite())
                        .sealFragments(
                                sa.keys(),
                                sa.isInitiator(),
                                sa.initiatorSpi(),
                                sa.responderSpi(),
                                exchangeType,
                                response,
                                messageId,
                                outer,
                                inner,
                                tcp ? Integer.MAX_VALUE : largestDatagram(sa, marked),
                                sa.random());
        if (datagrams.size() > 1) {
            out.log(
                    sa,
                    Group.ENC,
                    1,
                    "splitting IKE message (%d bytes) into %d fragments",
                    IkeHeader.LENGTH + IkeMessage.encodeChain(inner).length(),
                    datagrams.size());
        }
        return datagrams;
    }

    private static int largestDatagram(SaCore sa, boolean marked) {
        Fragmentation wanted = sa.connection().fragmentation();
        boolean splits = wanted == Fragmentation.YES || wanted == Fragmentation.FORCE;
        return splits && sa.fragments().isPresent()
                ? Fragments.largestDatagram(
                        sa.settings().fragmentSizes(), sa.local().address(), marked)
                : Integer.MAX_VALUE;
    }

    static boolean isFragment(IkeHeader header) {
        return header.firstPayload() == EncryptedFragment.TYPE;
    }

    static List<Payload> decode(Chain chain) throws PeerViolation {
        return IkeMessage.decodeChain(chain.firstInner(), chain.plaintext());
    }

    /// Opens a message, or takes a part of one.
    ///
    /// @return its inner payloads; empty while others are missing, or if this part is of no use
    static Optional<Chain> openChain(SaCore sa, SaInput.Received in, Instant now, Outbox out)
            throws PeerViolation {
        if (!isFragment(in.header())) {
            return Optional.of(
                    SkProtection.of(sa.suite())
                            .openChain(sa.keys(), !sa.isInitiator(), in.datagram()));
        }
        EncryptedFragment fragment = fragment(sa, in.datagram());
        Fragments fragments = sa.fragments().orElseThrow();
        int before = fragments.heldBytes();
        Optional<Fragments.Whole> whole =
                fragments.take(
                        in.header(),
                        fragment,
                        now,
                        () -> {
                            Bytes part = openPart(sa, in.datagram());
                            sa.heard(now);
                            return part;
                        });
        if (whole.isEmpty() && fragments.heldBytes() > before) {
            out.log(
                    sa,
                    Group.ENC,
                    1,
                    "received fragment #%d of %d, waiting for complete IKE message",
                    fragment.number(),
                    fragment.total());
            if (before == 0) {
                out.timer(sa.ownSpi(), TimerQueue.Kind.FRAGMENTS, fragments.expiry());
            }
        }
        if (whole.isEmpty()) {
            return Optional.empty();
        }
        out.log(
                sa,
                Group.ENC,
                1,
                "received fragment #%d of %d, reassembled fragmented IKE message (%d bytes)",
                fragment.number(),
                fragment.total(),
                IkeHeader.LENGTH + whole.get().chain().length());
        return Optional.of(new Chain(whole.get().firstInner(), whole.get().chain()));
    }

    private static Bytes openPart(SaCore sa, Bytes datagram) throws PeerViolation {
        return SkProtection.of(sa.suite()).openFragment(sa.keys(), !sa.isInitiator(), datagram);
    }

    /// What it says of itself; nobody has vouched for it yet.
    private static EncryptedFragment fragment(SaCore sa, Bytes datagram) throws PeerViolation {
        try {
            if (sa.fragments().isPresent()
                    && IkeMessage.decode(datagram).payloads().getLast()
                            instanceof EncryptedFragment fragment) {
                return fragment;
            }
        } catch (PeerViolation e) {
            throw new PeerViolation(new Violation.IntegrityFailed());
        }
        throw new PeerViolation(new Violation.IntegrityFailed());
    }

    /// Whether a repeated request is to be answered again: of one in fragments, only the first asks
    /// for that (RFC 7383 §2.6.1).
    ///
    /// @throws PeerViolation if it is not genuine
    static boolean asksAgain(SaCore sa, SaInput.Received in) throws PeerViolation {
        if (!isFragment(in.header())) {
            SkProtection.of(sa.suite())
                    .openChain(keysOf(sa, in.header()), !sa.isInitiator(), in.datagram());
            return true;
        }
        if (fragment(sa, in.datagram()).number() != 1) {
            return false;
        }
        SkProtection.of(sa.suite())
                .openFragment(keysOf(sa, in.header()), !sa.isInitiator(), in.datagram());
        return true;
    }

    /// Whether it is a genuine request to delete the IKE_SA.
    static boolean ends(SaCore sa, SaInput.Received in) {
        if (isFragment(in.header())
                || in.header().exchangeType() != ExchangeType.INFORMATIONAL
                || in.header().response()) {
            return false;
        }
        try {
            Chain chain =
                    SkProtection.of(sa.suite())
                            .openChain(sa.keys(), !sa.isInitiator(), in.datagram());
            return decode(chain).stream()
                    .anyMatch(
                            p ->
                                    p instanceof Payload.Delete delete
                                            && delete.protocolId() == ProtocolId.IKE);
        } catch (PeerViolation e) {
            return false;
        }
    }

    /// After IKE_INTERMEDIATE the keys are others than those that protected it.
    private static IkeKeys keysOf(SaCore sa, IkeHeader header) {
        return header.exchangeType() == ExchangeType.IKE_INTERMEDIATE
                ? sa.extensions().formerKeys().orElse(sa.keys())
                : sa.keys();
    }

    private Sealing() {}
}
