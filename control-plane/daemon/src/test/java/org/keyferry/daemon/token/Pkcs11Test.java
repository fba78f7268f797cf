package org.keyferry.daemon.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.Signatures;
import org.keyferry.daemon.creds.CredentialRefused;
import org.keyferry.daemon.creds.CredentialStore;
import org.keyferry.daemon.creds.KeyId;
import org.keyferry.daemon.creds.LoadedCertificate;
import org.keyferry.daemon.creds.OwnKey;
import org.keyferry.daemon.creds.TokenCertificates;
import org.keyferry.daemon.creds.TokenObject;
import org.keyferry.daemon.log.Log;
import org.keyferry.nativeshim.cryptoki.Cryptoki;
import org.keyferry.settings.Pkcs11Conf;
import org.keyferry.wire.Bytes;

/// Keys and certificates on tokens of SoftHSM.
class Pkcs11Test {
    private static final Bytes MESSAGE = Bytes.utf8("what is signed");

    private static long slot;
    private static KeyPair rsa;
    private static KeyPair p256;
    private static KeyPair p384;
    private static KeyPair ed25519;
    private static byte[] certificate;
    private static byte[] authority;

    private final List<Pkcs11> opened = new ArrayList<>();

    @BeforeAll
    static void makeToken() throws Exception {
        SoftHsm.assumeIsThere();
        slot = SoftHsm.makeToken("gateway");
        rsa = pair("RSA", Optional.empty());
        p256 = pair("EC", Optional.of("secp256r1"));
        p384 = pair("EC", Optional.of("secp384r1"));
        ed25519 = pair("Ed25519", Optional.empty());
        SoftHsm.importKey("gateway", "01", rsa.getPrivate().getEncoded());
        SoftHsm.importKey("gateway", "0a02", p256.getPrivate().getEncoded());
        SoftHsm.importKey("gateway", "03", p384.getPrivate().getEncoded());
        SoftHsm.importKey("gateway", "04", ed25519.getPrivate().getEncoded());
        certificate = certificate("CN=gateway", rsa, false);
        authority = certificate("CN=somebody", p256, true);
        SoftHsm.importCertificate("gateway", "01", certificate);
        SoftHsm.importCertificate("gateway", "0c", authority);
        SoftHsm.makeToken("other");
    }

    private static KeyPair pair(String algorithm, Optional<String> curve) throws Exception {
        var generator = KeyPairGenerator.getInstance(algorithm);
        if (curve.isPresent()) {
            generator.initialize(new ECGenParameterSpec(curve.get()));
        }
        return generator.generateKeyPair();
    }

    private static byte[] certificate(String subject, KeyPair pair, boolean ca) throws Exception {
        var name = new X500Principal(subject);
        var builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(Instant.EPOCH),
                        Date.from(Instant.ofEpochSecond(4_000_000_000L)),
                        name,
                        pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        String algorithm =
                pair.getPrivate().getAlgorithm().equals("RSA")
                        ? "SHA256withRSA"
                        : "SHA256withECDSA";
        return builder.build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
                .getEncoded();
    }

    @AfterEach
    void close() {
        opened.forEach(Pkcs11::close);
    }

    private Pkcs11 tokens(Pkcs11Conf.Module... modules) {
        var tokens = new Pkcs11(() -> new Pkcs11Conf(List.of(modules), false), new Log());
        opened.add(tokens);
        return tokens;
    }

    private Pkcs11 tokens() {
        return tokens(SoftHsm.module(false));
    }

    private static TokenObject object(String id) throws CredentialRefused {
        return TokenObject.parse(id, Optional.of(Long.toString(slot)), Optional.of("softhsm"));
    }

