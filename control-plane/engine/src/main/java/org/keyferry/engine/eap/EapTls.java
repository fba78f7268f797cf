package org.keyferry.engine.eap;

import org.keyferry.crypto.tls.TlsFailure;
import org.keyferry.wire.EapType;

/// EAP-TLS (RFC 5216, with TLS 1.3 RFC 9190) in both roles: nothing but the handshake.
final class EapTls extends TlsMethod {
    /// Protected success indication of TLS 1.3 (RFC 9190 §2.1.1).
    private static final byte[] COMMITMENT = {0};

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
    Step inside(int identifier, byte[] out, byte[] data) throws TlsFailure {
        return server ? asServer(out, data) : asClient(out, data);
    }

    private Step asServer(byte[] out, byte[] data) throws TlsFailure {
        if (data.length > 0) {
            return new Step.Failed("client sent data inside of EAP-TLS");
        }
        if (is13() && !said) {
            said = true;
            return send(out, COMMITMENT);
        }
        return out.length > 0 ? send(out, new byte[0]) : done(out);
    }

    private Step asClient(byte[] out, byte[] data) throws TlsFailure {
        if (!is13()) {
            return done(out);
        }
        boolean committed = data.length == 1 && data[0] == 0;
        if (data.length > 0 && !committed) {
            return new Step.Failed("server sent data inside of EAP-TLS");
        }
        return committed ? done(out) : send(out, new byte[0]);
    }
}
