package org.keyferry.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// IKE SAs that two strongSwan daemons set up: datagrams as captured, secrets as the initiator
/// logged them. Nothing in these files was computed by Keyferry.
final class CharonCapture {
    /// Sent by the initiator of the first IKE SA or its responder.
    record Datagram(boolean fromInitiator, Bytes bytes) {}

    private final Properties values = new Properties();

    static CharonCapture load(String name) {
        CharonCapture capture = new CharonCapture();
        try (InputStream in =
                CharonCapture.class.getResourceAsStream("charon/" + name + ".properties")) {
            capture.values.load(in);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return capture;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    byte[] secret(String key) {
        if (!has(key)) {
            throw new IllegalArgumentException("no " + key);
        }
        return Hex.bytes(values.getProperty(key));
    }

    byte[] secretOrEmpty(String key) {
        return has(key) ? secret(key) : new byte[0];
    }

    List<Datagram> datagrams() {
        List<Datagram> all = new ArrayList<>();
        for (int i = 0; ; i++) {
            boolean fromInitiator = has("datagram." + i + ".i");
            String key = "datagram." + i + (fromInitiator ? ".i" : ".r");
            if (!has(key)) {
                return all;
            }
            all.add(new Datagram(fromInitiator, Bytes.wrapOwned(secret(key))));
        }
    }

    IkeMessage init(boolean response) throws PeerViolation {
        return IkeMessage.decode(datagrams().get(response ? 1 : 0).bytes());
    }

    IkeSuite suite() throws PeerViolation {
        return IkeSuite.of(
                payload(init(true), Payload.SecurityAssociation.class).proposals().getFirst());
    }

    Bytes nonce(boolean ofResponder) throws PeerViolation {
        return payload(init(ofResponder), Payload.Nonce.class).data();
    }

    IkeKeys keys() throws PeerViolation {
        IkeSpi spiI = init(true).header().initiatorSpi();
        IkeSpi spiR = init(true).header().responderSpi();
        Secret shared = Secret.owned(secret("shared.0"));
        return IkeKeys.derive(suite(), shared, nonce(false), nonce(true), spiI, spiR);
    }

    static <P extends Payload> P payload(IkeMessage message, Class<P> kind) {
        return payload(message.payloads(), kind);
    }

    static <P extends Payload> P payload(List<Payload> payloads, Class<P> kind) {
        return IkeMessage.first(payloads, kind).orElseThrow();
    }
}
