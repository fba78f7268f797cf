package org.keyferry.settings;

import static org.keyferry.wire.TransformType.ENCR;
import static org.keyferry.wire.TransformType.ESN;
import static org.keyferry.wire.TransformType.INTEG;
import static org.keyferry.wire.TransformType.KE;
import static org.keyferry.wire.TransformType.PRF;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// One configured proposal such as `aes128-sha256-x25519`: keywords to a proposal that a peer can
/// take.
public final class ProposalText {
    static final int MAX_CHARACTERS = 2_047;
    private static final int NO_KE = 0;

    /// Combined-mode ciphers: AES-CCM, AES-GCM, NULL with AES-GMAC, Camellia-CCM,
    /// ChaCha20-Poly1305.
    private static final Set<Integer> AEAD = Set.of(14, 15, 16, 18, 19, 20, 21, 25, 26, 27, 28);

    private static final int NULL_WITH_GMAC = 21;

    /// Integrity transform to the PRF that it stands for when an IKE proposal names none.
    private static final Map<Integer, Integer> PRF_OF_INTEG =
            Map.ofEntries(
                    Map.entry(2, 2), // HMAC_SHA1_96
                    Map.entry(7, 2), // HMAC_SHA1_160
                    Map.entry(12, 5), // HMAC_SHA2_256_128
                    Map.entry(13, 6), // HMAC_SHA2_384_192
                    Map.entry(14, 7), // HMAC_SHA2_512_256
                    Map.entry(1, 1), // HMAC_MD5_96
                    Map.entry(6, 1), // HMAC_MD5_128
                    Map.entry(5, 4), // AES_XCBC_96
                    Map.entry(8, 8), // AES_CMAC_96
                    Map.entry(1030, 1028)); // CAMELLIA_XCBC_96

    private final Map<Integer, Set<Transform>> byType = new TreeMap<>();

    private ProposalText() {}

    /// The proposal that a text stands for, with a number of 1 to 255 and without an SPI.
    ///
    /// @param supported algorithms that can be used; the others are refused by name
    /// @throws IllegalArgumentException if the text breaks a rule of proposals; the message is the
    ///   reason
    public static Proposal parse(
            int protocolId, int number, String text, Predicate<Transform> supported) {
        if (text.length() > MAX_CHARACTERS)
            throw refusal("a proposal has at most " + MAX_CHARACTERS + " characters");
        var proposal = new ProposalText();
        for (String token : text.split("-", -1)) proposal.add(token.strip(), supported);
        switch (protocolId) {
            case ProtocolId.IKE -> proposal.checkIke();
            case ProtocolId.ESP -> proposal.checkEsp();
            case ProtocolId.AH -> proposal.checkAh();
            default -> throw new IllegalArgumentException("protocol " + protocolId);
        }
        List<Transform> transforms =
                proposal.byType.values().stream().flatMap(Set::stream).toList();
        return new Proposal(number, protocolId, Bytes.EMPTY, transforms);
    }

    private void add(String keyword, Predicate<Transform> supported) {
        Transform transform =
                ProposalKeywords.find(keyword)
                        .orElseThrow(() -> refusal("algorithm '" + keyword + "' not recognized"));
        boolean meansNone = transform.id() == NO_KE && isKeyExchange(transform);
        if (!meansNone && transform.type() != ESN && !supported.test(transform))
            throw refusal("algorithm '" + keyword + "' is not supported here");
        of(transform.type()).add(transform);
    }

    private static boolean isKeyExchange(Transform transform) {
        return transform.type() == KE || TransformType.isAdditionalKe(transform.type());
    }

    private Set<Transform> of(int type) {
        return byType.computeIfAbsent(type, _ -> new LinkedHashSet<>());
    }

    private void checkIke() {
        if (!of(ESN).isEmpty()) throw refusal("esn and noesn are not for IKE");
        if (of(PRF).isEmpty()) {
            for (Transform integ : of(INTEG)) {
                Optional.ofNullable(PRF_OF_INTEG.get(integ.id()))
                        .ifPresent(id -> of(PRF).add(Transform.of(PRF, id)));
            }
        }
        if (of(PRF).isEmpty())
            throw refusal("a PRF is mandatory in IKE proposals, for instance prfsha256");
        of(KE).removeIf(ke -> ke.id() == NO_KE);
        if (of(KE).isEmpty())
            throw refusal(
                    "a key exchange method is mandatory in IKE proposals, for instance x25519");
        if (!checkCiphers() && of(INTEG).isEmpty())
            throw refusal(
                    "an integrity algorithm is mandatory beside this cipher, for instance sha256");
    }

    private void checkEsp() {
        of(PRF).clear();
        checkCiphers();
        defaultEsn();
    }

    private void checkAh() {
        of(PRF).clear();
        for (Transform cipher : of(ENCR)) {
            if (cipher.id() == NULL_WITH_GMAC) of(INTEG).add(Transform.of(INTEG, gmac(cipher)));
        }
        of(ENCR).clear();
        if (of(INTEG).isEmpty())
            throw refusal("an integrity algorithm is mandatory in AH proposals");
        defaultEsn();
    }

    /// AUTH_AES_128_GMAC is 9, with 192 bits 10, with 256 bits 11 (RFC 4543).
    private static int gmac(Transform cipher) {
        return 9 + (cipher.keyBits() - 128) / 64;
    }

    private void defaultEsn() {
        if (of(ESN).isEmpty()) of(ESN).add(Transform.of(ESN, 0));
    }

    /// Whether the ciphers are combined-mode ones, which need no integrity algorithm.
    private boolean checkCiphers() {
        Set<Transform> ciphers = of(ENCR);
        if (ciphers.isEmpty()) throw refusal("a proposal needs an encryption algorithm");
        long aead = ciphers.stream().filter(cipher -> AEAD.contains(cipher.id())).count();
        if (aead != 0 && aead != ciphers.size())
            throw refusal("combined-mode and classic ciphers cannot be in one proposal");
        if (aead != 0) of(INTEG).clear();
        return aead != 0;
    }

    private static IllegalArgumentException refusal(String reason) {
        return new IllegalArgumentException(reason);
    }

    /// Whether a list entry stands for the default proposals.
    static boolean isDefault(String entry) {
        return entry.toLowerCase(Locale.ROOT).equals("default");
    }
}