    private static Optional<byte[]> pin(String text) {
        return Optional.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static OwnKey load(Pkcs11 tokens, String id) throws CredentialRefused {
        return tokens.key(object(id), pin(SoftHsm.PIN));
    }

    private static String refusal(Pkcs11 tokens, TokenObject wanted, Optional<byte[]> pin) {
        return assertThrows(CredentialRefused.class, () -> tokens.key(wanted, pin)).getMessage();
    }

    private static void assertSigns(OwnKey key, SignatureScheme scheme, PublicKey verifier)
            throws GeneralSecurityException {
        Bytes signature = Signatures.sign(scheme, key.toPrivateKey(), MESSAGE);
        assertTrue(Signatures.verify(scheme, verifier, MESSAGE, signature), scheme.toString());
        Bytes other = Bytes.utf8("something else");
        assertFalse(Signatures.verify(scheme, verifier, other, signature), scheme.toString());
    }

    private static KeyPair pairFor(SignatureScheme scheme) {
        return switch (scheme.keyKind()) {
            case RSA -> rsa;
            case ECDSA -> scheme == SignatureScheme.ECDSA_SHA384 ? p384 : p256;
            case ED25519 -> ed25519;
            case ED448 -> throw new IllegalArgumentException();
        };
    }

    private static String idFor(SignatureScheme scheme) {
        KeyPair pair = pairFor(scheme);
        return pair == rsa ? "01" : pair == p256 ? "0a02" : pair == p384 ? "03" : "04";
    }

    /// Of ECDSA with SHA-512 on P-256 only the first half of the hash counts.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ED448")
    void everySchemeSignsOnTheToken(SignatureScheme scheme) throws Exception {
        assertSigns(load(tokens(), idFor(scheme)), scheme, pairFor(scheme).getPublic());
    }

    /// The forms of AUTH payloads (RFC 4754, RFC 7427).
    @ParameterizedTest
    @ValueSource(ints = {SignatureAuth.ECDSA_256, SignatureAuth.DIGITAL_SIGNATURE})
    void authPayloadsAreVerified(int method) throws Exception {
        OwnKey key = load(tokens(), "0a02");
        var choice = new SignatureAuth.Choice(method, SignatureScheme.ECDSA_SHA256);
        Bytes data = SignatureAuth.sign(choice, key.toPrivateKey(), MESSAGE);
        assertEquals(
                Optional.of(SignatureScheme.ECDSA_SHA256),
                SignatureAuth.verify(method, data, p256.getPublic(), MESSAGE));
    }

    @Test
    void aKeyIsKnownByItsPublicKeyAndNeverShown() throws Exception {
        for (var each : List.of("01", "0a02", "03", "04")) {
            OwnKey key = load(tokens(), each);
            KeyPair pair =
                    switch (each) {
                        case "01" -> rsa;
                        case "0a02" -> p256;
                        case "03" -> p384;
                        default -> ed25519;
                    };
            assertEquals(
                    KeyId.of(SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded())),
                    key.id());
            assertTrue(key.mayWait());
            assertEquals(null, key.toPrivateKey().getEncoded());
        }
    }

    /// The public half may be told by the private key itself (RSA), or by a certificate.
    @Test
    void noPublicKeyObjectIsNeeded() throws Exception {
        SoftHsm.makeToken("bare");
        KeyPair ec = pair("EC", Optional.of("secp256r1"));
        SoftHsm.importKey("bare", "01", rsa.getPrivate().getEncoded());
        SoftHsm.importKey("bare", "02", ec.getPrivate().getEncoded());
        SoftHsm.importKey("bare", "03", ec.getPrivate().getEncoded());
        for (String id : List.of("01", "02", "03")) {
            SoftHsm.dropPublicKey("bare", id);
        }
        SoftHsm.importCertificate("bare", "02", certificate("CN=c", ec, false));
        Pkcs11 tokens = tokens();
        long bare = slotOf("bare");
        assertSigns(
                tokens.key(at("01", bare), pin(SoftHsm.PIN)),
                SignatureScheme.RSA_PSS_SHA256,
                rsa.getPublic());
        assertSigns(
                tokens.key(at("02", bare), pin(SoftHsm.PIN)),
                SignatureScheme.ECDSA_SHA256,
                ec.getPublic());
        assertEquals(
                "token 'bare' (module softhsm) tells no public key of its private key 03, or one of"
                        + " an unknown kind",
                refusal(tokens, at("03", bare), pin(SoftHsm.PIN)));
    }

    private static TokenObject at(String id, long slot) throws CredentialRefused {
        return TokenObject.parse(id, Optional.of(Long.toString(slot)), Optional.empty());
    }

