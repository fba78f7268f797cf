package org.keyferry.engine.eap;

import java.util.Optional;
import org.keyferry.crypto.tls.TlsFailure;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// EAP-TLS (RFC 5216, with TLS 1.3 RFC 9190) in both roles: nothing but the handshake.
///
/// With TLS 1.3 a server tells success inside of TLS (RFC 9190 §2.1.1). charon 5.9.8 does not, and
/// as client it dies of that, so a server says it only where that is configured. A client takes
/// both: the AUTH payloads of IKE prove to it that the server has the key.
final class EapTls extends TlsMethod {
    private static final byte[] SUCCESS = {0};

    private boolean said;

    private EapTls(EapContext context, boolean server) {
        super(context, server, EapType.TLS, "client EAP encryption");
    }

    static EapTls server(EapContext context) {
        return new EapTls(context, true);
    }

    static EapTls client(EapContext context) {
        return new EapTls(context, false);
    }

    @Override
    boolean asksClient() {
        return true;
    }

    @Override
    Optional<Identification> provenInside() {
        return Optional.empty();
    }

    @Override
    public boolean mayGoOn() {
        return is13() && !said;
    }

    /// Who tells success inside of TLS follows RFC 9190.
    @Override
    public boolean legacyServer() {
        return !said && super.legacyServer();
    }

    @Override
    Step inside(int identifier, byte[] out, byte[] data) throws TlsFailure {
        return server ? asServer(out, data) : asClient(out, data);
    }

    private Step asServer(byte[] out, byte[] data) throws TlsFailure {
        if (data.length > 0) {
            return new Step.Failed("client sent data inside of EAP-TLS");
        }
        if (is13() && !said && context.options().limits().successIndication()) {
            said = true;
            return send(out, SUCCESS);
        }
        return out.length > 0 ? send(out, new byte[0]) : done(out);
    }

    private Step asClient(byte[] out, byte[] data) {
        boolean tells = data.length == 1 && data[0] == 0 && is13();
        if (data.length > 0 && !tells) {
            return new Step.Failed("server sent data inside of EAP-TLS");
        }
        said = tells;
        return done(out);
    }
}
