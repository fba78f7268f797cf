package org.keyferry.crypto.revocation;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.wire.Bytes;

/// A question to an OCSP responder about one certificate (RFC 6960 §4.1).
///
/// @param nonce 1 to 32 bytes, so that an old answer is told from one to this question (RFC 9654);
///   empty for none
public record OcspQuestion(Certificate subject, Certificate issuer, Bytes nonce) {
    public static final String REQUEST_TYPE = "application/ocsp-request";

    public OcspQuestion {
        if (nonce.length() > 32) {
            throw new IllegalArgumentException("nonce of " + nonce.length() + " bytes");
        }
    }

    /// In DER.
    public Bytes encode() {
        try {
            var requests = new DERSequence(new Request(id(), null));
            var request = new OCSPRequest(new TBSRequest(null, requests, extensions()), null);
            return Bytes.wrapOwned(request.getEncoded("DER"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Names of the issuer by SHA-1, which every responder knows: nothing depends on its strength.
    private CertID id() {
        var sha1 = new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, DERNull.INSTANCE);
        byte[] name = issuer.x509().getSubjectX500Principal().getEncoded();
        return new CertID(
                sha1,
                new DEROctetString(OcspAnswer.digest("SHA-1", name)),
                new DEROctetString(issuer.keyId().toArray()),
                new ASN1Integer(subject.x509().getSerialNumber()));
    }

    private Extensions extensions() throws IOException {
        if (nonce.length() == 0) {
            return null;
        }
        var value = new DEROctetString(nonce.toArray());
        return new Extensions(
                new Extension(
                        OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, value.getEncoded("DER")));
    }
}
