package org.keyferry.netlink.xfrm;

import java.util.Map;
import java.util.OptionalInt;

/// Names of XFRM's numbers, as `ip xfrm` spells them, and the algorithms of the kernel.
public final class XfrmNames {
    private static final Map<Integer, String> PROTOCOLS =
            Map.ofEntries(
                    Map.entry(50, "esp"),
                    Map.entry(51, "ah"),
                    Map.entry(108, "comp"),
                    Map.entry(43, "route2"),
                    Map.entry(60, "hao"));

    private static final Map<Integer, String> MODES =
            Map.ofEntries(
                    Map.entry(0, "transport"),
                    Map.entry(1, "tunnel"),
                    Map.entry(2, "ro"),
                    Map.entry(3, "in_trigger"),
                    Map.entry(4, "beet"),
                    Map.entry(5, "iptfs"));

    private static final Map<Integer, String> ENCAPSULATIONS =
            Map.ofEntries(
                    Map.entry(XfrmEncap.ESP_IN_UDP_NON_IKE, "espinudp-nonike"),
                    Map.entry(XfrmEncap.ESP_IN_UDP, "espinudp"),
                    Map.entry(XfrmEncap.ESP_IN_TCP, "espintcp"));

    /// Kernel name and salt bytes at the key's end.
    private static final Map<String, Integer> SALT_BYTES =
            Map.ofEntries(
                    Map.entry("rfc4106(gcm(aes))", 4),
                    Map.entry("rfc4543(gcm(aes))", 4),
                    Map.entry("rfc4309(ccm(aes))", 3),
                    Map.entry("rfc7539esp(chacha20,poly1305)", 4),
                    Map.entry("rfc3686(ctr(aes))", 4));

    private static final Map<String, String> ALGORITHMS =
            Map.ofEntries(
                    Map.entry("rfc4106(gcm(aes))", "AES_GCM"),
                    Map.entry("rfc4543(gcm(aes))", "NULL_AES_GMAC"),
                    Map.entry("rfc4309(ccm(aes))", "AES_CCM"),
                    Map.entry("rfc7539esp(chacha20,poly1305)", "CHACHA20_POLY1305"),
                    Map.entry("rfc3686(ctr(aes))", "AES_CTR"),
                    Map.entry("cbc(aes)", "AES_CBC"),
                    Map.entry("aes", "AES_CBC"),
                    Map.entry("cbc(camellia)", "CAMELLIA_CBC"),
                    Map.entry("cbc(des3_ede)", "3DES_CBC"),
                    Map.entry("des3_ede", "3DES_CBC"),
                    Map.entry("cbc(des)", "DES_CBC"),
                    Map.entry("ecb(cipher_null)", "NULL"),
                    Map.entry("cipher_null", "NULL"),
                    Map.entry("hmac(md5)", "HMAC_MD5"),
                    Map.entry("hmac(sha1)", "HMAC_SHA1"),
                    Map.entry("hmac(sha256)", "HMAC_SHA2_256"),
                    Map.entry("hmac(sha384)", "HMAC_SHA2_384"),
                    Map.entry("hmac(sha512)", "HMAC_SHA2_512"),
                    Map.entry("xcbc(aes)", "AES_XCBC"),
                    Map.entry("cmac(aes)", "AES_CMAC"),
                    Map.entry("deflate", "DEFLATE"));

    private XfrmNames() {}

    /// The number itself if it has no name.
    public static String protocol(int number) {
        return PROTOCOLS.getOrDefault(number, Integer.toString(number));
    }

    public static OptionalInt protocolNumber(String name) {
        return PROTOCOLS.entrySet().stream()
                .filter(row -> row.getValue().equals(name))
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    public static String mode(int number) {
        return MODES.getOrDefault(number, Integer.toString(number));
    }

    public static String encapsulation(int type) {
        return ENCAPSULATIONS.getOrDefault(type, Integer.toString(type));
    }

    public static String direction(XfrmDirection direction) {
        return switch (direction) {
            case IN -> "in";
            case OUT -> "out";
            case FWD -> "fwd";
            case SOCKET_IN -> "socket in";
            case SOCKET_OUT -> "socket out";
        };
    }

    public static String action(XfrmAction action) {
        return switch (action) {
            case ALLOW -> "allow";
            case BLOCK -> "block";
        };
    }

    /// In IKE's words, such as `AES_GCM_16_256` or `HMAC_SHA2_256_128`; else the kernel's name.
    public static String algorithm(XfrmAlgorithm algorithm) {
        String name = ALGORITHMS.getOrDefault(algorithm.kernelName(), algorithm.kernelName());
        int saltBytes = SALT_BYTES.getOrDefault(algorithm.kernelName(), 0);
        int keyBits = algorithm.key().lengthBits() - 8 * saltBytes;
        boolean sizedKey = keyBits > 0 && (name.startsWith("AES_") || name.startsWith("CAMELLIA"));
        return switch (algorithm) {
            case XfrmAlgorithm.Aead aead ->
                    name.startsWith("AES_")
                            ? name + "_" + aead.icvBits() / 8 + "_" + keyBits
                            : name;
            case XfrmAlgorithm.Encryption _ -> sizedKey ? name + "_" + keyBits : name;
            case XfrmAlgorithm.Integrity integrity ->
                    integrity.icvBits() == 0 ? name : name + "_" + integrity.icvBits();
            case XfrmAlgorithm.Compression _ -> name;
        };
    }
}
