package org.keyferry.crypto;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.GeneralSecurityException;

/// X25519 public values of given private keys, by the fixed-base multiplication in Conscrypt's
/// native code. It takes less than half the time of any other way, and a responder needs one for
/// each new IKE SA; but no public call of Conscrypt reaches it, only one that makes a random key.
/// So its package-private calls are used. The known-answer test and Bouncy Castle stand behind this
/// in case another version lacks them.
final class ConscryptPublicValues implements Curve25519.PublicValues {
    private static final int EVP_PKEY_X25519 = 948;

    private final MethodHandle fromPrivate;
    private final MethodHandle owned;
    private final MethodHandle publicValue;

    ConscryptPublicValues() throws GeneralSecurityException {
        try {
            Class<?> nativeCalls = Class.forName("org.conscrypt.NativeCrypto");
            Class<?> nativeKey = Class.forName("org.conscrypt.NativeRef$EVP_PKEY");
            var calls = MethodHandles.privateLookupIn(nativeCalls, MethodHandles.lookup());
            var keys = MethodHandles.privateLookupIn(nativeKey, MethodHandles.lookup());
            fromPrivate =
                    calls.findStatic(
                            nativeCalls,
                            "EVP_PKEY_from_raw_private_key",
                            MethodType.methodType(long.class, int.class, byte[].class));
            owned =
                    keys.findConstructor(nativeKey, MethodType.methodType(void.class, long.class))
                            .asType(MethodType.methodType(Object.class, long.class));
            publicValue =
                    calls.findStatic(
                                    nativeCalls,
                                    "EVP_PKEY_get_raw_public_key",
                                    MethodType.methodType(byte[].class, nativeKey))
                            .asType(MethodType.methodType(byte[].class, Object.class));
        } catch (ReflectiveOperationException otherVersion) {
            throw new GeneralSecurityException("Conscrypt of another version", otherVersion);
        }
    }

    @Override
    public byte[] publicValue(byte[] privateKey) throws GeneralSecurityException {
        try {
            // the key object frees the native key when it is collected
            Object key =
                    (Object)
                            owned.invokeExact(
                                    (long) fromPrivate.invokeExact(EVP_PKEY_X25519, privateKey));
            return (byte[]) publicValue.invokeExact(key);
        } catch (GeneralSecurityException | RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new GeneralSecurityException(thrown);
        }
    }
}
