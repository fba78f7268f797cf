package org.keyferry.daemon.vici;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.daemon.creds.Authority;
import org.keyferry.daemon.creds.CertificateKind;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.daemon.creds.CertificateReader;
import org.keyferry.daemon.creds.CredentialRefused;
import org.keyferry.daemon.creds.TokenObject;
import org.keyferry.engine.Event.Group;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Element;
import org.keyferry.vici.ViciMessage.ItemList;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciRequest;
import org.keyferry.vici.ViciValue;

/// Commands about certification authorities.
final class Authorities {
    private static final Set<String> VALUES =
            Set.of("cacert", "file", "handle", "slot", "module", "cert_uri_base");
    private static final Set<String> LISTS = Set.of("crl_uris", "ocsp_uris");

    private final Commands.Parts parts;

    Authorities(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of(
                "load-authority",
                this::load,
                "unload-authority",
                this::unload,
                "list-authorities",
                this::list,
                "get-authorities",
                _ -> names());
    }

    private ViciMessage load(ViciRequest request) {
        for (Section section : request.message().sections()) {
            try {
                parts.credentials().load(authority(section.name(), section.body()));
                parts.publisher().changed();
                parts.log().log(Group.CFG, 1, "added vici authority: %s", section.name());
            } catch (CredentialRefused e) {
                parts.log().log(Group.CFG, 0, "%s: %s", section.name(), e.getMessage());
                return ViciMessage.failure(e.getMessage());
            }
        }
        return ViciMessage.success();
    }

    private Authority authority(String name, ViciMessage body) throws CredentialRefused {
        for (Element element : body.elements()) {
            checkKnown(element);
        }
        byte[] file =
                body.getString("handle").isPresent()
                        ? certificateOfToken(body)
                        : certificateOf(name, body);
        try {
            return new Authority(
                    name,
                    CertificateReader.read(CertificateKind.X509, Flag.CA, file),
                    body.getStrings("crl_uris"),
                    body.getStrings("ocsp_uris"),
                    body.getString("cert_uri_base"));
        } catch (CredentialRefused _) {
            throw missing(name);
        }
    }

    private static void checkKnown(Element element) throws CredentialRefused {
        boolean known =
                switch (element) {
                    case KeyValue(String key, _) -> VALUES.contains(key);
                    case ItemList(String key, _) -> LISTS.contains(key);
                    case Section _ -> false;
                };
        if (element instanceof Section) {
            throw new CredentialRefused("parsing request failed");
        }
        if (!known) {
            throw new CredentialRefused(
                    "unknown option: " + element.name() + ", authority discarded");
        }
    }

    private byte[] certificateOfToken(ViciMessage body) throws CredentialRefused {
        try {
            return parts.tokens()
                    .certificate(
                            TokenObject.parse(
                                    body.getString("handle", ""),
                                    body.getString("slot"),
                                    body.getString("module")));
        } catch (CredentialRefused e) {
            throw new CredentialRefused("handle: " + e.getMessage() + ", authority discarded");
        }
    }

    private static byte[] certificateOf(String name, ViciMessage body) throws CredentialRefused {
        Optional<ViciValue> blob = body.getValue("cacert").filter(value -> value.length() > 0);
        if (blob.isPresent()) {
            return blob.get().toArray();
        }
        try {
            return Files.readAllBytes(
                    Path.of(body.getString("file").orElseThrow(() -> missing(name))));
        } catch (IOException | InvalidPathException _) {
            throw missing(name);
        }
    }

    private static CredentialRefused missing(String name) {
        return new CredentialRefused("CA certificate missing: " + name);
    }

    private ViciMessage unload(ViciRequest request) {
        Optional<String> name = request.message().getString("name");
        if (name.isEmpty()) {
            return ViciMessage.failure("unload: missing authority name");
        }
        if (!parts.credentials().unloadAuthority(name.get())) {
            return ViciMessage.failure("unload: authority '" + name.get() + "' not found");
        }
        parts.publisher().changed();
        parts.log().log(Group.CFG, 1, "removed vici authority: %s", name.get());
        return ViciMessage.success();
    }

    private ViciMessage list(ViciRequest request) {
        String only = request.message().getString("name", "");
        for (Authority authority : parts.credentials().authorities()) {
            if (only.isEmpty() || only.equals(authority.name())) {
                request.stream(
                        "list-authority",
                        ViciMessage.builder()
                                .section(authority.name(), out -> facts(out, authority))
                                .build());
            }
        }
        return ViciMessage.EMPTY;
    }

    private static void facts(ViciMessage.Builder out, Authority authority) {
        out.put("cacert", authority.certificate().subjects().getFirst().toString());
        out.list("crl_uris", authority.crlUris()).list("ocsp_uris", authority.ocspUris());
        authority.certUriBase().ifPresent(base -> out.put("cert_uri_base", base));
    }

    private ViciMessage names() {
        List<String> names =
                parts.credentials().authorities().stream().map(Authority::name).toList();
        return ViciMessage.builder().list("authorities", names).build();
    }
}
