package org.keyferry.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.keyferry.wire.Bytes;

/// The two forms of an ECDSA signature.
final class EcdsaEncoding {
    private EcdsaEncoding() {}

    /// DER of the sequence of both numbers (RFC 3279 §2.2.3).
    ///
    /// @param raw `r | s`, both equally long
    static Bytes der(byte[] raw) throws GeneralSecurityException {
        if (raw.length == 0 || raw.length % 2 != 0) {
            throw new GeneralSecurityException("signature of %d bytes".formatted(raw.length));
        }
        var r = new BigInteger(1, Arrays.copyOf(raw, raw.length / 2));
        var s = new BigInteger(1, Arrays.copyOfRange(raw, raw.length / 2, raw.length));
        try {
            var both = new DERSequence(new ASN1Integer[] {new ASN1Integer(r), new ASN1Integer(s)});
            return Bytes.wrapOwned(both.getEncoded());
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
