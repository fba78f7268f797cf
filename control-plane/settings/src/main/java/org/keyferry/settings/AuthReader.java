package org.keyferry.settings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// Reads the authentication rounds of one side.
final class AuthReader {
    private static final String OBJECT_IDENTIFIER = "[0-2](\\.[0-9]+)+";

    private record Numbered(int number, AuthRound round) {}

    private final ConfigSection section;
    private final boolean local;
    private final CertificateFiles files;
    private final Consumer<String> warnings;
    private final Options options;

    private AuthReader(
            ConfigSection section,
            boolean local,
            CertificateFiles files,
            Consumer<String> warnings) {
        this.section = section;
        this.local = local;
        this.files = files;
        this.warnings = warnings;
        this.options = new Options(section, warnings);
    }

    /// Rounds of all sections whose name starts with `side`, by their number, else in file order;
    /// without one, a round that leaves everything open.
    static List<AuthRound> rounds(
            ConfigSection connection,
            String side,
            ConnectionDefaults defaults,
            Consumer<String> warnings)
            throws SettingsException {
        boolean local = side.equals("local");
        var rounds = new ArrayList<Numbered>();
        for (ConfigSection section : connection.sections()) {
            if (section.name().toLowerCase(Locale.ROOT).startsWith(side))
                rounds.add(new AuthReader(section, local, defaults.files(), warnings).read());
        }
        if (rounds.isEmpty()) {
            return List.of(
                    new AuthRound(AuthMethod.PUBKEY, Identification.ANY, PublicKeyTerms.NONE));
        }
        rounds.sort(Comparator.comparing(Numbered::number, Integer::compareUnsigned)); // stable
        return rounds.stream().map(Numbered::round).toList();
    }

    private Numbered read() throws SettingsException {
        refuseWhatIsNotHonoured();
        AuthText.Parsed auth = options.value("auth", this::auth, AuthText.Parsed.DEFAULT);
        Identification id = options.value("id", AddressText::identity, Identification.ANY);
        int number = options.value("round", ValueKinds::uint, 0);
        PublicKeyTerms terms = terms(auth.signatures());
        EapTerms eap = eap(auth);
        options.finish();
        if (auth.method() == AuthMethod.EAP)
            return new Numbered(number, eapRound(auth, id, terms, eap));
        if (auth.method() != AuthMethod.PUBKEY)
            return new Numbered(number, without(auth, id, terms));
        return new Numbered(number, new AuthRound(AuthMethod.PUBKEY, orSubject(id, terms), terms));
    }

    private EapTerms eap(AuthText.Parsed auth) throws SettingsException {
        Optional<Identification> eapId = options.value("eap_id", AddressText::identity);
        if (local) {
            Optional<Identification> aaaId = options.value("aaa_id", AddressText::identity);
            return new EapTerms(auth.eap(), eapId, aaaId, List.of());
        }
        List<String> groups = options.list("groups", text -> text);
        if (auth.method() != AuthMethod.EAP && !groups.isEmpty())
            throw invalid("groups", "only a RADIUS server tells groups, by auth = eap-radius");
        if (auth.method() != AuthMethod.EAP && eapId.isPresent())
            throw invalid("eap_id", "is demanded of a peer that does not authenticate by EAP");
        return new EapTerms(auth.eap(), eapId, Optional.empty(), groups);
    }

    /// Only methods with TLS know certificates.
    private AuthRound eapRound(
            AuthText.Parsed auth, Identification id, PublicKeyTerms terms, EapTerms eap)
            throws SettingsException {
        boolean certificates =
                switch (auth.eap()) {
                    case EapTerms.Method.Typed(EapType type) ->
                            Set.of(EapType.TLS, EapType.TTLS, EapType.PEAP).contains(type);
                    case EapTerms.Method.Radius _ -> false; // its server would see them, not we
                    case EapTerms.Method.Any _, EapTerms.Method.Dynamic _ -> true;
                };
        if (!certificates && !local && !terms.equals(PublicKeyTerms.NONE))
            throw invalid("auth", "demands a certificate, but this EAP method comes without one");
        return new AuthRound(AuthMethod.EAP, orSubject(id, terms), terms, eap);
    }

