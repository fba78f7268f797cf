package org.keyferry.crypto.revocation;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.wire.Bytes;

/// A responder's answer that proved to be one (RFC 6960 §3.2): to this question, signed by who may,
/// and of this time.
///
/// @param der the whole response
/// @param signer whose signature it has
/// @param status good or revoked, or unknown to the responder
/// @param from since when the responder knows
/// @param until when the answer ends
public record OcspAnswer(
        Bytes der, Certificate signer, Status status, Instant from, Instant until) {
    /// Clocks may differ by this much.
    private static final Duration SKEW = Duration.ofMinutes(5);

    /// An answer without an end is one of this moment.
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private static final int DIGITAL_SIGNATURE = 0;
    private static final int MAX_CERTIFICATES = 8;

    private static final class Crypto {
        static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    }

    /// Reads what a responder sent.
    ///
    /// @param trusted certificates of responders that are trusted by themselves
    /// @throws BadCertificate if it is no answer to the question, with the reason
    public static OcspAnswer read(
            Bytes response, OcspQuestion question, List<Certificate> trusted, Instant at)
            throws BadCertificate {
        return read(response, question, true, trusted, at);
    }

    /// Reads what a responder told somebody else, whose nonce may be in it.
    ///
    /// @param trusted certificates of responders that are trusted by themselves
    /// @throws BadCertificate if it does not tell about the subject, with the reason
    public static OcspAnswer readStapled(
            Bytes response,
            Certificate subject,
            Certificate issuer,
            List<Certificate> trusted,
            Instant at)
            throws BadCertificate {
        var question = new OcspQuestion(subject, issuer, Bytes.EMPTY);
        return read(response, question, false, trusted, at);
    }

    private static OcspAnswer read(
            Bytes response,
            OcspQuestion question,
            boolean isOurs,
            List<Certificate> trusted,
            Instant at)
            throws BadCertificate {
        try {
            BasicOCSPResp basic = basic(response);
            SingleResp single = about(question, basic);
            if (isOurs) {
                checkNonce(question, basic);
            }
            Certificate signer = signer(basic, question.issuer(), trusted, at);
            return new OcspAnswer(
                    response,
                    signer,
                    status(single),
                    single.getThisUpdate().toInstant(),
                    until(single, at));
        } catch (IOException | OCSPException | OperatorCreationException e) {
            throw new BadCertificate("malformed ocsp response: " + e.getMessage());
        } catch (java.security.cert.CertificateException e) {
            throw new BadCertificate("unusable ocsp signer: " + e.getMessage());
        } catch (RuntimeException e) {
            // the library throws what it likes on malformed input
            throw new BadCertificate("malformed ocsp response: " + e);
        }
    }

    private static BasicOCSPResp basic(Bytes response)
            throws IOException, OCSPException, BadCertificate {
        var parsed = new OCSPResp(response.toArray());
        if (parsed.getStatus() != OCSPResp.SUCCESSFUL) {
            throw new BadCertificate("ocsp response status: " + errorName(parsed.getStatus()));
        }
        if (!(parsed.getResponseObject() instanceof BasicOCSPResp basic)) {
            throw new BadCertificate("ocsp response is not of the basic type");
        }
        return basic;
    }

    private static String errorName(int status) {
        return switch (status) {
            case OCSPResp.MALFORMED_REQUEST -> "malformed request";
            case OCSPResp.INTERNAL_ERROR -> "internal error";
            case OCSPResp.TRY_LATER -> "try later";
            case OCSPResp.SIG_REQUIRED -> "signature required";
            case OCSPResp.UNAUTHORIZED -> "unauthorized";
            default -> String.valueOf(status);
        };
    }

    private static SingleResp about(OcspQuestion question, BasicOCSPResp basic)
            throws BadCertificate {
        for (SingleResp single : basic.getResponses()) {
            if (names(single.getCertID(), question)) {
                return single;
            }
        }
        throw new BadCertificate("ocsp response is not about the certificate asked for");
    }

    private static boolean names(CertificateID id, OcspQuestion question) {
        String hash =
                switch (id.getHashAlgOID().getId()) {
                    case "1.3.14.3.2.26" -> "SHA-1";
                    case "2.16.840.1.101.3.4.2.1" -> "SHA-256";
                    case "2.16.840.1.101.3.4.2.2" -> "SHA-384";
                    case "2.16.840.1.101.3.4.2.3" -> "SHA-512";
                    default -> "";
                };
        if (hash.isEmpty()
                || !id.getSerialNumber().equals(question.subject().x509().getSerialNumber())) {
            return false;
        }
        Certificate issuer = question.issuer();
        byte[] name = digest(hash, issuer.x509().getSubjectX500Principal().getEncoded());
        return Arrays.equals(id.getIssuerNameHash(), name)
                && Arrays.equals(id.getIssuerKeyHash(), digest(hash, keyBits(issuer)));
    }

    private static byte[] keyBits(Certificate certificate) {
        return org.bouncycastle.asn1.x509.SubjectPublicKeyInfo.getInstance(
                        certificate.keyInfo().toArray())
                .getPublicKeyData()
                .getBytes();
    }

    /// A responder may answer without a nonce, of those that it prepared; never with another one.
    private static void checkNonce(OcspQuestion question, BasicOCSPResp basic)
            throws BadCertificate {
        Extension nonce = basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (nonce == null) {
            return;
        }
        byte[] told = ASN1OctetString.getInstance(nonce.getParsedValue()).getOctets();
        if (!Arrays.equals(told, question.nonce().toArray())) {
            throw new BadCertificate("nonce in ocsp response doesn't match");
        }
    }

    /// The issuer itself, whom it delegated to, or a responder that is trusted by itself.
    private static Certificate signer(
            BasicOCSPResp basic, Certificate issuer, List<Certificate> trusted, Instant at)
            throws BadCertificate,
                    OCSPException,
                    OperatorCreationException,
                    java.security.cert.CertificateException,
                    IOException {
        ResponderID responder = basic.getResponderId().toASN1Primitive();
        var candidates = new ArrayList<Certificate>(trusted);
        candidates.add(issuer);
        X509CertificateHolder[] sent = basic.getCerts();
        for (X509CertificateHolder holder :
                List.of(sent).subList(0, Math.min(sent.length, MAX_CERTIFICATES))) {
            candidates.add(Certificate.parse(Bytes.of(holder.getEncoded())));
        }
        String reason = "ocsp response is signed by '%s', whose certificate is not there";
        for (Certificate candidate : candidates) {
            if (!isNamed(candidate, responder)) {
                continue;
            }
            Optional<String> wrong =
                    candidate.equals(issuer) || trusted.contains(candidate)
                            ? validity(candidate, at)
                            : delegation(candidate, issuer, at);
            var verifier =
                    new JcaContentVerifierProviderBuilder()
                            .setProvider(Crypto.PROVIDER)
                            .build(candidate.publicKey());
            if (wrong.isEmpty() && basic.isSignatureValid(verifier)) {
                return candidate;
            }
            reason = wrong.orElse("ocsp response verification failed, signed by '%s'");
        }
        throw new BadCertificate(reason.replace("%s", describe(responder)));
    }

    private static boolean isNamed(Certificate candidate, ResponderID responder) {
        return responder.getKeyHash() != null
                ? candidate.keyId().equals(Bytes.of(responder.getKeyHash()))
                : responder
                        .getName()
                        .equals(
                                X500Name.getInstance(
                                        candidate.x509().getSubjectX500Principal().getEncoded()));
    }

    private static String describe(ResponderID responder) {
        return responder.getName() != null
                ? responder.getName().toString()
                : "key " + Bytes.of(responder.getKeyHash()).hex();
    }

    private static Optional<String> validity(Certificate signer, Instant at) {
        return signer.isValidAt(at)
                ? Optional.empty()
                : Optional.of("the certificate of ocsp signer '%s' is not valid now");
    }

    /// Whether the issuer made that certificate, and made it for this (RFC 6960 §4.2.2.2).
    private static Optional<String> delegation(Certificate signer, Certificate issuer, Instant at) {
        try {
            List<String> usages = signer.x509().getExtendedKeyUsage();
            boolean[] usage = signer.x509().getKeyUsage();
            boolean meant =
                    usages != null
                            && usages.contains(
                                    org.bouncycastle.asn1.x509.KeyPurposeId.id_kp_OCSPSigning
                                            .getId())
                            && (usage == null || usage[DIGITAL_SIGNATURE]);
            if (!meant || !signer.issuer().equals(issuer.subject())) {
                return Optional.of("'%s' may not sign ocsp responses for this CA");
            }
            signer.x509().verify(issuer.publicKey());
            return validity(signer, at);
        } catch (java.security.GeneralSecurityException e) {
            return Optional.of("the certificate of ocsp signer '%s' is not of this CA");
        }
    }

    private static Status status(SingleResp single) {
        CertificateStatus told = single.getCertStatus();
        if (told == null) { // which is what CertificateStatus.GOOD is
            return new Status.Good();
        }
        if (!(told instanceof RevokedStatus revoked)) {
            return new Status.Unknown("the ocsp responder does not know the certificate");
        }
        var reasons = java.security.cert.CRLReason.values();
        int reason = revoked.hasRevocationReason() ? revoked.getRevocationReason() : 0;
        return new Status.Revoked(
                "certificate was revoked on %s, reason: %s"
                        .formatted(
                                revoked.getRevocationTime().toInstant(),
                                CrlStatus.words(reasons[Math.clamp(reason, 0, 10)])));
    }

    /// @throws BadCertificate if the answer is not of this time
    private static Instant until(SingleResp single, Instant at) throws BadCertificate {
        Instant from = single.getThisUpdate().toInstant();
        if (from.isAfter(at.plus(SKEW))) {
            throw new BadCertificate("ocsp response is from the future: " + from);
        }
        Instant until =
                single.getNextUpdate() == null
                        ? from.plus(LIFETIME).plus(SKEW)
                        : single.getNextUpdate().toInstant();
        if (!at.isBefore(until)) {
            throw new BadCertificate("ocsp response is stale: since " + until);
        }
        return until;
    }

    static byte[] digest(String algorithm, byte[] data) {
        try {
            return MessageDigest.getInstance(algorithm).digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
