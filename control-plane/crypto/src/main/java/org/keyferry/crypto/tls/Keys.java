package org.keyferry.crypto.tls;

import java.util.Optional;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.util.Arrays;
import org.keyferry.crypto.Secret;

/// What comes of a handshake.
final class Keys implements TlsEnd.Session {
    private final TlsTerms.Exported wanted;
    private Secret key;
    private Secret legacy;
    private int version;
    private String suite = "";

    Keys(TlsTerms.Exported wanted) {
        this.wanted = wanted;
    }

    /// The handshake is over; its secrets can be had only now.
    void established(TlsContext context) {
        SecurityParameters parameters = context.getSecurityParametersConnection();
        version = parameters.getNegotiatedVersion().getFullVersion();
        suite = Suites.name(parameters.getCipherSuite());
        key = Secret.owned(export(context, parameters));
        legacy =
                Suites.is13(parameters.getNegotiatedVersion())
                        ? Secret.owned(
                                context.exportKeyingMaterial(
                                        wanted.oldLabel(), new byte[0], wanted.count()))
                        : null;
    }

    private byte[] export(TlsContext context, SecurityParameters parameters) {
        if (Suites.is13(parameters.getNegotiatedVersion())) {
            return context.exportKeyingMaterial(
                    wanted.label(), wanted.context().toArray(), wanted.count());
        }
        byte[] seed =
                Arrays.concatenate(parameters.getClientRandom(), parameters.getServerRandom());
        return TlsUtils.PRF(
                        parameters,
                        parameters.getMasterSecret(),
                        wanted.oldLabel(),
                        seed,
                        wanted.count())
                .extract();
    }

    @Override
    public boolean isOver() {
        return key != null;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public String suite() {
        return suite;
    }

    @Override
    public Secret key() {
        return key;
    }

    @Override
    public Optional<Secret> legacyKey() {
        return Optional.ofNullable(legacy);
    }
}
