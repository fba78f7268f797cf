package org.keyferry.bench;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.settings.model.SecretText;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// The responder's and the initiators' keys, made for one run. With certificates all initiators
/// have the same one.
final class BenchIdentities {
    private static final String RESPONDER = "responder.test";
    private static final String INITIATOR = "host.bench.test";
    private static final String KEY = "a key for measuring only";
    private static final Duration LIFE = Duration.ofDays(2);

    private record Host(Certificate certificate, PrivateKey key) {}

    private final BenchAuth auth;
    private final Optional<Certificate> ca;
    private final Optional<Host> responder;
    private final Optional<Host> initiator;

    private BenchIdentities(
            BenchAuth auth,
            Optional<Certificate> ca,
            Optional<Host> responder,
            Optional<Host> initiator) {
        this.auth = auth;
        this.ca = ca;
        this.responder = responder;
        this.initiator = initiator;
    }

    static BenchIdentities shared() {
        return new BenchIdentities(
                BenchAuth.PSK, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static BenchIdentities of(BenchAuth auth) throws IOException {
        if (auth == BenchAuth.PSK) {
            return shared();
        }
        try {
            KeyPair root = keys(auth);
            return new BenchIdentities(
                    auth,
                    Optional.of(issue("root.test", root, root, true)),
                    Optional.of(host(auth, RESPONDER, root)),
                    Optional.of(host(auth, INITIATOR, root)));
        } catch (GeneralSecurityException | OperatorCreationException | BadCertificate e) {
            throw new IOException("making certificates: " + e.getMessage(), e);
        }
    }

    private static KeyPair keys(BenchAuth auth) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(auth == BenchAuth.RSA ? "RSA" : "EC");
        if (auth == BenchAuth.RSA) {
            generator.initialize(2048);
        } else {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        }
        return generator.generateKeyPair();
    }

    private static Host host(BenchAuth auth, String name, KeyPair root)
            throws GeneralSecurityException,
                    IOException,
                    OperatorCreationException,
                    BadCertificate {
        KeyPair own = keys(auth);
        return new Host(issue(name, own, root, false), own.getPrivate());
    }

    private static Certificate issue(String name, KeyPair subject, KeyPair root, boolean isCa)
            throws IOException, OperatorCreationException, BadCertificate {
        Instant now = Instant.now();
        var builder =
                new JcaX509v3CertificateBuilder(
                        new X500Principal("CN=root.test"),
                        BigInteger.valueOf(now.toEpochMilli()),
                        Date.from(now.minus(LIFE)),
                        Date.from(now.plus(LIFE)),
                        new X500Principal("CN=" + name),
                        subject.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isCa));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
        String scheme =
                "SHA256with" + (root.getPrivate().getAlgorithm().equals("RSA") ? "RSA" : "ECDSA");
        var signer = new JcaContentSignerBuilder(scheme).build(root.getPrivate());
        return Certificate.parse(Bytes.of(builder.build(signer).getEncoded()));
    }

    /// Sections `local` and `remote` of the responder's connection.
    String responderRounds() {
        String own =
                auth == BenchAuth.PSK ? "auth = psk" : "auth = pubkey\n  certs = responder.pem";
        String peer =
                switch (auth) {
                    case PSK -> "psk";
                    case RSA, ECDSA -> "pubkey";
                    case EAP_TLS -> "eap-tls";
                };
        return """
        local { %s
          id = %s }
        remote { auth = %s }
        """
                .formatted(own, RESPONDER, peer);
    }

    /// Section `secrets` of the responder.
    String responderSecrets() {
        return auth == BenchAuth.PSK
                ? "secrets { ike-bench { secret = \"%s\" } }".formatted(KEY)
                : "";
    }

    /// What the responder finds beside its swanctl.conf.
    void write(Path swanctl) throws IOException {
        if (ca.isPresent() && responder.isPresent()) {
            pem(swanctl.resolve("x509ca/ca.pem"), "CERTIFICATE", ca.get().der().toArray());
            pem(
                    swanctl.resolve("x509/responder.pem"),
                    "CERTIFICATE",
                    responder.get().certificate().der().toArray());
            pem(
                    swanctl.resolve("private/responder.pem"),
                    "PRIVATE KEY",
                    responder.get().key().getEncoded());
        }
    }

    private static void pem(Path file, String what, byte[] der) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] newline = {'\n'};
        Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(
                                what,
                                Base64.getMimeEncoder(64, newline).encodeToString(der),
                                what));
    }

    /// How an initiator proves itself.
    AuthRound initiatorsRound(int number) {
        return switch (auth) {
            case PSK ->
                    new AuthRound(
                            AuthMethod.PSK, Identification.parse("host" + number + ".bench.test"));
            case RSA, ECDSA ->
                    new AuthRound(
                            AuthMethod.PUBKEY, Identification.parse(INITIATOR), initiatorsTerms());
            case EAP_TLS ->
                    new AuthRound(
                            AuthMethod.EAP,
                            Identification.parse(INITIATOR),
                            initiatorsTerms(),
                            new EapTerms(new EapTerms.Method.Typed(EapType.TLS)));
        };
    }

    private PublicKeyTerms initiatorsTerms() {
        return new PublicKeyTerms(
                SignatureRules.NONE,
                initiator.stream().map(host -> host.certificate().der()).toList(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                Revocation.RELAXED);
    }

    /// How the responder must prove itself.
    AuthRound respondersRound() {
        return new AuthRound(
                auth == BenchAuth.PSK ? AuthMethod.PSK : AuthMethod.PUBKEY,
                Identification.parse(RESPONDER));
    }

    /// The initiators' secrets.
    List<SharedSecret> secrets() {
        return auth == BenchAuth.PSK
                ? List.of(
                        new SharedSecret(
                                "ike-bench",
                                SharedSecret.Kind.IKE,
                                SecretText.owned(KEY.getBytes(StandardCharsets.US_ASCII)),
                                List.of()))
                : List.of();
    }

    /// The initiators' certificate, key and CA.
    Credentials credentials() {
        return initiator
                .map(
                        host ->
                                new Credentials(
                                        ca.stream().toList(),
                                        List.of(host.certificate()),
                                        Map.of(host.certificate().keyId(), host::key),
                                        Revocations.NONE))
                .orElseGet(Credentials::none);
    }
}
