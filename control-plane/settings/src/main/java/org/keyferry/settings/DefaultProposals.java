package org.keyferry.settings;

import static org.keyferry.wire.TransformType.ENCR;
import static org.keyferry.wire.TransformType.ESN;
import static org.keyferry.wire.TransformType.INTEG;
import static org.keyferry.wire.TransformType.KE;
import static org.keyferry.wire.TransformType.PRF;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;

/// What `default` stands for. Only algorithms that the given test supports are in; a proposal that
/// then lacks a mandatory kind is left out. Numbers count from 1.
public final class DefaultProposals {
    /// AES-CBC, AES-CTR, Camellia-CBC, Camellia-CTR; then 3DES.
    private static final List<Transform> CLASSIC =
            concat(withKeySizes(12, 13, 23, 24), plain(ENCR, 3));

    /// With 16 bytes of ICV AES-GCM, AES-CCM, Camellia-CCM; ChaCha20-Poly1305; then AES-GCM,
    /// AES-CCM and Camellia-CCM with 12 and 8 bytes.
    private static final List<Transform> AEAD =
            concat(
                    concat(withKeySizes(20, 16, 27), plain(ENCR, 28)),
                    withKeySizes(19, 18, 15, 14, 26, 25));

    /// HMAC-SHA2 256, 384, 512; then AES-XCBC, AES-CMAC, HMAC-SHA1.
    private static final List<Transform> IKE_INTEG = plain(INTEG, 12, 13, 14, 5, 8, 2);

    private static final List<Transform> ESP_INTEG = plain(INTEG, 12, 13, 14, 2, 5);

    /// HMAC-SHA2 256, 384, 512; then AES-XCBC, AES-CMAC, HMAC-SHA1.
    private static final List<Transform> PRFS = plain(PRF, 5, 6, 7, 4, 8, 2);

    /// ECP 256, 384, 521, brainpool 256, 384, 512, the curves; then MODP 3072 to 8192; then 2048.
    private static final List<Transform> KES =
            plain(KE, 19, 20, 21, 28, 29, 30, 31, 32, 15, 16, 17, 18, 14);

    private static final List<Transform> OPTIONAL_KES = concat(KES, plain(KE, 0));
    private static final List<Transform> NO_ESN = plain(ESN, 0);

    private DefaultProposals() {}

    /// Classic ciphers first, combined-mode ones second.
    public static List<Proposal> ike(Predicate<Transform> supported) {
        return proposals(
                ProtocolId.IKE,
                supported,
                List.of(
                        List.of(CLASSIC, IKE_INTEG, PRFS, KES), //
                        List.of(AEAD, PRFS, KES)));
    }

    /// AES-GCM first, AES-CBC second; without extended sequence numbers, key exchange optional.
    public static List<Proposal> esp(Predicate<Transform> supported) {
        return proposals(
                ProtocolId.ESP,
                supported,
                List.of(
                        List.of(withKeySizes(20), OPTIONAL_KES, NO_ESN),
                        List.of(withKeySizes(12), ESP_INTEG, OPTIONAL_KES, NO_ESN)));
    }

    /// One proposal of all integrity algorithms.
    public static List<Proposal> ah(Predicate<Transform> supported) {
        return proposals(
                ProtocolId.AH, supported, List.of(List.of(ESP_INTEG, OPTIONAL_KES, NO_ESN)));
    }

    /// @param wanted for each proposal the kinds of transforms it consists of
    private static List<Proposal> proposals(
            int protocolId, Predicate<Transform> supported, List<List<List<Transform>>> wanted) {
        Predicate<Transform> usable = t -> isNegation(t) || supported.test(t);
        var proposals = new ArrayList<Proposal>();
        for (List<List<Transform>> kinds : wanted) {
            List<List<Transform>> filtered =
                    kinds.stream().map(kind -> kind.stream().filter(usable).toList()).toList();
            if (filtered.stream().anyMatch(List::isEmpty)) continue;
            List<Transform> all = filtered.stream().flatMap(List::stream).toList();
            proposals.add(new Proposal(proposals.size() + 1, protocolId, Bytes.EMPTY, all));
        }
        return List.copyOf(proposals);
    }

    private static boolean isNegation(Transform transform) {
        return transform.id() == 0 && (transform.type() == KE || transform.type() == ESN);
    }

    private static List<Transform> plain(int type, int... ids) {
        return IntStream.of(ids).mapToObj(id -> Transform.of(type, id)).toList();
    }

    private static List<Transform> withKeySizes(int... cipherIds) {
        return IntStream.of(cipherIds)
                .boxed()
                .flatMap(id -> Stream.of(128, 192, 256).map(bits -> new Transform(ENCR, id, bits)))
                .toList();
    }

    private static List<Transform> concat(List<Transform> first, List<Transform> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