    private static long slotOf(String label) throws Exception {
        Cryptoki module = Cryptoki.open(SoftHsm.library().orElseThrow().toString(), false);
        for (long each : module.slots()) {
            if (module.tokenInfo(each).label().equals(label)) {
                return each;
            }
        }
        throw new AssertionError("no token " + label);
    }

    /// PIV's key for signatures wants the PIN before each.
    @Test
    void aKeyThatWantsThePinEachTimeGetsIt() throws Exception {
        SoftHsm.makeToken("piv");
        SoftHsm.makeKey("piv", "09", "EC:prime256v1", "--always-auth");
        Pkcs11 tokens = tokens();
        OwnKey key = tokens.key(at("09", slotOf("piv")), pin(SoftHsm.PIN));
        for (int i = 0; i < 3; i++) {
            Bytes made = Signatures.sign(SignatureScheme.ECDSA_SHA256, key.toPrivateKey(), MESSAGE);
            assertTrue(made.length() > 64, made.hex());
        }
    }

    /// Two wrong ones in a row must not become three: tokens lock then.
    @Test
    void aPinThatWasRefusedIsNotShownToTheTokenAgain() throws Exception {
        Pkcs11 tokens = tokens();
        String refused =
                "token 'gateway' (module softhsm) refuses the PIN (C_Login: CKR_PIN_INCORRECT)";
        String again =
                "token 'gateway' (module softhsm) has refused this PIN and is not asked again, as"
                        + " tokens lock (clear-creds forgets that)";
        assertEquals(refused, refusal(tokens, object("01"), pin("999999")));
        assertEquals(again, refusal(tokens, object("01"), pin("999999")));
        OwnKey key = load(tokens, "01");
        assertSigns(key, SignatureScheme.RSA_PKCS1_SHA256, rsa.getPublic());
        key.close();
        assertEquals(again, refusal(tokens, object("01"), pin("999999")));
        tokens.forgetRefusals();
        assertEquals(refused, refusal(tokens, object("01"), pin("999999")));
    }

    /// As after a mistake in swanctl.conf, while the token is away from time to time.
    @Test
    void aWrongPinDoesNotCostTheRightOne() throws Exception {
        Pkcs11 tokens = tokens();
        OwnKey key = load(tokens, "03");
        var module = Cryptoki.open(SoftHsm.library().orElseThrow().toString(), false);
        module.closeAllSessions(slot);
        String told = refusal(tokens, object("01"), pin("313131"));
        assertTrue(told.contains("refuses the PIN"), told);
        assertSigns(key, SignatureScheme.ECDSA_SHA384, p384.getPublic());
    }

