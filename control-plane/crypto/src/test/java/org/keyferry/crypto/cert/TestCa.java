package org.keyferry.crypto.cert;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.keyferry.wire.Bytes;

/// A CA that issues what a test asks for.
public final class TestCa {
    public static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private static long serial;

    public final KeyPair keys;
    public final Certificate certificate;
    private final X500Principal name;

    /// Adds an extension.
    public interface Extras {
        void to(JcaX509v3CertificateBuilder builder) throws CertIOException;
    }

    private TestCa(String name, KeyPair keys, Certificate certificate) {
        this.name = new X500Principal(name);
        this.keys = keys;
        this.certificate = certificate;
    }

    public static TestCa root(String name) throws Exception {
        return root(name, -1);
    }

    /// @param pathLength negative for no limit
    public static TestCa root(String name, int pathLength) throws Exception {
        KeyPair keys = newKeys();
        var subject = new X500Principal(name);
        return new TestCa(
                name,
                keys,
                issue(
                        subject,
                        keys,
                        subject,
                        keys,
                        ca(pathLength),
                        NOW,
                        NOW.plus(365, ChronoUnit.DAYS)));
    }

    /// @param pathLength negative for no limit
    public TestCa sub(String subject, int pathLength) throws Exception {
        return sub(subject, ca(pathLength));
    }

    public TestCa sub(String subject, Extras extras) throws Exception {
        KeyPair subKeys = newKeys();
        return new TestCa(subject, subKeys, issue(subject, subKeys, extras));
    }

    /// Valid from an hour before `from`.
    public TestCa sub(String subject, Extras extras, Instant from, Instant to) throws Exception {
        KeyPair subKeys = newKeys();
        var principal = new X500Principal(subject);
        return new TestCa(
                subject, subKeys, issue(principal, subKeys, name, keys, extras, from, to));
    }

    public Certificate leaf(String subject, Extras extras) throws Exception {
        return issue(subject, newKeys(), extras);
    }

    public Certificate leaf(String subject) throws Exception {
        return leaf(subject, _ -> {});
    }

    public Certificate of(String subject, KeyPair subjectKeys) throws Exception {
        return of(subject, subjectKeys, _ -> {});
    }

    public Certificate of(String subject, KeyPair subjectKeys, Extras extras) throws Exception {
        return issue(subject, subjectKeys, extras);
    }

    Certificate expired(String subject) throws Exception {
        return issue(
                new X500Principal(subject),
                newKeys(),
                name,
                keys,
                _ -> {},
                NOW.minus(20, ChronoUnit.DAYS),
                NOW.minus(10, ChronoUnit.DAYS));
    }

    private Certificate issue(String subject, KeyPair subjectKeys, Extras extras) throws Exception {
        return issue(
                new X500Principal(subject),
                subjectKeys,
                name,
                keys,
                extras,
                NOW,
                NOW.plus(100, ChronoUnit.DAYS));
    }

    private static Certificate issue(
            X500Principal subject,
            KeyPair subjectKeys,
            X500Principal issuer,
            KeyPair issuerKeys,
            Extras extras,
            Instant from,
            Instant to)
            throws CertIOException, OperatorCreationException, BadCertificate, java.io.IOException {
        var builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        BigInteger.valueOf(++serial),
                        Date.from(from.minus(1, ChronoUnit.HOURS)),
                        Date.from(to),
                        subject,
                        subjectKeys.getPublic());
        extras.to(builder);
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate());
        return Certificate.parse(Bytes.of(builder.build(signer).getEncoded()));
    }

    public static Extras ca(int pathLength) {
        return builder -> {
            builder.addExtension(
                    Extension.basicConstraints,
                    true,
                    pathLength < 0 ? new BasicConstraints(true) : new BasicConstraints(pathLength));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        };
    }

    public static Extras both(Extras first, Extras second) {
        return builder -> {
            first.to(builder);
            second.to(builder);
        };
    }

    public static KeyPair newKeys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
