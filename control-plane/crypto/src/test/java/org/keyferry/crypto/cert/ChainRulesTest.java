package org.keyferry.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.keyferry.crypto.cert.TestCa.NOW;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CertPolicyId;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.PolicyMappings;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each rule of RFC 5280 §6.1 on generated chains of one to five CAs below the root: a chain that
/// keeps it is trusted, and one that breaks it anywhere is not. Bouncy Castle's validator, which
/// nothing else here uses, must agree with each verdict.
class ChainRulesTest {
    private static final int SEEDS = 4;
    private static final int MOST_CAS = 5;
    private static final String POLICY = "1.3.6.1.4.1.36906.1.1.1";
    private static final String OTHER_POLICY = "1.3.6.1.4.1.36906.1.1.2";
    private static final String ANY_POLICY = "2.5.29.32.0";

    /// A chain to be issued. Link 0 is issued by the root, the last one is the target.
    static final class Plan {
        final SplittableRandom random;
        final int cas;
        final List<TestCa.Extras> extras = new ArrayList<>();
        final List<TestCa.Extras> roles = new ArrayList<>();
        final List<Boolean> selfIssued = new ArrayList<>();
        Set<String> demanded = Set.of();
        int forged = -1;
        int early = -1;
        int late = -1;

        Plan(long seed, int fewestCas) {
            random = new SplittableRandom(seed);
            cas = random.nextInt(fewestCas, MOST_CAS + 1);
            for (int i = 0; i <= cas; i++) {
                extras.add(_ -> {});
                roles.add(i < cas ? TestCa.ca(-1) : _ -> {});
                selfIssued.add(false);
            }
        }

        int anyCa() {
            return random.nextInt(cas);
        }

        int anyLink() {
            return random.nextInt(cas + 1);
        }

        Plan with(int link, TestCa.Extras more) {
            extras.set(link, TestCa.both(extras.get(link), more));
            return this;
        }

        Plan everywhere(TestCa.Extras more) {
            for (int i = 0; i <= cas; i++) {
                with(i, more);
            }
            return this;
        }

        List<Certificate> issued(TestCa root) throws Exception {
            var chain = new ArrayList<Certificate>();
            TestCa issuer = root;
            String issuerName = "CN=root";
            for (int i = 0; i <= cas; i++) {
                String name = selfIssued.get(i) ? issuerName : "CN=link " + i;
                TestCa signer = i == forged ? TestCa.root(issuerName) : issuer;
                Instant from = i == early ? NOW.plus(2, ChronoUnit.DAYS) : NOW;
                Instant to =
                        NOW.plus(
                                i == late ? -1 : 100,
                                i == late ? ChronoUnit.MINUTES : ChronoUnit.DAYS);
                issuer = signer.sub(name, TestCa.both(roles.get(i), extras.get(i)), from, to);
                issuerName = name;
                chain.addFirst(issuer.certificate);
            }
            return chain;
        }
    }

    interface Shape {
        Plan of(long seed);
    }

    /// @param kept a plan that keeps the rule
    /// @param broken one that breaks it, as much like the other as can be
    record Rule(Shape kept, Shape broken) {}

    private static Named<Rule> rule(String name, Shape kept, Shape broken) {
        return Named.of(name, new Rule(kept, broken));
    }

    private static Plan plain(long seed) {
        return new Plan(seed, 1);
    }

    private static TestCa.Extras extension(
            ASN1ObjectIdentifier oid, boolean critical, org.bouncycastle.asn1.ASN1Encodable value) {
        return builder -> builder.addExtension(oid, critical, value);
    }

    private static TestCa.Extras names(GeneralName... names) {
        return extension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }

    private static TestCa.Extras permitted(GeneralName name) {
        return constraints(new NameConstraints(subtree(name), null));
    }

    private static TestCa.Extras excluded(GeneralName name) {
        return constraints(new NameConstraints(null, subtree(name)));
    }