    @Test
    void whatIsNotThereIsNamed() throws Exception {
        Pkcs11 tokens = tokens();
        assertEquals(
                "token 'gateway' (module softhsm) needs a PIN",
                refusal(tokens, object("01"), Optional.empty()));
        assertEquals(
                "token 'gateway' (module softhsm) has no private key with id 77",
                refusal(tokens, object("77"), pin(SoftHsm.PIN)));
        assertEquals(
                "there is no token in slot 9999999",
                refusal(tokens, at("01", 9_999_999), pin(SoftHsm.PIN)));
        var elsewhere = TokenObject.parse("01", Optional.empty(), Optional.of("nitro"));
        assertEquals(
                "charon.plugins.pkcs11.modules names no module 'nitro'",
                refusal(tokens, elsewhere, pin(SoftHsm.PIN)));
        var somewhere = TokenObject.parse("01", Optional.empty(), Optional.empty());
        assertEquals(
                "charon.plugins.pkcs11.modules names no module",
                refusal(tokens(new Pkcs11Conf.Module[0]), somewhere, pin(SoftHsm.PIN)));
        Pkcs11 broken = tokens(new Pkcs11Conf.Module("x", "/nowhere/lib.so", true, false));
        String told = refusal(broken, somewhere, pin(SoftHsm.PIN));
        assertTrue(told.startsWith("module x cannot be used: "), told);
        Pkcs11 noModule = tokens(new Pkcs11Conf.Module("c", "libc.so.6", true, false));
        assertEquals(
                "module c cannot be used: libc.so.6 has no C_GetFunctionList",
                refusal(noModule, somewhere, pin(SoftHsm.PIN)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "xy", "0x", "01:0"})
    void aHandleIsHexadecimal(String handle) {
        assertThrows(
                CredentialRefused.class,
                () -> TokenObject.parse(handle, Optional.empty(), Optional.empty()));
    }

    /// A PIN that is meant for one token is not shown to all that happen to be there.
    @Test
    void withoutASlotThePinGoesToTheTokenThatShowsTheObject() throws Exception {
        Pkcs11 tokens = tokens();
        var anywhere = TokenObject.parse("0x0A:02", Optional.empty(), Optional.empty());
        assertSigns(
                tokens.key(anywhere, pin(SoftHsm.PIN)),
                SignatureScheme.ECDSA_SHA256,
                p256.getPublic());
        var unknown = TokenObject.parse("66", Optional.empty(), Optional.empty());
        String told = refusal(tokens, unknown, pin("000000"));
        assertTrue(told.endsWith("before a login: name the slot"), told);
        assertSigns(load(tokens, "01"), SignatureScheme.RSA_PKCS1_SHA256, rsa.getPublic());
    }

    /// As after a reset of the reader: all sessions are gone, and nobody is logged in.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLostSessionIsOpenedAnew(boolean osLocking) throws Exception {
        OwnKey key = load(tokens(SoftHsm.module(osLocking)), "03");
        Cryptoki.open(SoftHsm.library().orElseThrow().toString(), false).closeAllSessions(slot);
        assertSigns(key, SignatureScheme.ECDSA_SHA384, p384.getPublic());
        assertSigns(key, SignatureScheme.ECDSA_SHA384, p384.getPublic());
    }

    /// A token that was pulled out costs the signatures that need it, until it is back.
    @Test
    void aTokenThatIsAwayIsMissedAndFoundAgain() throws Exception {
        long own = SoftHsm.makeToken("travels");
        SoftHsm.importKey("travels", "01", p256.getPrivate().getEncoded());
        Pkcs11 tokens = tokens();
        OwnKey key = tokens.key(at("01", own), pin(SoftHsm.PIN));
        OwnKey other = load(tokens, "0a02");
        Path directory = directoryOf("travels");
        Path away = directory.resolveSibling("../away");
        Files.move(directory, away);
        SoftHsm.forget();
        var missed =
                assertThrows(
                        GeneralSecurityException.class,
                        () ->
                                Signatures.sign(
                                        SignatureScheme.ECDSA_SHA256, key.toPrivateKey(), MESSAGE));
        assertEquals(
                "token 'travels' (module softhsm) is not there: nothing can be signed with it",
                missed.getMessage());
        assertSigns(other, SignatureScheme.ECDSA_SHA256, p256.getPublic());
        Files.move(away, directory);
        SoftHsm.forget();
        assertSigns(key, SignatureScheme.ECDSA_SHA256, p256.getPublic());
    }

    private static Path directoryOf(String label) throws Exception {
        try (var all = Files.list(SoftHsm.tokenDirectory())) {
            for (Path each : all.toList()) {
                String content =
                        Files.readString(each.resolve("token.object"), StandardCharsets.ISO_8859_1);
                if (content.contains(label)) {
                    return each;
                }
            }
        }
        throw new AssertionError(label);
    }

    @Test
    void afterUnloadingNobodySignsAndThePinIsForgotten() throws Exception {
        Pkcs11 tokens = tokens();
        OwnKey first = load(tokens, "01");
        OwnKey second = load(tokens, "0a02");
        var held = first.toPrivateKey();
        first.close();
        first.close();
        assertThrows(IllegalStateException.class, first::toPrivateKey);
        assertSigns(second, SignatureScheme.ECDSA_SHA256, p256.getPublic());
        second.close();
        for (int i = 0; i < 2; i++) { // a session that nobody is logged in to is not kept
            var late =
                    assertThrows(
                            GeneralSecurityException.class,
                            () -> Signatures.sign(SignatureScheme.RSA_PKCS1_SHA256, held, MESSAGE));
            assertEquals(
                    "token 'gateway' (module softhsm) was away, and its PIN is not known any more",
                    late.getMessage());
        }
    }

