package org.keyferry.daemon.vici;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.creds.CertificateKind;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.daemon.creds.CertificateKind.Named;
import org.keyferry.daemon.creds.CertificateReader;
import org.keyferry.daemon.creds.CredentialRefused;
import org.keyferry.daemon.creds.KeyId;
import org.keyferry.daemon.creds.LoadedCertificate;
import org.keyferry.daemon.creds.OwnKey;
import org.keyferry.daemon.creds.PrivateKeyReader;
import org.keyferry.daemon.creds.TokenObject;
import org.keyferry.engine.Event.Group;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;
import org.keyferry.vici.ViciValue;

/// Commands about certificates and private keys. What a key holds is never logged nor answered.
final class Credentials {
    private final Commands.Parts parts;

    Credentials(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        var table = new LinkedHashMap<String, ViciCommand>();
        table.put("load-cert", this::loadCertificate);
        table.put("load-key", this::loadKey);
        table.put("unload-key", this::unloadKey);
        table.put("get-keys", _ -> keys());
        table.put("load-token", this::loadToken);
        table.put("flush-certs", this::flush);
        table.put("clear-creds", _ -> clear());
        return table;
    }

    private ViciMessage loadCertificate(ViciRequest request) {
        ViciMessage message = request.message();
        Optional<String> type = message.getString("type");
        if (type.isEmpty()) {
            return ViciMessage.failure("certificate type missing");
        }
        boolean any = type.get().equalsIgnoreCase("any");
        Optional<Named> named = CertificateKind.named(type.get());
        if (named.isEmpty() && !any) {
            return ViciMessage.failure("invalid certificate type '" + type.get() + "'");
        }
        Optional<String> flagName = message.getString("flag");
        Optional<Flag> flag =
                flagName.isEmpty()
                        ? named.flatMap(Named::flag).or(() -> Optional.of(Flag.NONE))
                        : CertificateKind.flagNamed(flagName.get());
        if (flag.isEmpty()) {
            return ViciMessage.failure("invalid certificate flag '" + flagName.get() + "'");
        }
        Optional<ViciValue> data = message.getValue("data");
        if (data.isEmpty() || data.get().length() == 0) {
            return ViciMessage.failure("certificate data missing");
        }
        if (any) {
            return ViciMessage.failure("parsing ANY certificate failed");
        }
        return loadCertificate(named.get().kind(), flag.get(), data.get());
    }

    private ViciMessage loadCertificate(CertificateKind kind, Flag flag, ViciValue data) {
        try {
            LoadedCertificate certificate = CertificateReader.read(kind, flag, data.toArray());
            parts.credentials().load(certificate);
            parts.publisher().changed();
            String what = kind == CertificateKind.X509_CRL ? "crl of" : "certificate";
            String subject =
                    certificate.subjects().isEmpty()
                            ? certificate.keyId().map(KeyId::toString).orElse(kind.name())
                            : certificate.subjects().getFirst().toString();
            parts.log().log(Group.CFG, 1, "loaded %s '%s'", what, subject);
            return ViciMessage.success();
        } catch (CredentialRefused e) {
            return ViciMessage.failure(e.getMessage());
        }
    }

    private ViciMessage loadKey(ViciRequest request) {
        ViciMessage message = request.message();
        Optional<String> type = message.getString("type");
        if (type.isEmpty()) {
            return ViciMessage.failure("key type missing");
        }
        if (!PrivateKeyReader.isType(type.get())) {
            return ViciMessage.failure("invalid key type: " + type.get());
        }
        Optional<ViciValue> data = message.getValue("data");
        if (data.isEmpty() || data.get().length() == 0) {
            return ViciMessage.failure("key data missing");
        }
        try {
            OwnKey key = PrivateKeyReader.read(type.get(), data.get().toArray());
            parts.credentials().load(key);
            parts.publisher().changed();
            parts.log().log(Group.CFG, 1, "loaded %s private key", key.kind());
            return ViciMessage.builder()
                    .put("success", "yes")
                    .put("id", key.id().toString())
                    .build();
        } catch (CredentialRefused e) {
            return ViciMessage.failure(e.getMessage());
        }
    }

    private ViciMessage unloadKey(ViciRequest request) {
        Optional<String> id = request.message().getString("id");
        if (id.isEmpty()) {
            return ViciMessage.failure("key id missing");
        }
        if (!parts.credentials().unloadKey(id.get())) {
            return ViciMessage.failure("key not found");
        }
        parts.publisher().changed();
        parts.log().log(Group.CFG, 1, "unloaded private key with id %s", id.get());
        return ViciMessage.success();
    }

    private ViciMessage keys() {
        List<String> ids = parts.credentials().keyIds().stream().map(KeyId::toString).toList();
        return ViciMessage.builder().list("keys", ids).build();
    }

    private ViciMessage loadToken(ViciRequest request) {
        ViciMessage message = request.message();
        Optional<String> handle = message.getString("handle");
        if (handle.isEmpty()) {
            return ViciMessage.failure("keyid missing");
        }
        Optional<byte[]> pin =
                message.getValue("pin").filter(text -> text.length() > 0).map(ViciValue::toArray);
        try {
            var wanted =
                    TokenObject.parse(
                            handle.get(), message.getString("slot"), message.getString("module"));
            OwnKey key = parts.tokens().key(wanted, pin);
            parts.log().log(Group.CFG, 1, "loaded %s", key);
            parts.credentials().load(key);
            parts.credentials().replaceOfTokens(parts.tokens().certificates());
            parts.publisher().changed();
            return ViciMessage.builder()
                    .put("success", "yes")
                    .put("id", key.id().toString())
                    .build();
        } catch (CredentialRefused e) {
            return ViciMessage.failure("loading private key from token failed: " + e.getMessage());
        } finally {
            pin.ifPresent(secret -> Arrays.fill(secret, (byte) 0));
        }
    }

    /// What was fetched goes, what was loaded stays.
    private ViciMessage flush(ViciRequest request) {
        String type = request.message().getString("type", "ANY");
        Optional<CertificateKind> kind = CertificateKind.named(type).map(Named::kind);
        if (kind.isEmpty() && !type.equalsIgnoreCase("ANY")) {
            return ViciMessage.failure("invalid certificate type '" + type + "'");
        }
        if (kind.isEmpty() || kind.get() == CertificateKind.X509_CRL) {
            parts.revocations().flushLists();
        }
        if (kind.isEmpty() || kind.get() == CertificateKind.OCSP_RESPONSE) {
            parts.revocations().flushAnswers();
        }
        if (kind.isEmpty() || kind.get() == CertificateKind.X509) {
            parts.revocations().flushCertificates();
        }
        return ViciMessage.success();
    }

    private ViciMessage clear() {
        parts.revocations().flushLists();
        parts.revocations().flushAnswers();
        parts.credentials().clear();
        parts.tokens().forgetRefusals();
        parts.store().clearSecrets();
        parts.publisher().changed();
        return ViciMessage.success();
    }
}
