package org.keyferry.crypto.revocation;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.wire.Bytes;

/// A certificate revocation list (RFC 5280 §5), complete or a delta. Immutable; equal if the bytes
/// are.
public final class Crl {
    private static final int CRL_SIGN = 6;

    /// Critical extensions that are understood: a list with any other is not used.
    private static final Set<String> UNDERSTOOD =
            Set.of(
                    Extension.authorityKeyIdentifier.getId(),
                    Extension.cRLNumber.getId(),
                    Extension.deltaCRLIndicator.getId(),
                    Extension.issuingDistributionPoint.getId(),
                    Extension.freshestCRL.getId());

    private final Bytes der;
    private final X509CRL x509;
    private final Optional<BigInteger> number;
    private final Optional<BigInteger> baseNumber;
    private final Optional<IssuingDistributionPoint> scope;
    private final Map<Bytes, Boolean> signedBy = new ConcurrentHashMap<>();

    private Crl(X509CRL x509) throws GeneralSecurityException {
        this.x509 = x509;
        this.der = Bytes.of(x509.getEncoded());
        this.number = integer(x509, Extension.cRLNumber.getId());
        this.baseNumber = integer(x509, Extension.deltaCRLIndicator.getId());
        byte[] point = x509.getExtensionValue(Extension.issuingDistributionPoint.getId());
        this.scope =
                Optional.ofNullable(point)
                        .map(p -> IssuingDistributionPoint.getInstance(Sources.inner(p)));
    }

    /// @param bytes DER, or PEM
    /// @throws BadCertificate saying what is wrong
    public static Crl parse(Bytes bytes) throws BadCertificate {
        try {
            var stream = new ByteArrayInputStream(bytes.toArray());
            return new Crl((X509CRL) CertificateFactory.getInstance("X.509").generateCRL(stream));
        } catch (GeneralSecurityException e) {
            throw new BadCertificate("not a CRL: " + e.getMessage());
        } catch (RuntimeException e) {
            // libraries throw what they like on malformed extensions
            throw new BadCertificate("unusable CRL: " + e);
        }
    }

    private static Optional<BigInteger> integer(X509CRL list, String extension) {
        return Optional.ofNullable(list.getExtensionValue(extension))
                .map(bytes -> ASN1Integer.getInstance(Sources.inner(bytes)).getPositiveValue());
    }

    public Bytes der() {
        return der;
    }

    public boolean isDelta() {
        return baseNumber.isPresent();
    }

    public Instant thisUpdate() {
        return x509.getThisUpdate().toInstant();
    }

    /// A list that does not say when the next one comes counts as stale at once.
    public Instant nextUpdate() {
        return x509.getNextUpdate() == null ? thisUpdate() : x509.getNextUpdate().toInstant();
    }

    public boolean isFresh(Instant at) {
        return at.isBefore(nextUpdate());
    }

    /// Where its deltas are.
    public List<String> deltas() {
        return Sources.points(x509.getExtensionValue(Extension.freshestCRL.getId()));
    }

    /// The id of its signer's key, if it names one.
    public Optional<Bytes> authorityKeyId() {
        byte[] extension = x509.getExtensionValue(Extension.authorityKeyIdentifier.getId());
        return Optional.ofNullable(extension)
                .map(
                        e ->
                                AuthorityKeyIdentifier.getInstance(Sources.inner(e))
                                        .getKeyIdentifierOctets())
                .map(Bytes::of);
    }

    /// Whether this CA signed the list and may do so, and all that the list says is understood.
    public boolean isSignedBy(Certificate issuer) {
        if (!x509.getIssuerX500Principal().equals(issuer.x509().getSubjectX500Principal())) {
            return false;
        }
        Set<String> critical = x509.getCriticalExtensionOIDs();
        boolean[] usage = issuer.x509().getKeyUsage();
        if ((critical != null && !UNDERSTOOD.containsAll(critical))
                || (usage != null && !usage[CRL_SIGN])) {
            return false;
        }
        return signedBy.computeIfAbsent(issuer.keyInfo(), _ -> verify(issuer));
    }

    private boolean verify(Certificate issuer) {
        try {
            x509.verify(issuer.publicKey());
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /// Whether the subject would stand in this list, had its issuer revoked it for any reason.
    public boolean covers(Certificate subject) {
        if (scope.isEmpty()) {
            return true;
        }
        IssuingDistributionPoint of = scope.get();
        boolean partial =
                of.isIndirectCRL()
                        || of.onlyContainsAttributeCerts()
                        || of.getOnlySomeReasons() != null;
        if (partial
                || (of.onlyContainsUserCerts() && subject.isCa())
                || (of.onlyContainsCACerts() && !subject.isCa())) {
            return false;
        }
        List<GeneralName> names = Sources.names(of.getDistributionPoint());
        return of.getDistributionPoint() == null
                || pointsOf(subject).stream().anyMatch(names::contains);
    }

    private static List<GeneralName> pointsOf(Certificate subject) {
        byte[] extension =
                subject.x509().getExtensionValue(Extension.cRLDistributionPoints.getId());
        if (extension == null) {
            return List.of();
        }
        try {
            var points = CRLDistPoint.getInstance(Sources.inner(extension));
            return java.util.Arrays.stream(points.getDistributionPoints())
                    .map(DistributionPoint::getDistributionPoint)
                    .flatMap(point -> Sources.names(point).stream())
                    .toList();
        } catch (IllegalArgumentException | IllegalStateException _) {
            return List.of();
        }
    }

    /// Whether this delta completes a list of the same CA and scope (RFC 5280 §5.2.4).
    public boolean completes(Crl base) {
        return isDelta()
                && !base.isDelta()
                && x509.getIssuerX500Principal().equals(base.x509.getIssuerX500Principal())
                && scope.equals(base.scope)
                && authorityKeyId().equals(base.authorityKeyId())
                && base.number.isPresent()
                && number.isPresent()
                && base.number.get().compareTo(baseNumber.get()) >= 0
                && base.number.get().compareTo(number.get()) <= 0;
    }

    /// Whether two lists are about the same certificates, so that the newer one takes the place of
    /// the other.
    public boolean replaces(Crl other) {
        return isDelta() == other.isDelta()
                && x509.getIssuerX500Principal().equals(other.x509.getIssuerX500Principal())
                && scope.equals(other.scope)
                && authorityKeyId().equals(other.authorityKeyId());
    }

    /// What the list says of a certificate of its CA.
    Optional<X509CRLEntry> entry(Certificate subject) {
        return Optional.ofNullable(x509.getRevokedCertificate(subject.x509().getSerialNumber()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Crl that && der.equals(that.der);
    }

    @Override
    public int hashCode() {
        return der.hashCode();
    }

    /// The issuer.
    @Override
    public String toString() {
        return x509.getIssuerX500Principal().getName();
    }
}
