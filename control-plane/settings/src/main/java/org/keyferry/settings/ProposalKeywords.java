package org.keyferry.settings;

import static org.keyferry.wire.TransformType.ENCR;
import static org.keyferry.wire.TransformType.ESN;
import static org.keyferry.wire.TransformType.INTEG;
import static org.keyferry.wire.TransformType.KE;
import static org.keyferry.wire.TransformType.PRF;

import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// swanctl proposal keywords, one row per spelling. Ids are IANA's transform ids, from 1024 on
/// private ones; with 0 key bits the Key Length attribute is not sent.
public final class ProposalKeywords {
    private static final Map<String, Transform> BY_KEYWORD =
            Map.ofEntries(
                    row("null", ENCR, 11, 0),
                    row("des", ENCR, 2, 0),
                    row("3des", ENCR, 3, 0),
                    row("aes", ENCR, 12, 128),
                    row("aes128", ENCR, 12, 128),
                    row("aes192", ENCR, 12, 192),
                    row("aes256", ENCR, 12, 256),
                    row("aes128ctr", ENCR, 13, 128),
                    row("aes192ctr", ENCR, 13, 192),
                    row("aes256ctr", ENCR, 13, 256),
                    row("aes128ccm8", ENCR, 14, 128),
                    row("aes128ccm64", ENCR, 14, 128),
                    row("aes128ccm12", ENCR, 15, 128),
                    row("aes128ccm96", ENCR, 15, 128),
                    row("aes128ccm16", ENCR, 16, 128),
                    row("aes128ccm128", ENCR, 16, 128),
                    row("aes128ccm", ENCR, 16, 128),
                    row("aes192ccm8", ENCR, 14, 192),
                    row("aes192ccm64", ENCR, 14, 192),
                    row("aes192ccm12", ENCR, 15, 192),
                    row("aes192ccm96", ENCR, 15, 192),
                    row("aes192ccm16", ENCR, 16, 192),
                    row("aes192ccm128", ENCR, 16, 192),
                    row("aes192ccm", ENCR, 16, 192),
                    row("aes256ccm8", ENCR, 14, 256),
                    row("aes256ccm64", ENCR, 14, 256),
                    row("aes256ccm12", ENCR, 15, 256),
                    row("aes256ccm96", ENCR, 15, 256),
                    row("aes256ccm16", ENCR, 16, 256),
                    row("aes256ccm128", ENCR, 16, 256),
                    row("aes256ccm", ENCR, 16, 256),
                    row("aes128gcm8", ENCR, 18, 128),
                    row("aes128gcm64", ENCR, 18, 128),
                    row("aes128gcm12", ENCR, 19, 128),
                    row("aes128gcm96", ENCR, 19, 128),
                    row("aes128gcm16", ENCR, 20, 128),
                    row("aes128gcm128", ENCR, 20, 128),
                    row("aes128gcm", ENCR, 20, 128),
                    row("aes192gcm8", ENCR, 18, 192),
                    row("aes192gcm64", ENCR, 18, 192),
                    row("aes192gcm12", ENCR, 19, 192),
                    row("aes192gcm96", ENCR, 19, 192),
                    row("aes192gcm16", ENCR, 20, 192),
                    row("aes192gcm128", ENCR, 20, 192),
                    row("aes192gcm", ENCR, 20, 192),
                    row("aes256gcm8", ENCR, 18, 256),
                    row("aes256gcm64", ENCR, 18, 256),
                    row("aes256gcm12", ENCR, 19, 256),
                    row("aes256gcm96", ENCR, 19, 256),
                    row("aes256gcm16", ENCR, 20, 256),
                    row("aes256gcm128", ENCR, 20, 256),
                    row("aes256gcm", ENCR, 20, 256),
                    row("aes128gmac", ENCR, 21, 128),
                    row("aes192gmac", ENCR, 21, 192),
                    row("aes256gmac", ENCR, 21, 256),
                    row("chacha20poly1305", ENCR, 28, 0),
                    row("chacha20poly1305compat", ENCR, 28, 256),
                    row("blowfish", ENCR, 7, 128),
                    row("blowfish128", ENCR, 7, 128),
                    row("blowfish192", ENCR, 7, 192),
                    row("blowfish256", ENCR, 7, 256),
                    row("camellia", ENCR, 23, 128),
                    row("camellia128", ENCR, 23, 128),
                    row("camellia192", ENCR, 23, 192),
                    row("camellia256", ENCR, 23, 256),
                    row("camellia128ctr", ENCR, 24, 128),
                    row("camellia192ctr", ENCR, 24, 192),
                    row("camellia256ctr", ENCR, 24, 256),
                    row("camellia128ccm8", ENCR, 25, 128),
                    row("camellia128ccm64", ENCR, 25, 128),
                    row("camellia128ccm12", ENCR, 26, 128),
                    row("camellia128ccm96", ENCR, 26, 128),
                    row("camellia128ccm16", ENCR, 27, 128),
                    row("camellia128ccm128", ENCR, 27, 128),
                    row("camellia192ccm8", ENCR, 25, 192),
                    row("camellia192ccm64", ENCR, 25, 192),
                    row("camellia192ccm12", ENCR, 26, 192),
                    row("camellia192ccm96", ENCR, 26, 192),
                    row("camellia192ccm16", ENCR, 27, 192),
                    row("camellia192ccm128", ENCR, 27, 192),
                    row("camellia256ccm8", ENCR, 25, 256),
                    row("camellia256ccm64", ENCR, 25, 256),
                    row("camellia256ccm12", ENCR, 26, 256),
                    row("camellia256ccm96", ENCR, 26, 256),
                    row("camellia256ccm16", ENCR, 27, 256),
                    row("camellia256ccm128", ENCR, 27, 256),
                    row("cast128", ENCR, 6, 128),
                    row("serpent", ENCR, 1026, 128),
                    row("serpent128", ENCR, 1026, 128),
                    row("serpent192", ENCR, 1026, 192),
                    row("serpent256", ENCR, 1026, 256),
                    row("twofish", ENCR, 1027, 128),
                    row("twofish128", ENCR, 1027, 128),
                    row("twofish192", ENCR, 1027, 192),
                    row("twofish256", ENCR, 1027, 256),
                    row("sha", INTEG, 2, 0),
                    row("sha1", INTEG, 2, 0),
                    row("sha1_160", INTEG, 7, 0),
                    row("sha256", INTEG, 12, 0),
                    row("sha2_256", INTEG, 12, 0),
                    row("sha256_96", INTEG, 1026, 0),
                    row("sha2_256_96", INTEG, 1026, 0),
                    row("sha384", INTEG, 13, 0),
                    row("sha2_384", INTEG, 13, 0),
                    row("sha512", INTEG, 14, 0),
                    row("sha2_512", INTEG, 14, 0),
                    row("md5", INTEG, 1, 0),
                    row("md5_128", INTEG, 6, 0),
                    row("aesxcbc", INTEG, 5, 0),
                    row("camelliaxcbc", INTEG, 1030, 0),
                    row("aescmac", INTEG, 8, 0),
                    row("prfsha1", PRF, 2, 0),
                    row("prfsha256", PRF, 5, 0),
                    row("prfsha384", PRF, 6, 0),
                    row("prfsha512", PRF, 7, 0),
                    row("prfmd5", PRF, 1, 0),
                    row("prfaesxcbc", PRF, 4, 0),
                    row("prfcamelliaxcbc", PRF, 1028, 0),
                    row("prfaescmac", PRF, 8, 0),
                    row("none", KE, 0, 0),
                    row("modpnone", KE, 0, 0),
                    row("modpnull", KE, 1024, 0),
                    row("modp768", KE, 1, 0),
                    row("modp1024", KE, 2, 0),
                    row("modp1536", KE, 5, 0),
                    row("modp2048", KE, 14, 0),
                    row("modp3072", KE, 15, 0),
                    row("modp4096", KE, 16, 0),
                    row("modp6144", KE, 17, 0),
                    row("modp8192", KE, 18, 0),
                    row("ecp192", KE, 25, 0),
                    row("ecp224", KE, 26, 0),
                    row("ecp256", KE, 19, 0),
                    row("ecp384", KE, 20, 0),
                    row("ecp521", KE, 21, 0),
                    row("modp1024s160", KE, 22, 0),
                    row("modp2048s224", KE, 23, 0),
                    row("modp2048s256", KE, 24, 0),
                    row("ecp224bp", KE, 27, 0),
                    row("ecp256bp", KE, 28, 0),
                    row("ecp384bp", KE, 29, 0),
                    row("ecp512bp", KE, 30, 0),
                    row("curve25519", KE, 31, 0),
                    row("x25519", KE, 31, 0),
                    row("curve448", KE, 32, 0),
                    row("x448", KE, 32, 0),
                    row("gost256", KE, 33, 0),
                    row("gost512", KE, 34, 0),
                    row("mlkem512", KE, 35, 0),
                    row("mlkem768", KE, 36, 0),
                    row("mlkem1024", KE, 37, 0),
                    row("noesn", ESN, 0, 0),
                    row("esn", ESN, 1, 0));

    private ProposalKeywords() {}

    /// The transform of one keyword. `ke1_x25519` to `ke7_x25519` name additional key exchanges
    /// (RFC 9370), with that prefix in any case.
    public static Optional<Transform> find(String keyword) {
        if (!isAdditionalKe(keyword)) return Optional.ofNullable(BY_KEYWORD.get(keyword));
        int round = keyword.charAt(2) - '0';
        return Optional.ofNullable(BY_KEYWORD.get(keyword.substring(4)))
                .filter(ke -> ke.type() == KE)
                .map(ke -> Transform.of(TransformType.ADDKE1 + round - 1, ke.id()));
    }

    private static boolean isAdditionalKe(String keyword) {
        return keyword.length() > 4
                && keyword.regionMatches(true, 0, "ke", 0, 2)
                && keyword.charAt(2) >= '1'
                && keyword.charAt(2) <= '7'
                && keyword.charAt(3) == '_';
    }

    /// All keywords but those of additional key exchanges.
    static Set<String> all() {
        return BY_KEYWORD.keySet();
    }

    private static Entry<String, Transform> row(String keyword, int type, int id, int keyBits) {
        return Map.entry(keyword, new Transform(type, id, keyBits));
    }
}
