package org.keyferry.crypto.tls;

import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SeededRandom;

/// One end of a TLS connection: records in, records out. Not thread-safe.
public final class TlsEnd {
    private final TlsProtocol protocol;
    private final Session session;

    /// What the two roles have in common.
    interface Session {
        /// Empty before the handshake is over.
        Secret key();

        Optional<Secret> legacyKey();

        boolean isOver();

        int version();

        String suite();

        Optional<ResumableSession> resumable();

        boolean isResumed();
    }

    private TlsEnd(TlsProtocol protocol, Session session) {
        this.protocol = protocol;
        this.session = session;
    }

    public static TlsEnd client(TlsTerms terms, SeededRandom random) throws TlsFailure {
        var protocol = new ClientProtocol();
        var client = new ClientSide(terms, new BcTlsCrypto(random), Suites.of(terms));
        try {
            protocol.connect(client);
        } catch (IOException e) {
            throw failure(e);
        }
        return new TlsEnd(protocol, client.keys());
    }

    public static TlsEnd server(TlsTerms terms, SeededRandom random) throws TlsFailure {
        if (terms.own().isEmpty()) {
            throw new TlsFailure("no TLS server certificate with a private key found");
        }
        var protocol = new TlsServerProtocol();
        var server = new ServerSide(terms, new BcTlsCrypto(random), Suites.of(terms));
        try {
            protocol.accept(server);
        } catch (IOException e) {
            throw failure(e);
        }
        return new TlsEnd(protocol, server.keys());
    }

    /// Takes what came; whole records or parts of them.
    ///
    /// @throws TlsFailure if the connection is over; [#output] may hold an alert for the peer
    public void process(byte[] records) throws TlsFailure {
        try {
            protocol.offerInput(records);
        } catch (IOException e) {
            throw failure(e);
        } catch (RuntimeException e) {
            // the library's promise about hostile input is not ours to rely on
            throw new TlsFailure("TLS broke off: " + e);
        }
    }

    /// What is to be sent, once.
    public byte[] output() {
        byte[] out = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(out, 0, out.length);
        return out;
    }

    /// Decrypted data that came, once.
    public byte[] data() {
        byte[] in = new byte[protocol.getAvailableInputBytes()];
        protocol.readInput(in, 0, in.length);
        return in;
    }

    /// Encrypts; [#output] has it then.
    public void send(byte[] data) throws TlsFailure {
        try {
            protocol.writeApplicationData(data, 0, data.length);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    public boolean isEstablished() {
        return session.isOver();
    }

    /// As on the wire, once established.
    public int version() {
        return session.version();
    }

    /// IANA's name, once established.
    public String suite() {
        return session.suite();
    }

    /// [TlsTerms#key], once established; the taker wipes it.
    public Secret key() {
        return session.key();
    }

    /// What implementations older than RFC 9190 take for it in TLS 1.3, charon 5.9.8 among them:
    /// the label of older versions, without context, as many bytes. Empty before TLS 1.3. The taker
    /// wipes it.
    public Optional<Secret> legacyKey() {
        return session.legacyKey();
    }

    /// Once established: most of the handshake was left out, as both ends knew the session.
    public boolean isResumed() {
        return session.isResumed();
    }

    /// The session, to be resumed another time, if it can be; once established. Each call makes
    /// one, which the taker wipes.
    public Optional<ResumableSession> resumable() {
        return session.resumable();
    }

    private static TlsFailure failure(IOException e) {
        return switch (e) {
            case TlsFatalAlertReceived alert
                    when alert.getAlertDescription() == AlertDescription.close_notify ->
                    new TlsFailure("peer closed TLS");
            case TlsFatalAlertReceived alert ->
                    new TlsFailure(
                            "received fatal TLS alert '%s'"
                                    .formatted(
                                            AlertDescription.getName(alert.getAlertDescription())));
            case TlsFatalAlert alert -> {
                String told = alert.getMessage();
                Throwable cause = alert.getCause();
                yield new TlsFailure(
                        "TLS failed with alert %s%s"
                                .formatted(told, cause == null ? "" : ": " + cause.getMessage()));
            }
            default -> new TlsFailure("TLS failed: " + e.getMessage());
        };
    }
}
