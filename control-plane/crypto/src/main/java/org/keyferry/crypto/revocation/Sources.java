package org.keyferry.crypto.revocation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.keyferry.crypto.cert.Certificate;

/// Where a certificate says that its revocation would be told.
public final class Sources {
    /// More are not tried.
    private static final int MAX_URIS = 8;

    private Sources() {}

    /// CRL distribution points (RFC 5280 §4.2.1.13).
    public static List<String> crls(Certificate certificate) {
        return points(
                certificate.x509().getExtensionValue(Extension.cRLDistributionPoints.getId()));
    }

    /// Where delta CRLs are (RFC 5280 §4.2.1.15).
    public static List<String> deltas(Certificate certificate) {
        return points(certificate.x509().getExtensionValue(Extension.freshestCRL.getId()));
    }

    /// OCSP responders (RFC 5280 §4.2.2.1).
    public static List<String> responders(Certificate certificate) {
        byte[] extension =
                certificate.x509().getExtensionValue(Extension.authorityInfoAccess.getId());
        var uris = new LinkedHashSet<String>();
        if (extension != null) {
            try {
                var access = AuthorityInformationAccess.getInstance(inner(extension));
                for (AccessDescription each : access.getAccessDescriptions()) {
                    if (each.getAccessMethod().equals(AccessDescription.id_ad_ocsp)) {
                        add(each.getAccessLocation(), uris);
                    }
                }
            } catch (IllegalArgumentException | IllegalStateException _) {
                return List.of(); // malformed: no place to ask
            }
        }
        return first(uris);
    }

    /// @param extension of the type CRLDistributionPoints, or null
    static List<String> points(byte[] extension) {
        var uris = new LinkedHashSet<String>();
        if (extension != null) {
            try {
                for (DistributionPoint point :
                        CRLDistPoint.getInstance(inner(extension)).getDistributionPoints()) {
                    names(point.getDistributionPoint()).forEach(name -> add(name, uris));
                }
            } catch (IllegalArgumentException | IllegalStateException _) {
                return List.of(); // malformed: no place to ask
            }
        }
        return first(uris);
    }

    /// The full names of a distribution point; none if it has a relative name.
    static List<GeneralName> names(DistributionPointName point) {
        return point != null && point.getType() == DistributionPointName.FULL_NAME
                ? List.of(GeneralNames.getInstance(point.getName()).getNames())
                : List.of();
    }

    private static void add(GeneralName name, Set<String> uris) {
        if (name.getTagNo() == GeneralName.uniformResourceIdentifier) {
            uris.add(ASN1IA5String.getInstance(name.getName()).getString());
        }
    }

    private static List<String> first(Set<String> uris) {
        return new ArrayList<>(uris).subList(0, Math.min(uris.size(), MAX_URIS));
    }

    static byte[] inner(byte[] extension) {
        return ASN1OctetString.getInstance(extension).getOctets();
    }
}
