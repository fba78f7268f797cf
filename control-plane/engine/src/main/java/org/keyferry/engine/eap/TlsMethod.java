package org.keyferry.engine.eap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.tls.TlsEnd;
import org.keyferry.crypto.tls.TlsFailure;
import org.keyferry.crypto.tls.TlsTerms;
import org.keyferry.engine.trust.CertificateTrust;
import org.keyferry.engine.trust.OwnCredential;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// What the methods with TLS have in common, in both roles: framing, the handshake, the key.
abstract class TlsMethod implements EapMethod {
    private static final int MSK_BYTES = 64;

    /// MSK and EMSK; in TLS 1.3 the length is part of what the key is made of.
    private static final int KEY_BYTES = 128;

    /// RFC 9190 §2.3, RFC 9427 §2.1.
    private static final String LABEL_13 = "EXPORTER_EAP_TLS_Key_Material";

    final EapContext context;
    final boolean server;
    private final EapType type;
    private final String label12;
    private final TlsFraming framing;
    private final EapOptions.TlsMethod options;
    private final List<String> notes = new ArrayList<>();
    private TlsEnd tls;
    private Secret msk;
    private Optional<Secret> legacyMsk = Optional.empty();
    private Step.Done ended;
    private boolean told;
    private int messages;
    private String failure = "";
    private String lastInside = "";
    private Optional<List<AddressRange>> addressBlocks = Optional.empty();
    private final TlsResumption resumption;

    /// @param label12 of the exported key before TLS 1.3
    TlsMethod(EapContext context, boolean server, EapType type, String label12) {
        this.context = context;
        this.server = server;
        this.type = type;
        this.label12 = label12;
        this.options = context.options().of(type);
        this.resumption =
                new TlsResumption(
                        new TlsSessions.Terms(
                                server,
                                context.connection(),
                                type,
                                context.client(),
                                context.server(),
                                context.own(),
                                context.peer(),
                                options,
                                context.options().limits()),
                        context,
                        this::judgeAgain);
        this.framing = new TlsFraming(options.fragmentSize(), options.includeLength(), 0);
    }

    @Override
    public final EapType type() {
        return type;
    }

    /// The client knows the server by its certificate.
    @Override
    public final boolean isMutual() {
        return true;
    }

    @Override
    public final boolean isHeavy() {
        return true;
    }

    @Override
    public boolean legacyServer() {
        return context.options().limits().legacyServers();
    }

    @Override
    public final Optional<List<AddressRange>> addressBlocks() {
        return addressBlocks;
    }

    @Override
    public final List<String> takeNotes() {
        var taken = List.copyOf(notes);
        notes.clear();
        return taken;
    }

    final void note(String text) {
        notes.add(text);
    }

    /// What a method inside of TLS has to tell.
    final void noteInside(List<String> lines) {
        notes.addAll(lines);
        if (!lines.isEmpty()) {
            lastInside = "; inside of TLS: " + lines.getLast();
        }
    }

    final EapOptions.TlsMethod options() {
        return options;
    }

    @Override
    public final Step begin(int identifier) {
        return new Step.Send(framing.start());
    }

    @Override
    public final Step process(int identifier, Bytes data) {
        Step step = step(identifier, data);
        if (step instanceof Step.Failed) {
            resumption.drop();
        }
        return step;
    }

    private Step step(int identifier, Bytes data) {
        if (options.maxMessageCount() > 0 && ++messages > options.maxMessageCount()) {
            return new Step.Failed(
                    "%s packet count exceeded (%d > %d)"
                            .formatted(type, messages, options.maxMessageCount()));
        }
        try {
            if (tls == null) {
                tls = server ? TlsEnd.server(terms(), context.random()) : connect(data);
                if (!server) {
                    return new Step.Send(framing.send(tls.output()));
                }
            }
            return switch (framing.receive(data)) {
                case TlsFraming.Got.Wrong(String why) -> new Step.Failed(why);
                case TlsFraming.Got.Next(Bytes packet) -> further(packet);
                case TlsFraming.Got.Whole(Bytes message) ->
                        onMessage(identifier, message.toArray());
            };
        } catch (TlsFailure e) {
            return new Step.Failed(e.getMessage());
        }
    }

    @Override
    public final void confirmed() {
        resumption.keep(tls, provenInside());
    }

    /// The next part of a message, which may be the last one that there is.
    private Step further(Bytes packet) {
        return ended == null
                ? new Step.Send(packet)
                : new Step.Done(packet, ended.msk(), ended.legacyMsk());
    }

    private TlsEnd connect(Bytes data) throws TlsFailure {
        if (data.isEmpty() || (data.u8(0) & 0x20) == 0) {
            throw new TlsFailure(type + " did not begin with a start packet");
        }
        return TlsEnd.client(terms(), context.random());
    }

