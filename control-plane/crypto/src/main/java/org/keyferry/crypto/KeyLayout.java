package org.keyferry.crypto;

/// Where each key lies in `SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr` (RFC 7296 §2.14).
record KeyLayout(int prfKeyBytes, int integKeyBytes, int encrKeyBytes, int saltBytes) {
    static KeyLayout of(IkeSuite suite) {
        return new KeyLayout(
                suite.prf().keyBytes(),
                suite.integ() == null ? 0 : Algorithms.keyBytes(suite.integ()),
                Algorithms.keyBytes(suite.encr()),
                Algorithms.saltBytes(suite.encr()));
    }

    int totalBytes() {
        return 3 * prfKeyBytes + 2 * integKeyBytes + 2 * (encrKeyBytes + saltBytes);
    }

    int skA(boolean ofInitiator) {
        return prfKeyBytes + (ofInitiator ? 0 : integKeyBytes);
    }

    int skE(boolean ofInitiator) {
        return prfKeyBytes + 2 * integKeyBytes + (ofInitiator ? 0 : encrKeyBytes + saltBytes);
    }

    int skP(boolean ofInitiator) {
        return totalBytes() - (ofInitiator ? 2 : 1) * prfKeyBytes;
    }
}