    private static TestCa.Extras constraints(NameConstraints constraints) {
        return extension(Extension.nameConstraints, true, constraints);
    }

    private static GeneralSubtree[] subtree(GeneralName name) {
        return new GeneralSubtree[] {new GeneralSubtree(name)};
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    private static GeneralName ip(String text) {
        return new GeneralName(GeneralName.iPAddress, text);
    }

    private static GeneralName email(String text) {
        return new GeneralName(GeneralName.rfc822Name, text);
    }

    private static TestCa.Extras policy(String... oids) {
        var policies =
                Stream.of(oids)
                        .map(oid -> new PolicyInformation(new ASN1ObjectIdentifier(oid)))
                        .toArray(PolicyInformation[]::new);
        return extension(Extension.certificatePolicies, false, new CertificatePolicies(policies));
    }

    /// @param explicit requireExplicitPolicy, negative for none; likewise inhibitPolicyMapping
    private static TestCa.Extras policyConstraints(int explicit, int mapping) {
        return extension(
                Extension.policyConstraints,
                true,
                new PolicyConstraints(
                        explicit < 0 ? null : java.math.BigInteger.valueOf(explicit),
                        mapping < 0 ? null : java.math.BigInteger.valueOf(mapping)));
    }

    private static TestCa.Extras mapping(String from, String to) {
        return extension(
                Extension.policyMappings,
                true,
                new PolicyMappings(
                        CertPolicyId.getInstance(new ASN1ObjectIdentifier(from)),
                        CertPolicyId.getInstance(new ASN1ObjectIdentifier(to))));
    }

    private static Plan named(long seed, TestCa.Extras constraint, GeneralName... names) {
        Plan plan = plain(seed);
        return plan.with(plan.anyCa(), constraint).with(plan.cas, names(names));
    }

    private static Plan constrained(long seed, String one, String other, String name) {
        Plan plan = new Plan(seed, 2);
        return plan.with(0, permitted(dns(one)))
                .with(1 + plan.random.nextInt(plan.cas - 1), permitted(dns(other)))
                .with(plan.cas, names(dns(name)));
    }

    private static Plan role(long seed, TestCa.Extras role) {
        Plan plan = plain(seed);
        plan.roles.set(plan.anyCa(), role);
        return plan;
    }

    private static TestCa.Extras usage(int bits) {
        return builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(bits));
        };
    }

    /// @param tooFew by how many CAs the path below is longer than allowed
    private static Plan pathLength(long seed, int tooFew, boolean selfIssued) {
        Plan plan = new Plan(seed, 2);
        int limiting = plan.random.nextInt(plan.cas - 1);
        int below = plan.cas - limiting - 1;
        if (selfIssued) {
            plan.selfIssued.set(limiting + 1, true); // does not count
            below--;
        }
        plan.roles.set(limiting, TestCa.ca(Math.max(0, below - tooFew)));
        return plan;
    }

    /// @param gap a link that does not say the policy that is demanded, negative for none
    private static Plan demanding(long seed, boolean gap) {
        Plan plan = plain(seed);
        int without = gap ? plan.anyLink() : -1;
        for (int i = 0; i <= plan.cas; i++) {
            plan.with(i, policy(i == without ? OTHER_POLICY : POLICY));
        }
        plan.demanded = Set.of(POLICY);
        return plan;
    }

    /// The first CA has a policy be required of all below it.
    private static Plan explicit(long seed, boolean leafHasOne) {
        Plan plan = plain(seed);
        for (int i = 0; i < plan.cas; i++) {
            plan.with(i, policy(POLICY));
        }
        plan.with(0, policyConstraints(0, -1));
        return leafHasOne ? plan.with(plan.cas, policy(POLICY)) : plan;
    }

    /// The first CA maps no policies, or lets others; the second one does.
    private static Plan mapped(long seed, String from, int inhibit) {
        Plan plan = new Plan(seed, 2);
        plan.with(0, TestCa.both(policy(POLICY), policyConstraints(0, inhibit)));
        plan.with(1, TestCa.both(policy(POLICY), mapping(from, OTHER_POLICY)));
        for (int i = 2; i <= plan.cas; i++) {
            plan.with(i, policy(OTHER_POLICY));
        }
        return plan;
    }

    /// "Any policy" further down counts, unless the first CA forbids it.
    private static Plan anyPolicy(long seed, boolean inhibited) {
        Plan plan = new Plan(seed, 2);
        plan.with(0, TestCa.both(policy(POLICY), policyConstraints(0, -1)));
        if (inhibited) {
            plan.with(0, extension(Extension.inhibitAnyPolicy, true, new ASN1Integer(0)));
        }
        int any = 1 + plan.random.nextInt(plan.cas);
        for (int i = 1; i <= plan.cas; i++) {
            plan.with(i, policy(i == any ? ANY_POLICY : POLICY));
        }
        return plan;
    }

    static Stream<Named<Rule>> rules() {
        return Stream.of(
                rule(
                        "6.1.3 (a)(1) signature",
                        ChainRulesTest::plain,
                        seed -> {
                            Plan plan = plain(seed);
                            plan.forged = plan.anyLink();
                            return plan;
                        }),
                rule(
                        "6.1.3 (a)(2) not valid any more",
                        ChainRulesTest::plain,
                        seed -> {
                            Plan plan = plain(seed);
                            plan.late = plan.anyLink();
                            return plan;
                        }),
                rule(
                        "6.1.3 (a)(2) not valid yet",
                        ChainRulesTest::plain,
                        seed -> {
                            Plan plan = plain(seed);
                            plan.early = plan.anyLink();
                            return plan;
                        }),
                rule(
                        "6.1.3 (b) permitted DNS names",
                        seed -> named(seed, permitted(dns("example.org")), dns("a.example.org")),
                        seed -> named(seed, permitted(dns("example.org")), dns("a.example.net"))),
                rule(
                        "6.1.3 (b) every one of the names",
                        seed ->
                                named(
                                        seed,
                                        permitted(dns("example.org")),
                                        dns("a.example.org"),
                                        dns("b.example.org")),
                        seed ->
                                named(
                                        seed,
                                        permitted(dns("example.org")),
                                        dns("a.example.org"),
                                        dns("b.example.net"))),
                rule(
                        "6.1.3 (b) permitted addresses",
                        seed -> named(seed, permitted(ip("10.1.0.0/16")), ip("10.1.2.3")),
                        seed -> named(seed, permitted(ip("10.1.0.0/16")), ip("10.2.2.3"))),
                rule(
                        "6.1.3 (b) permitted mailboxes",
                        seed ->
                                named(
                                        seed,
                                        permitted(email("example.org")),
                                        email("carol@example.org")),
                        seed ->
                                named(
                                        seed,
                                        permitted(email("example.org")),
                                        email("carol@example.net"))),
                rule(
                        "6.1.3 (c) excluded DNS names",
                        seed -> named(seed, excluded(dns("example.net")), dns("a.example.org")),
                        seed -> named(seed, excluded(dns("example.net")), dns("a.example.net"))),
                rule(
                        "6.1.3 (c) excluded addresses",
                        seed -> named(seed, excluded(ip("10.2.0.0/16")), ip("10.1.2.3")),
                        seed -> named(seed, excluded(ip("10.2.0.0/16")), ip("10.2.2.3"))),
                rule(
                        "6.1.3 (f) a demanded policy",
                        seed -> demanding(seed, false),
                        seed -> demanding(seed, true)),
                rule(
                        "6.1.4 (a) any policy is not mapped",
                        seed -> mapped(seed, POLICY, -1),
                        seed -> mapped(seed, ANY_POLICY, -1)),
                rule(
                        "6.1.4 (b)(2), (i)(2) mapping inhibited",
                        seed -> mapped(seed, POLICY, 5),
                        seed -> mapped(seed, POLICY, 0)),
                rule(
                        "6.1.4 (g) constraints of several CAs",
                        seed ->
                                constrained(
                                        seed, "example.org", "a.example.org", "b.a.example.org"),
                        seed -> constrained(seed, "example.org", "a.example.org", "c.example.org")),
                rule(
                        "6.1.4 (i)(1) a policy required",
                        seed -> explicit(seed, true),
                        seed -> explicit(seed, false)),
                rule(
                        "6.1.4 (j) any policy inhibited",
                        seed -> anyPolicy(seed, false),
                        seed -> anyPolicy(seed, true)),
                rule(
                        "6.1.4 (k) no basic constraints",
                        ChainRulesTest::plain,
                        seed -> role(seed, _ -> {})),
                rule(
                        "6.1.4 (k) no CA",
                        seed ->
                                role(
                                        seed,
                                        extension(
                                                Extension.basicConstraints,
                                                true,
                                                new BasicConstraints(true))),
                        seed ->
                                role(
                                        seed,
                                        extension(
                                                Extension.basicConstraints,
                                                true,
                                                new BasicConstraints(false)))),
                rule(
                        "6.1.4 (m) path length",
                        seed -> pathLength(seed, 0, false),
                        seed -> pathLengthExceeded(seed)),
                rule(
                        "6.1.4 (l) self-issued ones do not count",
                        seed -> pathLength(seed, 0, true),
                        seed -> pathLengthExceeded(seed)),
                rule(
                        "6.1.4 (n) key usage",
                        seed -> role(seed, usage(KeyUsage.keyCertSign)),
                        seed -> role(seed, usage(KeyUsage.cRLSign | KeyUsage.digitalSignature))),
                rule(
                        "6.1.4 (o), 6.1.5 (f) unknown critical extension",
                        seed -> unknown(seed, false),
                        seed -> unknown(seed, true)));
    }

    private static Plan pathLengthExceeded(long seed) {
        return pathLength(seed, 1, false);
    }

    private static Plan unknown(long seed, boolean critical) {
        Plan plan = plain(seed);
        return plan.with(
                plan.anyLink(),
                extension(new ASN1ObjectIdentifier("1.2.3.4.5"), critical, DERNull.INSTANCE));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aChainIsTrustedOnlyIfItKeepsTheRule(Rule rule) throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertVerdict(true, rule.kept().of(seed), seed);
            assertVerdict(false, rule.broken().of(seed), seed);
        }
    }

    private static void assertVerdict(boolean trusted, Plan plan, long seed) throws Exception {
        var root = TestCa.root("CN=root");
        List<Certificate> chain = plan.issued(root);
        var result =
                PathFinder.find(
                        chain.getFirst(),
                        chain.subList(1, chain.size()),
                        List.of(root.certificate),
                        plan.demanded,
                        PathRules.DEFAULT,
                        NOW);
        String what = "seed " + seed + ", " + plan.cas + " CAs: " + result;
        assertEquals(trusted, byBouncyCastle(root, chain, plan.demanded), "Bouncy Castle, " + what);
        assertEquals(trusted, result instanceof PathFinder.Result.Trusted, what);
    }

    private static boolean byBouncyCastle(
            TestCa root, List<Certificate> chain, Set<String> demanded)
            throws GeneralSecurityException {
        var provider = new BouncyCastleProvider();
        var path =
                CertificateFactory.getInstance("X.509", provider)
                        .generateCertPath(chain.stream().map(Certificate::x509).toList());
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(root.certificate.x509(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(NOW));
        if (!demanded.isEmpty()) {
            parameters.setInitialPolicies(demanded);
            parameters.setExplicitPolicyRequired(true);
        }
        try {
            var _ = CertPathValidator.getInstance("PKIX", provider).validate(path, parameters);
            return true;
        } catch (CertPathValidatorException _) {
            return false;
        }
    }
}
