package org.keyferry.engine.eap.sim;

import java.util.HexFormat;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// What sequence numbers of a card are kept by, for tests elsewhere.
public final class SimMarks {
    public static Bytes of(String k, String opc) {
        try (var card = new SimCard(secret(k), secret(opc), 0, 0)) {
            return card.mark();
        }
    }

    private static Secret secret(String hex) {
        return Secret.owned(HexFormat.of().parseHex(hex));
    }

    private SimMarks() {}
}
