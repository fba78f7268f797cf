package org.keyferry.crypto;

import java.security.spec.NamedParameterSpec;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The key exchange methods by transform id.
final class KeyExchanges {
    private static final Map<Integer, KeyExchangeMethod> BY_ID =
            Stream.<KeyExchangeMethod>of(
                            new Modp(2, 1024, 129_093, 32),
                            new Modp(5, 1536, 741_804, 32),
                            new Modp(14, 2048, 124_476, 40),
                            new Modp(15, 3072, 1_690_314, 56),
                            new Modp(16, 4096, 240_904, 64),
                            new Modp(17, 6144, 929_484, 72),
                            new Modp(18, 8192, 4_743_158, 80),
                            new Ecp(19, EcCurve.P256),
                            new Ecp(20, EcCurve.P384),
                            new Ecp(21, EcCurve.P521),
                            ModpSubgroup.of1024Bits160(),
                            ModpSubgroup.of2048Bits224(),
                            ModpSubgroup.of2048Bits256(),
                            new Ecp(26, EcCurve.P224),
                            new Ecp(27, EcCurve.BRAINPOOL_224),
                            new Ecp(28, EcCurve.BRAINPOOL_256),
                            new Ecp(29, EcCurve.BRAINPOOL_384),
                            new Ecp(30, EcCurve.BRAINPOOL_512),
                            new Curve25519(31),
                            new Curve448(32),
                            new MlKem(35, NamedParameterSpec.ML_KEM_512, 1, 800, 768),
                            new MlKem(36, NamedParameterSpec.ML_KEM_768, 2, 1184, 1088),
                            new MlKem(37, NamedParameterSpec.ML_KEM_1024, 3, 1568, 1568))
                    .collect(Collectors.toMap(KeyExchangeMethod::id, Function.identity()));

    private KeyExchanges() {}

    static Optional<KeyExchangeMethod> find(int transformId) {
        return Optional.ofNullable(BY_ID.get(transformId));
    }
}