    private SettingsException invalid(String option, String why) {
        return options.invalid(option, why);
    }

    private AuthText.Parsed auth(String text) {
        return AuthText.parse(
                text, warning -> warnings.accept(section.origin() + ": auth: " + warning));
    }

    /// Of its own certificate's subject, or of its own key's id, is who says nothing else.
    private Identification orSubject(Identification id, PublicKeyTerms terms) {
        if (!id.isAny() || !local) return id;
        if (!terms.certs().isEmpty()) return CertificateBlobs.subject(terms.certs().getFirst());
        return terms.pubkeys().isEmpty() ? id : CertificateBlobs.keyId(terms.pubkeys().getFirst());
    }

    /// A demand that cannot be met would let everybody in if it were ignored.
    private AuthRound without(AuthText.Parsed auth, Identification id, PublicKeyTerms terms)
            throws SettingsException {
        if (!local && !terms.equals(PublicKeyTerms.NONE))
            throw new SettingsException(
                    Problem.INVALID_VALUE,
                    section.origin(),
                    "auth",
                    "demands a certificate, but a pre-shared key comes without one");
        return new AuthRound(auth.method(), orSubject(id, terms));
    }

    private PublicKeyTerms terms(SignatureRules signatures) throws SettingsException {
        var certs = new ArrayList<>(options.list("certs", text -> certificate(text, "x509")));
        List<Bytes> pubkeys =
                options.list("pubkeys", text -> CertificateBlobs.publicKey(text, files));
        var cacerts = new ArrayList<Bytes>();
        Optional<Identification> caId = Optional.empty();
        List<String> policies = List.of();
        Revocation revocation = Revocation.RELAXED;
        if (!local) {
            cacerts.addAll(options.list("cacerts", text -> certificate(text, "x509ca")));
            caId = options.value("ca_id", AddressText::identity);
            policies = options.list("cert_policy", AuthReader::policy);
            revocation =
                    options.value("revocation", ValueKinds.constant(Revocation.class), revocation);
        }
        for (ConfigSection inner : section.sections()) {
            if (inner.name().startsWith("cert")) certs.add(source(inner, "x509"));
            else if (inner.name().startsWith("cacert") && !local)
                cacerts.add(source(inner, "x509ca"));
            else throw Options.unknownSection(inner);
        }
        return new PublicKeyTerms(signatures, certs, pubkeys, cacerts, caId, policies, revocation);
    }

    private Bytes certificate(String text, String kind) {
        return CertificateBlobs.certificate(text, kind, files);
    }

    /// A certificate in a section of its own.
    private Bytes source(ConfigSection inner, String kind) throws SettingsException {
        var source = new Options(inner, warnings);
        Optional<String> handle = source.value("handle", ValueKinds::hex);
        Optional<Long> slot = source.value("slot", ValueKinds::slot);
        Optional<String> module = source.value("module", text -> text);
        Optional<Bytes> certificate = source.value("file", text -> certificate(text, kind));
        source.finish();
        if (handle.isPresent() && certificate.isPresent())
            throw source.invalid("handle", "is given beside file");
        if (handle.isPresent()) return ofToken(source, handle.get(), slot, module);
        return certificate.orElseThrow(() -> source.invalid("file", "or handle is missing"));
    }

    private Bytes ofToken(
            Options source, String handle, Optional<Long> slot, Optional<String> module)
            throws SettingsException {
        try {
            return CertificateBlobs.certificate(
                    files.ofToken(handle, slot.map(Long::toUnsignedString), module));
        } catch (IllegalArgumentException e) {
            throw source.unsupported("handle", "no certificate: " + e.getMessage());
        }
    }

    private static String policy(String text) {
        if (!text.matches(OBJECT_IDENTIFIER))
            throw new IllegalArgumentException("'" + text + "' is no object identifier");
        return text;
    }

    private void refuseWhatIsNotHonoured() throws SettingsException {
        if (local) options.refuse("xauth_id", "XAuth belongs to IKEv1, which is not supported");
    }
}
