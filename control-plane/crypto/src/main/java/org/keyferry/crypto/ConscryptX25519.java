package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import javax.crypto.KeyAgreement;
import org.conscrypt.XdhKeySpec;

/// X25519 of Conscrypt, through JCA.
final class ConscryptX25519 implements Curve25519.Agreements {
    private final KeyFactory keys;
    private final ThreadLocal<KeyAgreement> agreement;

    ConscryptX25519(Provider conscrypt) throws GeneralSecurityException {
        keys = KeyFactory.getInstance("XDH", conscrypt);
        agreement =
                ThreadLocal.withInitial(
                        () -> {
                            try {
                                return KeyAgreement.getInstance("XDH", conscrypt);
                            } catch (GeneralSecurityException gone) {
                                throw new IllegalStateException(gone);
                            }
                        });
    }

    @Override
    public byte[] agree(byte[] privateKey, byte[] peerPublic) throws GeneralSecurityException {
        KeyAgreement ready = agreement.get();
        ready.init(keys.generatePrivate(new XdhKeySpec(privateKey)));
        ready.doPhase(keys.generatePublic(new XdhKeySpec(peerPublic)), true);
        return ready.generateSecret();
    }
}
