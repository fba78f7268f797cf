package org.keyferry.cli;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;
import org.keyferry.vici.ViciMessage;

/// What a list-cert event tells of one certificate, CRL or bare key.
///
/// @param kind VICI's type with its flag, such as `X509 CA`
/// @param subject of a CRL its issuer; empty if unreadable
/// @param fingerprint SHA-256 of the encoding
record CertificateFacts(
        String kind,
        String subject,
        String issuer,
        String serial,
        Optional<Instant> from,
        Optional<Instant> until,
        boolean hasPrivateKey,
        String fingerprint) {
    private static final DateTimeFormatter GENERALIZED =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);

    static CertificateFacts of(ViciMessage event) {
        String type = event.getString("type", "?");
        String flag = event.getString("flag", "NONE");
        String kind = flag.equals("NONE") ? type : type + " " + flag;
        boolean key = event.getBool("has_privkey", false);
        byte[] data = event.getValue("data").map(value -> value.toArray()).orElse(new byte[0]);
        try {
            return switch (type) {
                case "X509" -> certificate(kind, key, data);
                case "X509_CRL" -> crl(kind, data);
                default ->
                        new CertificateFacts(
                                kind,
                                event.getValue("subject").map(value -> value.text()).orElse(""),
                                "",
                                "",
                                time(event, "not-before"),
                                time(event, "not-after"),
                                key,
                                digest(data));
            };
        } catch (GeneralSecurityException _) {
            return new CertificateFacts(
                    kind, "", "", "", Optional.empty(), Optional.empty(), key, digest(data));
        }
    }

    private static CertificateFacts certificate(String kind, boolean key, byte[] data)
            throws GeneralSecurityException {
        var factory = CertificateFactory.getInstance("X.509");
        var cert = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(data));
        return new CertificateFacts(
                kind,
                name(cert.getSubjectX500Principal()),
                name(cert.getIssuerX500Principal()),
                cert.getSerialNumber().toString(16),
                Optional.of(cert.getNotBefore().toInstant()),
                Optional.of(cert.getNotAfter().toInstant()),
                key,
                digest(data));
    }

    private static CertificateFacts crl(String kind, byte[] data) throws GeneralSecurityException {
        var factory = CertificateFactory.getInstance("X.509");
        var crl = (X509CRL) factory.generateCRL(new ByteArrayInputStream(data));
        return new CertificateFacts(
                kind,
                name(crl.getIssuerX500Principal()),
                name(crl.getIssuerX500Principal()),
                "",
                Optional.of(crl.getThisUpdate().toInstant()),
                Optional.ofNullable(crl.getNextUpdate()).map(Date::toInstant),
                false,
                digest(data));
    }

    private static Optional<Instant> time(ViciMessage event, String key) {
        try {
            return event.getString(key)
                    .map(text -> LocalDateTime.parse(text, GENERALIZED).toInstant(ZoneOffset.UTC));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    /// As strongSwan writes names: `C=CH, O=strongSwan, CN=moon`.
    static String name(X500Principal principal) {
        try {
            return new LdapName(principal.getName())
                    .getRdns().stream().map(Object::toString).collect(Collectors.joining(", "));
        } catch (InvalidNameException _) {
            return principal.getName();
        }
    }

    private static String digest(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /// Whole days until the end, negative once it is over.
    Optional<Long> daysLeft(Instant now) {
        return until.map(end -> Math.floorDiv(Duration.between(now, end).toSeconds(), 86_400L));
    }

    /// What somebody should do something about.
    Optional<String> warning(Instant now, int warnDays) {
        String what = kind + " '" + subject + "'";
        if (from.filter(now::isBefore).isPresent()) {
            return Optional.of(what + " is not valid before " + from.get());
        }
        return daysLeft(now)
                .filter(days -> days < warnDays)
                .map(
                        days ->
                                days < 0
                                        ? what + " expired on " + until.orElseThrow()
                                        : what + " expires in " + Text.counted(days, "day"));
    }

    static List<String> warnings(List<CertificateFacts> all, Instant now, int warnDays) {
        return all.stream().flatMap(facts -> facts.warning(now, warnDays).stream()).toList();
    }
}
