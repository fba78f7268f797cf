package org.keyferry.crypto.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.cert.TestCa;
import org.keyferry.crypto.tls.TlsTerms.Resumption;
import org.keyferry.wire.Bytes;

/// Sessions that are resumed, among ourselves and with the JDK's TLS as the other end.
class ResumableSessionTest {
    private static final String LABEL = "client EAP encryption";

    private final TestCa ca = TestCa.root("CN=Root");
    private final KeyPair keys = TestCa.newKeys();
    private Bytes certificate = ca.of("CN=peer", keys).der();
    private int judged;
    private int seed;

    ResumableSessionTest() throws Exception {}

    private SeededRandom random() {
        byte[] bytes = new byte[64];
        bytes[0] = (byte) ++seed;
        return new SeededRandom(bytes);
    }

    private TlsTerms terms(int maxVersion, List<String> suites, Resumption resumption)
            throws Exception {
        return new TlsTerms(
                TlsTerms.V1_2,
                maxVersion,
                suites,
                List.of(),
                Optional.of(new TlsTerms.Own(List.of(certificate), keys::getPrivate)),
                true,
                _ -> {
                    judged++;
                    return Optional.empty();
                },
                new TlsTerms.Exported(LABEL, "EXPORTER_EAP_TLS_Key_Material", Bytes.ofU8(13), 128),
                List.of(),
                resumption);
    }

    private TlsTerms terms(Resumption resumption) throws Exception {
        return terms(TlsTerms.V1_2, List.of(), resumption);
    }

    private static Resumption knows(ResumableSession session) {
        return Resumption.server(id -> Optional.of(session).filter(known -> known.id().equals(id)));
    }

    /// Sends what there is to and fro.
    ///
    /// @return how many messages went
    private static int talk(TlsEnd client, TlsEnd server) throws TlsFailure {
        int messages = 0;
        byte[] out = client.output();
        TlsEnd from = client;
        while (out.length > 0) {
            messages++;
            TlsEnd to = from == client ? server : client;
            to.process(out);
            from = to;
            out = to.output();
        }
        assertTrue(client.isEstablished() && server.isEstablished());
        return messages;
    }

    private static void assertSameKey(TlsEnd client, TlsEnd server) {
        assertArrayEquals(client.key().array(), server.key().array());
    }

    private record Pair(ResumableSession client, ResumableSession server) {}

    private Pair full() throws Exception {
        var client = TlsEnd.client(terms(Resumption.client(Optional.empty())), random());
        var server = TlsEnd.server(terms(Resumption.server(_ -> Optional.empty())), random());
        assertEquals(4, talk(client, server));
        assertSameKey(client, server);
        assertEquals(2, judged);
        assertFalse(client.isResumed() || server.isResumed());
        var pair = new Pair(client.resumable().orElseThrow(), server.resumable().orElseThrow());
        assertEquals(pair.client().id(), pair.server().id());
        assertEquals(List.of(certificate), pair.server().peerChain());
        assertEquals(List.of(certificate), pair.client().peerChain());
        return pair;
    }

    @Test
    void aSessionIsResumedInOneRoundTripLess() throws Exception {
        Pair pair = full();
        byte[] master = pair.client().master().array().clone();
        var client = TlsEnd.client(terms(Resumption.client(Optional.of(pair.client()))), random());
        var server = TlsEnd.server(terms(knows(pair.server())), random());
        assertEquals(3, talk(client, server));
        assertTrue(client.isResumed() && server.isResumed());
        assertEquals(2, judged, "nobody showed a certificate");
        assertSameKey(client, server);
        assertArrayEquals(master, pair.client().master().array(), "it stays its giver's");
        assertEquals(pair.client().id(), client.resumable().orElseThrow().id());
        client.send(new byte[] {1, 2});
        server.process(client.output());
        assertArrayEquals(new byte[] {1, 2}, server.data());
    }