    /// `swanctl --load-creds` sends all keys each time; what signs just now must not notice.
    @Test
    void aKeyThatIsLoadedAgainStaysTheSame() throws Exception {
        Pkcs11 tokens = tokens();
        var store = new CredentialStore();
        OwnKey first = load(tokens, "01");
        store.load(first);
        OwnKey second = load(tokens, "01");
        assertNotSame(first, second);
        store.load(second);
        assertSigns(first, SignatureScheme.RSA_PKCS1_SHA256, rsa.getPublic());
        assertEquals(List.of(first), store.keys());
        store.clear();
        assertThrows(IllegalStateException.class, first::toPrivateKey);
    }

    @Test
    void certificatesAreFoundByTheirId() throws Exception {
        Pkcs11 tokens = tokens();
        assertArrayEquals(certificate, tokens.certificate(object("01")));
        var anywhere = TokenObject.parse("0c", Optional.empty(), Optional.empty());
        assertArrayEquals(authority, tokens.certificate(anywhere));
        var missing = TokenObject.parse("55", Optional.empty(), Optional.empty());
        assertEquals(
                "no token has a certificate with id 55",
                assertThrows(CredentialRefused.class, () -> tokens.certificate(missing))
                        .getMessage());
    }

    /// Who may write to a token must not become an authority, nor somebody's certificate trusted.
    @Test
    void certificatesOfTokensServeTheOwnerOfTheirKey() throws Exception {
        Pkcs11 tokens = tokens();
        var store = new CredentialStore();
        TokenCertificates found = tokens.certificates();
        assertTrue(found.trusted().isEmpty());
        assertTrue(found.others().size() >= 2);
        store.replaceOfTokens(found);
        assertEquals(List.of(), store.certificates());
        store.load(load(tokens, "01"));
        store.load(load(tokens, "0a02")); // the key of a CA, which stays unloaded
        assertEquals(
                List.of(Bytes.of(certificate)),
                store.certificates().stream().map(LoadedCertificate::der).toList());
        var without =
                new Pkcs11Conf.Module(
                        "softhsm", SoftHsm.library().orElseThrow().toString(), false, false);
        assertEquals(List.of(), tokens(without).certificates().others());
    }

    /// Holds a lane's thread, as a module that waits for its hardware does.
    private static final class Hanging implements Lane.Work<Integer> {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goesOn = new CountDownLatch(1);

        @Override
        public Integer run() {
            begun.countDown();
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return 1;
        }
    }

    private static String failure(Lane lane, Lane.Work<Integer> work) {
        return assertThrows(TokenFailure.class, () -> lane.call(work)).getMessage();
    }

    private static final String LATE = "module hung has not answered within 0 s";
    private static final String BUSY =
            "module hung is still busy with a question that it has not answered in time";

    @Test
    void aTokenThatHangsKeepsNobodyForLong() throws Exception {
        var lane = new Lane("module hung", Duration.ofMillis(50));
        var hanging = new Hanging();
        var over = new CountDownLatch(1);
        assertEquals(LATE, failure(lane, hanging));
        assertEquals(BUSY, failure(lane, () -> 2));
        lane.later(over::countDown);
        hanging.goesOn.countDown();
        over.await();
        assertEquals(3, lane.call(() -> 3));
        lane.close();
        assertEquals("module hung is not used any more", failure(lane, () -> 4));
    }

    /// Somebody who only stood in the queue does not know whether the module answers again.
    @Test
    void whoGivesUpInTheQueueChangesNothing() throws Exception {
        var lane = new Lane("module hung", Duration.ofMillis(500));
        var hanging = new Hanging();
        var first = CompletableFuture.supplyAsync(() -> failure(lane, hanging));
        hanging.begun.await();
        assertEquals(LATE, failure(lane, () -> 2));
        assertEquals(LATE, first.get());
        assertEquals(BUSY, failure(lane, () -> 3));
        hanging.goesOn.countDown();
        lane.close();
    }
}