    private Step onMessage(int identifier, byte[] message) {
        ended = null; // what was the last message was not
        if (!failure.isEmpty()) {
            return new Step.Failed(failure); // the peer has got our alert
        }
        try {
            if (message.length > 0) {
                tls.process(message);
            }
            if (tls.isEstablished() && !told) {
                told = true;
                resumption.established(tls);
                note(
                        "%s TLS 1.%d using suite %s"
                                .formatted(
                                        isResumed() ? "resumed a session of" : "negotiated",
                                        (tls.version() & 0xff) - 1,
                                        tls.suite()));
            }
            if (!tls.isEstablished()) {
                return reply(tls.output(), message);
            }
            return inside(identifier, tls.output(), tls.data());
        } catch (TlsFailure e) {
            failure = e.getMessage() + lastInside;
            note(failure);
            byte[] alert = tls.output();
            return alert.length > 0 ? new Step.Send(framing.send(alert)) : new Step.Failed(failure);
        }
    }

    private Step reply(byte[] out, byte[] message) {
        return out.length == 0 && message.length == 0
                ? new Step.Failed("TLS handshake stands still")
                : new Step.Send(framing.send(out));
    }

    /// TLS is established.
    ///
    /// @param out records of the handshake that are still to be sent
    /// @param data decrypted, that came
    abstract Step inside(int identifier, byte[] out, byte[] data) throws TlsFailure;

    /// Records, with what was decrypted data of ours.
    final Step send(byte[] out, byte[] plain) throws TlsFailure {
        if (plain.length > 0) {
            tls.send(plain);
        }
        byte[] further = tls.output();
        byte[] all = java.util.Arrays.copyOf(out, out.length + further.length);
        System.arraycopy(further, 0, all, out.length, further.length);
        return new Step.Send(framing.send(all));
    }

    /// It is over.
    ///
    /// @param last records of a client that are still to be sent; otherwise it acknowledges
    final Step done(byte[] last) {
        Bytes packet = server ? Bytes.EMPTY : framing.send(last);
        ended = new Step.Done(packet, Optional.of(msk()), legacyMsk());
        return ended;
    }

    /// As [#done], with a last message of the client.
    final Step doneSaying(byte[] plain) throws TlsFailure {
        tls.send(plain);
        return done(tls.output());
    }

    private Secret msk() {
        if (msk == null) {
            msk = firstHalf(tls.key());
        }
        return msk;
    }

    private Optional<Secret> legacyMsk() {
        if (legacyMsk.isEmpty()) {
            legacyMsk = tls.legacyKey().map(TlsMethod::firstHalf);
        }
        return legacyMsk;
    }

    private static Secret firstHalf(Secret both) {
        try (both) {
            return Secret.owned(java.util.Arrays.copyOf(both.array(), MSK_BYTES));
        }
    }

    final boolean is13() {
        return tls != null && tls.version() >= TlsTerms.V1_3;
    }

    /// The handshake was that of a former login, the client proved itself in that one.
    final boolean isResumed() {
        return resumption.resumed();
    }

    /// Who proved itself inside of TLS in the login that was resumed.
    final Optional<Identification> resumedIdentity() {
        return resumption.identity();
    }

    /// Whom EAP inside of TLS proved, in this login or the one that was resumed; empty for a method
    /// without.
    abstract Optional<Identification> provenInside();

    /// Whether a server asks for a certificate of the client.
    abstract boolean asksClient();

    /// In a resumed handshake nobody shows certificates: those of the session are judged as of now.
    private Optional<String> judgeAgain(List<Bytes> chain) {
        if (chain.isEmpty()) {
            return server && !asksClient()
                    ? Optional.empty()
                    : Optional.of("peer had shown no certificate");
        }
        return judge(chain, new ArrayList<>());
    }

    private Optional<String> judge(List<Bytes> chain, List<String> lines) {
        Identification peer = server ? context.client() : context.server();
        CertificateTrust.Judged judged =
                CertificateTrust.judge(
                        chain,
                        peer,
                        context.peer().publicKey(),
                        context.credentials(),
                        context.now(),
                        lines);
        addressBlocks = judged.addressBlocks();
        return judged.wrong();
    }

    private TlsTerms terms() {
        var limits = context.options().limits();
        Identification own = server ? context.server() : context.client();
        Optional<TlsTerms.Own> credential =
                OwnCredential.forTls(context.credentials(), context.own(), own)
                        .map(
                                c ->
                                        new TlsTerms.Own(
                                                c.chain().stream().map(x -> x.der()).toList(),
                                                c.key()));
        List<Bytes> authorities =
                limits.sendAuthorities()
                        ? context.credentials().authorities().stream()
                                .map(ca -> ca.subject().data())
                                .toList()
                        : List.of();
        var terms =
                new TlsTerms(
                        limits.minVersion(),
                        limits.maxVersion(),
                        limits.suites(),
                        limits.groups(),
                        server || asksClient() ? credential : Optional.empty(),
                        server && asksClient(),
                        chain -> judge(chain, notes),
                        new TlsTerms.Exported(
                                label12, LABEL_13, Bytes.ofU8(type.number()), KEY_BYTES),
                        authorities,
                        resumption.terms(this::note));
        if (!terms.unknown().isEmpty()) {
            note("unknown TLS suites and groups are left out: " + terms.unknown());
        }
        return terms;
    }
}