    @Test
    void aServerThatKnowsNoSuchSessionDoesAllOfIt() throws Exception {
        Pair pair = full();
        var client = TlsEnd.client(terms(Resumption.client(Optional.of(pair.client()))), random());
        var server = TlsEnd.server(terms(Resumption.server(_ -> Optional.empty())), random());
        assertEquals(4, talk(client, server));
        assertFalse(client.isResumed() || server.isResumed());
        assertEquals(4, judged);
        assertSameKey(client, server);
    }

    @Test
    void whoDoesNotHaveTheSecretDoesNotGetIn() throws Exception {
        Pair pair = full();
        var forged =
                new ResumableSession(
                        pair.client().id(),
                        pair.client().version(),
                        pair.client().suite(),
                        List.of(),
                        Secret.owned(new byte[48]));
        var client = TlsEnd.client(terms(Resumption.client(Optional.of(forged))), random());
        var server = TlsEnd.server(terms(knows(pair.server())), random());
        server.process(client.output());
        var thrown = assertThrows(TlsFailure.class, () -> client.process(server.output()));
        assertTrue(thrown.getMessage().contains("bad_record_mac"), thrown.getMessage());
        assertFalse(server.isEstablished());
    }

    @Test
    void aSuiteThatIsNotAllowedAnyMoreIsNotResumed() throws Exception {
        Pair pair = full();
        var other = List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        var client = TlsEnd.client(terms(Resumption.client(Optional.of(pair.client()))), random());
        var server = TlsEnd.server(terms(TlsTerms.V1_2, other, knows(pair.server())), random());
        assertEquals(4, talk(client, server));
        assertFalse(server.isResumed());
        assertEquals(other.getFirst(), server.suite());
    }

    /// Sessions are kept by the thousand.
    @Test
    void aPeerThatShowsALotIsNotRemembered() throws Exception {
        var comment = new DEROctetString(new byte[Keys.MAX_CHAIN_BYTES]);
        certificate =
                ca.of(
                                "CN=peer",
                                keys,
                                b -> b.addExtension(Extension.subjectInfoAccess, false, comment))
                        .der();
        var client = TlsEnd.client(terms(Resumption.client(Optional.empty())), random());
        var server = TlsEnd.server(terms(Resumption.server(_ -> Optional.empty())), random());
        talk(client, server);
        assertEquals(Optional.empty(), server.resumable());
        assertEquals(Optional.empty(), client.resumable());
    }

    @Test
    void withoutResumptionThereIsNoSession() throws Exception {
        var client = TlsEnd.client(terms(Resumption.client(Optional.empty())), random());
        var server = TlsEnd.server(terms(Resumption.NONE), random());
        talk(client, server);
        assertEquals(Optional.empty(), client.resumable());
        assertEquals(Optional.empty(), server.resumable());
    }

    /// The library has no tickets; but an older session does no harm.
    @Test
    void noSessionComesOfTls13() throws Exception {
        Pair pair = full();
        var client =
                TlsEnd.client(
                        terms(
                                TlsTerms.V1_3,
                                List.of(),
                                Resumption.client(Optional.of(pair.client()))),
                        random());
        var server = TlsEnd.server(terms(TlsTerms.V1_3, List.of(), knows(pair.server())), random());
        talk(client, server);
        assertEquals(TlsTerms.V1_3, server.version());
        assertFalse(client.isResumed() || server.isResumed());
        assertEquals(Optional.empty(), client.resumable());
        assertEquals(Optional.empty(), server.resumable());
    }

    private TlsTerms configured(int minVersion, List<String> suites, List<String> groups)
            throws Exception {
        TlsTerms terms = terms(Resumption.NONE);
        return new TlsTerms(
                minVersion,
                terms.maxVersion(),
                suites,
                groups,
                terms.own(),
                true,
                terms.judge(),
                terms.key(),
                List.of(),
                Resumption.NONE);
    }

    private static void assertRefused(String why, TlsTerms terms) {
        for (Executable end :
                List.<Executable>of(
                        () -> TlsEnd.client(terms, new SeededRandom(new byte[64])),
                        () -> TlsEnd.server(terms, new SeededRandom(new byte[64])))) {
            var thrown = assertThrows(TlsFailure.class, end);
            assertTrue(thrown.getMessage().contains(why), thrown.getMessage());
        }
    }

