package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "certs",
        description = {
            "Shows certificates, CRLs and bare public keys that the daemon holds.",
            "Those that expire soon, have expired or are not valid yet are named on standard error."
        })
final class CertsCommand extends DaemonCommand {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT);

    private final Style style;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "X509, X509_AC, X509_CRL, OCSP_RESPONSE, PUBKEY or ANY (default).")
    private String type;

    @Option(
            names = "--flag",
            paramLabel = "FLAG",
            description = "Of X509 only NONE, CA, AA or OCSP.")
    private String flag;

    @Option(names = "--subject", paramLabel = "NAME", description = "Only of that subject.")
    private String subject;

    @Option(
            names = "--warn-days",
            paramLabel = "DAYS",
            description = "Warn when fewer days are left (default: 30).")
    private int warnDays = 30;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CertsCommand(Style style) {
        this.style = style;
    }

    @Override
    int run(ViciClient client) throws Exception {
        var request = ViciMessage.builder();
        putIfGiven(request, "type", type);
        putIfGiven(request, "flag", flag);
        putIfGiven(request, "subject", subject);
        var found = new ArrayList<CertificateFacts>();
        client.stream(
                "list-certs",
                "list-cert",
                request.build(),
                event -> found.add(CertificateFacts.of(event)));
        Instant now = Instant.now();
        if (json) {
            Json.print(out(), generator -> write(generator, found, now));
        } else {
            table(found, now).print(out(), style);
        }
        out().flush();
        for (String warning : CertificateFacts.warnings(found, now, warnDays)) {
            err().println("keyferry: warning: " + warning);
        }
        return ExitCode.OK;
    }

    private static Table table(List<CertificateFacts> found, Instant now) {
        var table = new Table("TYPE", "KEY", "FROM", "UNTIL", ">DAYS LEFT", "SUBJECT");
        for (CertificateFacts facts : found) {
            table.row(
                    facts.kind(),
                    facts.hasPrivateKey() ? "yes" : "",
                    day(facts.from()),
                    day(facts.until()),
                    facts.daysLeft(now).map(Object::toString).orElse(""),
                    facts.subject().isEmpty()
                            ? "SHA-256 " + facts.fingerprint().substring(0, 16)
                            : facts.subject());
        }
        return table;
    }

    private static String day(Optional<Instant> time) {
        return time.map(t -> DAY.format(t.atZone(ZoneId.systemDefault()))).orElse("");
    }

    private void write(JsonGenerator generator, List<CertificateFacts> found, Instant now)
            throws IOException {
        generator.writeStartArray();
        for (CertificateFacts facts : found) {
            generator.writeStartObject();
            generator.writeStringField("type", facts.kind());
            generator.writeStringField("subject", facts.subject());
            generator.writeStringField("issuer", facts.issuer());
            generator.writeStringField("serial", facts.serial());
            if (facts.from().isPresent()) {
                generator.writeStringField("not-before", facts.from().get().toString());
            }
            if (facts.until().isPresent()) {
                generator.writeStringField("not-after", facts.until().get().toString());
                generator.writeNumberField("days-left", facts.daysLeft(now).orElseThrow());
            }
            generator.writeBooleanField("has-private-key", facts.hasPrivateKey());
            generator.writeStringField("sha256", facts.fingerprint());
            var warning = facts.warning(now, warnDays);
            if (warning.isPresent()) {
                generator.writeStringField("warning", warning.get());
            }
            generator.writeEndObject();
        }
        generator.writeEndArray();
    }
}
