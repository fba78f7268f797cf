package org.keyferry.daemon.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.LoopbackPair;
import org.keyferry.daemon.LoopbackPair.Side;
import org.keyferry.daemon.creds.KeyId;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciValue;

/// A daemon whose key is on a token, as clients of VICI see it and as a peer does.
class TokenLoginTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private KeyPair onToken;
    private byte[] certificate;
    private byte[] ca;
    private String label;
    private String slot;
    private LoopbackPair pair;

    @BeforeEach
    void start() throws Exception {
        SoftHsm.assumeIsThere();
        onToken = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        certificate = certificate("CN=on a token", onToken, false);
        ca = certificate("CN=authority", onToken, true);
        label = "login-" + Long.toHexString(onToken.hashCode());
        slot = Long.toString(SoftHsm.makeToken(label));
        SoftHsm.importKey(label, "01", onToken.getPrivate().getEncoded());
        SoftHsm.importCertificate(label, "01", certificate);
        SoftHsm.importCertificate(label, "ca", ca);
        pair = LoopbackPair.start(-1);
    }

    @AfterEach
    void stop() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    private static byte[] certificate(String subject, KeyPair keys, boolean isCa) throws Exception {
        var name = new X500Principal(subject);
        var builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(Instant.EPOCH),
                        Date.from(Instant.ofEpochSecond(4_000_000_000L)),
                        name,
                        keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isCa));
        return builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()))
                .getEncoded();
    }

    private static ViciMessage ask(Side side, String command, ViciMessage message)
            throws Exception {
        try (var client = ViciClient.connect(side.vici())) {
            return client.request(command, message, LIMIT);
        }
    }

    private static ViciMessage ok(Side side, String command, ViciMessage message) throws Exception {
        ViciMessage answer = ask(side, command, message);
        assertEquals("yes", answer.getString("success", ""), answer.getString("errmsg", ""));
        return answer;
    }

    private static List<ViciMessage> certificates(Side side) throws Exception {
        var events = new ArrayList<ViciMessage>();
        try (var client = ViciClient.connect(side.vici())) {
            ViciMessage _ =
                    client.stream("list-certs", "list-cert", ViciMessage.EMPTY, events::add, LIMIT);
        }
        return events;
    }

    /// What strongswan.conf says of modules is read again with the settings.
    private void nameTheModule(Side side) throws Exception {
        Path conf = side.directory().resolve("strongswan.conf");
        Files.writeString(
                conf,
                """

                charon { plugins { pkcs11 { modules { softhsm { path = %s } } } } }
                """
                        .formatted(SoftHsm.library().orElseThrow()),
                StandardOpenOption.APPEND);
        ok(side, "reload-settings", ViciMessage.EMPTY);
    }

    private ViciMessage token(String handle, String pin) {
        return ViciMessage.builder()
                .put("handle", handle)
                .put("slot", slot)
                .put("module", "softhsm")
                .put("pin", pin)
                .build();
    }

    private String keyId() {
        return KeyId.of(SubjectPublicKeyInfo.getInstance(onToken.getPublic().getEncoded()))
                .toString();
    }

    @Test
    void clientsLoadListAndUnloadAKeyOfAToken() throws Exception {
        Side left = pair.left();
        ViciMessage unnamed = ask(left, "load-token", token("01", SoftHsm.PIN));
        assertEquals(
                "loading private key from token failed: charon.plugins.pkcs11.modules names no"
                        + " module 'softhsm'",
                unnamed.getString("errmsg", ""));
        nameTheModule(left);
        assertEquals(
                "loading private key from token failed: token '%s' (module softhsm) refuses the PIN"
                                .formatted(label)
                        + " (C_Login: CKR_PIN_INCORRECT)",
                ask(left, "load-token", token("01", "313131")).getString("errmsg", ""));
        assertEquals(
                "loading private key from token failed: handle 'q' is not hexadecimal",
                ask(left, "load-token", token("q", SoftHsm.PIN)).getString("errmsg", ""));
        ViciMessage loaded = ok(left, "load-token", token("01", SoftHsm.PIN));
        assertEquals(keyId(), loaded.getString("id", ""));
        assertEquals(List.of(keyId()), ask(left, "get-keys", ViciMessage.EMPTY).getStrings("keys"));
        List<ViciMessage> listed = certificates(left);
        assertEquals(1, listed.size()); // loaded without being named; the CA's is not
        assertEquals("yes", listed.getFirst().getString("has_privkey", ""));
        ok(left, "unload-key", ViciMessage.builder().put("id", keyId()).build());
        assertEquals(List.of(), ask(left, "get-keys", ViciMessage.EMPTY).getStrings("keys"));
        assertEquals(List.of(), certificates(left));
    }

    @Test
    void anAuthoritysCertificateMayLieOnAToken() throws Exception {
        Side left = pair.left();
        nameTheModule(left);
        ok(
                left,
                "load-authority",
                ViciMessage.builder()
                        .section("a", in -> in.put("handle", "ca").put("slot", slot))
                        .build());
        assertEquals("CA", certificates(left).getFirst().getString("flag", ""));
        ViciMessage missing =
                ask(
                        left,
                        "load-authority",
                        ViciMessage.builder().section("a", in -> in.put("handle", "77")).build());
        assertEquals(
                "handle: no token has a certificate with id 77, authority discarded",
                missing.getString("errmsg", ""));
    }

    private static ViciMessage connection(
            Side side, String own, String peer, ViciMessage local, String remote) {
        String port = Integer.toString(side.daemon().conf().charon().sockets().port());
        return ViciMessage.builder()
                .section(
                        "t",
                        in ->
                                in.list("local_addrs", own)
                                        .list("remote_addrs", peer)
                                        .put("remote_port", port)
                                        .section("local-1", local)
                                        .section(
                                                "remote-1",
                                                far -> far.put("auth", "pubkey").put("id", remote))
                                        .section(
                                                "children",
                                                all ->
                                                        all.section(
                                                                "tokened",
                                                                net ->
                                                                        net.list("local_ts", own)
                                                                                .list(
                                                                                        "remote_ts",
                                                                                        peer))))
                .build();
    }

    private void load(Side side, String type, byte[] content) throws Exception {
        ok(
                side,
                type.equals("any") ? "load-key" : "load-cert",
                ViciMessage.builder().put("type", type).put("data", ViciValue.of(content)).build());
    }

    /// The token's key answers as responder and asks as initiator.
    @Test
    void aPeerIsLoggedInToWithAKeyThatStaysOnItsToken() throws Exception {
        Side left = pair.left();
        Side right = pair.right();
        KeyPair inFile = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        byte[] other = certificate("CN=in a file", inFile, false);
        nameTheModule(left);
        ok(left, "load-token", token("01", SoftHsm.PIN));
        load(left, "x509", other);
        load(right, "x509", other);
        load(right, "x509", certificate);
        load(right, "any", inFile.getPrivate().getEncoded());
        ViciMessage local =
                ViciMessage.builder()
                        .put("auth", "pubkey")
                        .section("cert-1", in -> in.put("handle", "01").put("slot", slot))
                        .build();
        ok(left, "load-conn", connection(left, "127.0.0.1", "127.0.0.2", local, "CN=in a file"));
        ViciMessage filed =
                ViciMessage.builder().put("auth", "pubkey").put("id", "CN=in a file").build();
        ok(right, "load-conn", connection(right, "127.0.0.2", "127.0.0.1", filed, "CN=on a token"));
        for (Side first : List.of(left, right)) {
            ok(first, "initiate", ViciMessage.builder().put("child", "tokened").build());
            ok(first, "terminate", ViciMessage.builder().put("ike", "t").build());
        }
        ViciMessage lost =
                ask(
                        left,
                        "load-conn",
                        connection(
                                left,
                                "127.0.0.1",
                                "127.0.0.2",
                                ViciMessage.builder()
                                        .put("auth", "pubkey")
                                        .section("cert-1", in -> in.put("handle", "99"))
                                        .build(),
                                "CN=in a file"));
        assertEquals(
                "handle: no certificate: no token has a certificate with id 99, config discarded",
                lost.getString("errmsg", ""));
        ok(left, "unload-key", ViciMessage.builder().put("id", keyId()).build());
        ViciMessage failed =
                ask(left, "initiate", ViciMessage.builder().put("child", "tokened").build());
        assertTrue(failed.getString("errmsg", "").contains("failed"), failed.toString());
    }

    /// As the daemon reads its files by itself.
    @Test
    void swanctlConfNamesKeysAndCertificatesOfTokens() throws Exception {
        Side left = pair.left();
        nameTheModule(left);
        Path conf = left.swanctlDir().resolve("swanctl.conf");
        Files.writeString(
                conf,
                """

                secrets { token-gw { handle = 01
                    slot = %1$s
                    module = softhsm
                    pin = %2$s } }
                authorities { onToken { handle = ca
                    slot = %1$s } }
                connections { fromToken { remote_addrs = 127.0.0.2
                    local { cert { handle = 01 } }
                    remote { cacert-1 { handle = ca
                        slot = %1$s } } } }
                """
                        .formatted(slot, SoftHsm.PIN),
                StandardOpenOption.APPEND);
        left.daemon().reload();
        assertEquals(List.of(keyId()), ask(left, "get-keys", ViciMessage.EMPTY).getStrings("keys"));
        assertEquals(
                List.of("onToken"),
                ask(left, "get-authorities", ViciMessage.EMPTY).getStrings("authorities"));
        assertTrue(
                ask(left, "get-conns", ViciMessage.EMPTY)
                        .getStrings("conns")
                        .contains("fromToken"));
    }
}
