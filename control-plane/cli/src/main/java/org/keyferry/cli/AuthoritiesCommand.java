package org.keyferry.cli;

import java.util.List;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "authorities", description = "Shows the certification authorities that are loaded.")
final class AuthoritiesCommand extends DaemonCommand {
    private final Style style;

    @Option(names = "--name", paramLabel = "NAME", description = "Only that authority.")
    private String name;

    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    AuthoritiesCommand(Style style) {
        this.style = style;
    }

    @Override
    int run(ViciClient client) throws Exception {
        var request = ViciMessage.builder();
        putIfGiven(request, "name", name);
        List<Section> found =
                Listing.fetch(client, "list-authorities", "list-authority", request.build());
        if (json) {
            Json.print(out(), generator -> Listing.write(generator, found));
        } else {
            found.forEach(this::print);
        }
        return ExitCode.OK;
    }

    private void print(Section authority) {
        ViciMessage body = authority.body();
        out().println(style.strong(authority.name()));
        body.getValue("cacert").ifPresent(value -> line("certificate", value.text()));
        body.getStrings("crl_uris").forEach(uri -> line("CRL", uri));
        body.getStrings("ocsp_uris").forEach(uri -> line("OCSP", uri));
        body.getString("cert_uri_base").ifPresent(uri -> line("hash-and-URL", uri));
    }

    private void line(String what, String text) {
        out().printf("  %-12s  %s%n", what, text);
    }
}
