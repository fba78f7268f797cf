package org.keyferry.crypto.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsUtils;

/// Cipher suites and groups that are offered: authenticated encryption, forward secrecy.
final class Suites {
    private static final int[] ALL = {
        CipherSuite.TLS_AES_256_GCM_SHA384,
        CipherSuite.TLS_AES_128_GCM_SHA256,
        CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
    };

    private static final int[] GROUPS = {
        NamedGroup.x25519,
        NamedGroup.secp256r1,
        NamedGroup.secp384r1,
        NamedGroup.secp521r1,
        NamedGroup.x448,
        NamedGroup.ffdhe2048,
        NamedGroup.ffdhe3072,
        NamedGroup.ffdhe4096,
    };

    private static final Map<String, Integer> GROUP_KEYWORDS =
            Map.of(
                    "curve25519", NamedGroup.x25519,
                    "x25519", NamedGroup.x25519,
                    "ecp256", NamedGroup.secp256r1,
                    "ecp384", NamedGroup.secp384r1,
                    "ecp521", NamedGroup.secp521r1,
                    "curve448", NamedGroup.x448,
                    "x448", NamedGroup.x448);

    /// Suites of the configuration that are known, in its order.
    ///
    /// @throws TlsFailure if none is left, or no group or version
    static int[] of(TlsTerms terms) throws TlsFailure {
        int[] chosen =
                terms.suites().isEmpty()
                        ? ALL
                        : terms.suites().stream().flatMapToInt(Suites::named).toArray();
        if (chosen.length == 0) {
            throw new TlsFailure("no configured TLS suite is known: " + terms.suites());
        }
        boolean noGroup =
                !terms.groups().isEmpty()
                        && terms.groups().stream().noneMatch(GROUP_KEYWORDS::containsKey);
        if (noGroup) {
            throw new TlsFailure("no configured TLS group is known: " + terms.groups());
        }
        if (terms.minVersion() > terms.maxVersion()) {
            throw new TlsFailure("the lowest TLS version is above the highest");
        }
        return chosen;
    }

    static List<String> unknown(TlsTerms terms) {
        return Stream.concat(
                        terms.suites().stream().filter(name -> named(name).count() == 0),
                        terms.groups().stream().filter(name -> !GROUP_KEYWORDS.containsKey(name)))
                .toList();
    }

    private static IntStream named(String name) {
        return Arrays.stream(ALL).filter(suite -> name(suite).equals(name));
    }

    /// By IANA's name.
    static String name(int suite) {
        for (var field : CipherSuite.class.getFields()) {
            try {
                if (field.getInt(null) == suite) {
                    return field.getName();
                }
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        return "0x" + Integer.toHexString(suite);
    }

    @SuppressWarnings("JdkObsolete") // the library's collections
    static Vector<Integer> groups(TlsTerms terms) {
        List<Integer> wanted =
                terms.groups().stream()
                        .map(GROUP_KEYWORDS::get)
                        .filter(java.util.Objects::nonNull)
                        .toList();
        return new Vector<>(wanted.isEmpty() ? Arrays.stream(GROUPS).boxed().toList() : wanted);
    }

    static ProtocolVersion[] versions(TlsTerms terms) {
        var versions = new ArrayList<ProtocolVersion>();
        for (int version = terms.maxVersion(); version >= terms.minVersion(); version--) {
            versions.add(ProtocolVersion.get(version >>> 8, version & 0xff));
        }
        return versions.toArray(new ProtocolVersion[0]);
    }

    static boolean is13(ProtocolVersion version) {
        return TlsUtils.isTLSv13(version);
    }

    private Suites() {}
}
