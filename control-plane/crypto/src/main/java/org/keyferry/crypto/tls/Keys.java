package org.keyferry.crypto.tls;

import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.util.Arrays;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// What comes of a handshake.
final class Keys implements TlsEnd.Session {
    /// Certificates of a session that is remembered: a peer may show 32 KiB of what it likes, in
    /// each of thousands.
    static final int MAX_CHAIN_BYTES = 12 << 10;

    private final TlsTerms.Exported wanted;
    private Secret key;
    private Secret legacy;
    private int version;
    private String suite = "";
    private TlsContext context;

    Keys(TlsTerms.Exported wanted) {
        this.wanted = wanted;
    }

    /// The handshake is over; its secrets can be had only now.
    void established(TlsContext established) {
        context = established;
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

    @Override
    public boolean isResumed() {
        return context != null && context.getSecurityParametersConnection().isResumedSession();
    }

    @Override
    public Optional<ResumableSession> resumable() {
        if (context == null || context.getSession() == null) {
            return Optional.empty();
        }
        TlsSession session = context.getSession();
        SessionParameters parameters = session.exportSessionParameters();
        boolean able =
                session.isResumable()
                        && parameters != null
                        && parameters.isExtendedMasterSecret()
                        && !Suites.is13(parameters.getNegotiatedVersion())
                        && !TlsUtils.isNullOrEmpty(session.getSessionID());
        if (!able) {
            return Optional.empty();
        }
        List<Bytes> chain = PeerCertificates.chain(parameters.getPeerCertificate());
        if (chain.stream().mapToInt(Bytes::length).sum() > MAX_CHAIN_BYTES) {
            return Optional.empty();
        }
        byte[] master = context.getCrypto().adoptSecret(parameters.getMasterSecret()).extract();
        return Optional.of(
                new ResumableSession(
                        Bytes.of(session.getSessionID()),
                        parameters.getNegotiatedVersion().getFullVersion(),
                        parameters.getCipherSuite(),
                        chain,
                        Secret.owned(master)));
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
