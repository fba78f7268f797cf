package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.keyferry.wire.Bytes;

/// Signs and verifies with the fastest library that can. A library that refuses a key is passed
/// over for it; the JDK and Bouncy Castle come last and know everything.
public final class Signatures {
    private static final List<CryptoProvider> ORDER =
            List.of(CryptoProvider.ACCP, CryptoProvider.CONSCRYPT, CryptoProvider.BOUNCY_CASTLE);

    /// Fixed-length `r | s` instead of DER, for the classic methods 9 to 11 (RFC 4754 §7).
    private static final String RAW_SUFFIX = "inP1363Format";

    private static final Map<String, List<Provider>> SERVING = new ConcurrentHashMap<>();

    private Signatures() {}

    /// @throws GeneralSecurityException if the key cannot sign so
    public static Bytes sign(SignatureScheme scheme, PrivateKey key, Bytes message)
            throws GeneralSecurityException {
        if (key instanceof RemoteKey remote) {
            byte[] signature = remote.sign(scheme, message.toArray());
            return scheme.keyKind() == KeyKind.ECDSA
                    ? EcdsaEncoding.der(signature)
                    : Bytes.wrapOwned(signature);
        }
        return sign(scheme, scheme.jcaName(), key, message);
    }

    /// ECDSA with `r | s`.
    static Bytes signRaw(SignatureScheme scheme, PrivateKey key, Bytes message)
            throws GeneralSecurityException {
        if (key instanceof RemoteKey remote) {
            return Bytes.wrapOwned(remote.sign(scheme, message.toArray()));
        }
        return sign(scheme, scheme.jcaName() + RAW_SUFFIX, key, message);
    }

    private static Bytes sign(SignatureScheme scheme, String jcaName, PrivateKey key, Bytes message)
            throws GeneralSecurityException {
        GeneralSecurityException last = null;
        for (Provider provider : serving(jcaName)) {
            try {
                Signature signature = Signature.getInstance(jcaName, provider);
                signature.initSign(key);
                if (scheme.isPss()) {
                    signature.setParameter(scheme.pss().orElseThrow());
                }
                signature.update(message.toArray());
                return Bytes.wrapOwned(signature.sign());
            } catch (GeneralSecurityException refused) {
                last = refused;
            }
        }
        throw last != null ? last : new GeneralSecurityException("nothing serves " + jcaName);
    }

    /// Whether the signature is right; false too for one that makes no sense.
    public static boolean verify(
            SignatureScheme scheme, PublicKey key, Bytes message, Bytes received) {
        return verify(scheme, scheme.hash().lengthBytes(), key, message, received);
    }

    /// @param saltBytes of a PSS signature
    static boolean verify(
            SignatureScheme scheme, int saltBytes, PublicKey key, Bytes message, Bytes received) {
        return verify(scheme, scheme.jcaName(), saltBytes, key, message, received);
    }

    static boolean verifyRaw(SignatureScheme scheme, PublicKey key, Bytes message, Bytes received) {
        return verify(scheme, scheme.jcaName() + RAW_SUFFIX, 0, key, message, received);
    }

    private static boolean verify(
            SignatureScheme scheme,
            String jcaName,
            int saltBytes,
            PublicKey key,
            Bytes message,
            Bytes received) {
        if (KeyKind.of(key).filter(scheme.keyKind()::equals).isEmpty()) {
            return false;
        }
        for (Provider provider : serving(jcaName)) {
            Optional<Signature> ready = ready(scheme, jcaName, saltBytes, key, provider);
            if (ready.isPresent()) {
                try {
                    ready.get().update(message.toArray());
                    return ready.get().verify(received.toArray());
                } catch (GeneralSecurityException | RuntimeException malformed) {
                    return false; // of a length or shape that no signature has
                }
            }
        }
        return false;
    }

    private static Optional<Signature> ready(
            SignatureScheme scheme,
            String jcaName,
            int saltBytes,
            PublicKey key,
            Provider provider) {
        try {
            Signature signature = Signature.getInstance(jcaName, provider);
            signature.initVerify(key);
            if (scheme.isPss()) {
                signature.setParameter(scheme.pss(saltBytes));
            }
            return Optional.of(signature);
        } catch (GeneralSecurityException refused) {
            return Optional.empty();
        }
    }

    /// Name of the library that is asked first, for people.
    public static String providerOf(SignatureScheme scheme) {
        Provider first = serving(scheme.jcaName()).getFirst();
        return NAMES.getOrDefault(first.getName(), first.getName());
    }

    private static final Map<String, String> NAMES = names();

    private static Map<String, String> names() {
        var names = new ConcurrentHashMap<String, String>();
        var titles = new EnumMap<CryptoProvider, String>(CryptoProvider.class);
        ORDER.forEach(p -> titles.put(p, p.title()));
        titles.forEach((p, title) -> p.provider().ifPresent(o -> names.put(o.getName(), title)));
        return names;
    }

    private static List<Provider> serving(String jcaName) {
        return SERVING.computeIfAbsent(
                jcaName,
                name ->
                        ORDER.stream()
                                .map(CryptoProvider::provider)
                                .flatMap(Optional::stream)
                                .filter(p -> p.getService("Signature", name) != null)
                                .toList());
    }
}
