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
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
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

    /// Who made the list.
    public X500Principal issuer() {
        return x509.getIssuerX500Principal();
    }

    /// Whether it is a list of that CA, and not of somebody else in its place.
    public boolean isOf(Certificate ca) {
        return issuer().equals(ca.x509().getSubjectX500Principal());
    }

    /// Whether the subject would stand in this list, had it been revoked for any reason (RFC 5280
    /// §6.3.3 b): its issuer's, or that of somebody whom it names as the issuer of such a list.
    ///
    /// @param ca that issued the subject
    public boolean covers(Certificate subject, Certificate ca) {
        if (scope.isEmpty()) {
            return isOf(ca);
        }
        IssuingDistributionPoint of = scope.get();
        boolean partial = of.onlyContainsAttributeCerts() || of.getOnlySomeReasons() != null;
        if (partial
                || (of.onlyContainsUserCerts() && subject.isCa())
                || (of.onlyContainsCACerts() && !subject.isCa())) {
            return false;
        }
        if (!isOf(ca)) {
            return of.isIndirectCRL()
                    && pointsOf(subject).stream()
                            .filter(point -> isAmong(issuerName(), names(point.getCRLIssuer())))
                            .anyMatch(point -> isAt(point, of.getDistributionPoint()));
        }
        List<GeneralName> names = Sources.names(of.getDistributionPoint());
        return of.getDistributionPoint() == null
                || pointsOf(subject).stream()
                        .map(DistributionPoint::getDistributionPoint)
                        .flatMap(point -> Sources.names(point).stream())
                        .anyMatch(name -> isAmong(name, names));
    }

    private GeneralName issuerName() {
        return new GeneralName(X500Name.getInstance(issuer().getEncoded()));
    }

    /// Names of the same directory entry may be encoded in several ways.
    private static boolean isAmong(GeneralName name, List<GeneralName> others) {
        boolean directory = name.getTagNo() == GeneralName.directoryName;
        return directory
                ? others.stream()
                        .filter(other -> other.getTagNo() == GeneralName.directoryName)
                        .map(other -> X500Name.getInstance(other.getName()))
                        .anyMatch(X500Name.getInstance(name.getName())::equals)
                : others.contains(name);
    }

    private static List<GeneralName> names(GeneralNames names) {
        return names == null ? List.of() : List.of(names.getNames());
    }

    /// Where a point has no name of its own, that of the list's issuer is meant.
    private static boolean isAt(DistributionPoint point, DistributionPointName place) {
        if (place == null) {
            return true;
        }
        List<GeneralName> named =
                point.getDistributionPoint() == null
                        ? names(point.getCRLIssuer())
                        : Sources.names(point.getDistributionPoint());
        return Sources.names(place).stream().anyMatch(name -> isAmong(name, named));
    }

    private static List<DistributionPoint> pointsOf(Certificate subject) {
        byte[] extension =
                subject.x509().getExtensionValue(Extension.cRLDistributionPoints.getId());
        if (extension == null) {
            return List.of();
        }
        try {
            var points = CRLDistPoint.getInstance(Sources.inner(extension));
            return List.of(points.getDistributionPoints());
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

    /// What the list says of a certificate that it covers. In an indirect list an entry tells whose
    /// certificate is meant, or the one before does (RFC 5280 §5.3.3).
    Optional<X509CRLEntry> entry(Certificate subject) {
        boolean indirect = scope.filter(IssuingDistributionPoint::isIndirectCRL).isPresent();
        return Optional.ofNullable(
                indirect
                        ? x509.getRevokedCertificate(subject.x509())
                        : x509.getRevokedCertificate(subject.x509().getSerialNumber()));
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