    /// Not all that there are instead.
    @Test
    void whatIsConfiguredAndNotKnownIsLeftOut() throws Exception {
        String suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        TlsTerms some =
                configured(
                        TlsTerms.V1_2, List.of(suite, "TLS_NULL"), List.of("modp2048", "ecp256"));
        assertEquals(List.of("TLS_NULL", "modp2048"), some.unknown());
        var client = TlsEnd.client(some, random());
        var server = TlsEnd.server(terms(Resumption.NONE), random());
        talk(client, server);
        assertEquals(suite, server.suite());
        assertRefused(
                "no configured TLS group is known",
                configured(TlsTerms.V1_2, List.of(), List.of("modp2048")));
        assertRefused(
                "no configured TLS suite is known",
                configured(TlsTerms.V1_2, List.of("TLS_NULL"), List.of()));
        assertRefused(
                "the lowest TLS version is above the highest",
                configured(TlsTerms.V1_3, List.of(), List.of()));
    }

    private SSLContext jdk() throws Exception {
        var x509 =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(
                                        new java.io.ByteArrayInputStream(certificate.toArray()));
        var context = SSLContext.getInstance("TLS");
        context.init(
                new KeyManager[] {new TheKey(x509, keys.getPrivate())},
                new TrustManager[] {new TrustsAll()},
                null);
        return context;
    }

    private static SSLEngine engine(SSLContext context, boolean client) {
        SSLEngine engine = context.createSSLEngine("peer", 1);
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        if (!client) {
            engine.setNeedClientAuth(true);
        }
        return engine;
    }

    /// One handshake of ours with the JDK's.
    private static void talk(TlsEnd ours, SSLEngine theirs) throws Exception {
        theirs.beginHandshake();
        var in = ByteBuffer.allocate(100_000).flip();
        for (int turn = 0; turn < 100; turn++) {
            byte[] out = ours.output();
            in = ByteBuffer.allocate(100_000).put(in).put(out).flip();
            switch (theirs.getHandshakeStatus()) {
                case NEED_TASK -> theirs.getDelegatedTask().run();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED ->
                        theirs.unwrap(in, ByteBuffer.allocate(100_000));
                case NEED_WRAP -> {
                    var wrapped = ByteBuffer.allocate(100_000);
                    theirs.wrap(ByteBuffer.allocate(0), wrapped);
                    byte[] bytes = new byte[wrapped.position()];
                    wrapped.flip().get(bytes);
                    ours.process(bytes);
                }
            }
            boolean over = theirs.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
            if (over && ours.isEstablished() && !in.hasRemaining()) {
                var session = (ExtendedSSLSession) theirs.getSession();
                assertArrayEquals(
                        session.exportKeyingMaterialData(LABEL, null, 128), ours.key().array());
                return;
            }
        }
        throw new AssertionError("the handshake does not end");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void theJdkResumesWithUs(boolean jdkIsClient) throws Exception {
        SSLContext context = jdk();
        var sessions = new ArrayList<ResumableSession>();
        for (int i = 0; i < 3; i++) {
            Optional<ResumableSession> former = sessions.stream().findFirst();
            TlsEnd ours =
                    jdkIsClient
                            ? TlsEnd.server(
                                    terms(former.map(s -> knows(s)).orElse(knowsNone())), random())
                            : TlsEnd.client(terms(Resumption.client(former)), random());
            talk(ours, engine(context, jdkIsClient));
            assertEquals(i > 0, ours.isResumed());
            assertEquals(1, judged);
            sessions.add(ours.resumable().orElseThrow());
        }
    }

    private static Resumption knowsNone() {
        return Resumption.server(_ -> Optional.empty());
    }

    private static final class TheKey extends X509ExtendedKeyManager {
        private final X509Certificate certificate;
        private final PrivateKey key;

        TheKey(X509Certificate certificate, PrivateKey key) {
            this.certificate = certificate;
            this.key = key;
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine e) {
            return "it";
        }

        @Override
        public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine e) {
            return type.equals("EC") ? "it" : null;
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"it"};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "it";
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[] {"it"};
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return "it";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
