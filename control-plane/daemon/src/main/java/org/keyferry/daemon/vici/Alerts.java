package org.keyferry.daemon.vici;

import java.util.List;
import java.util.stream.Stream;
import org.keyferry.crypto.cert.Fault;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.NotifyType;

/// The `alert` events that the end of an IKE_SA, or a CHILD_SA that does not come, is worth.
final class Alerts {
    /// Types in the order in which they are raised.
    static List<String> of(IkeView ike, Reason reason) {
        return switch (reason) {
            case Reason.NoProposalChosen _ -> List.of("proposal-mismatch-ike");
            case Reason.AuthenticationFailed _ -> List.of("peer-auth-failed");
            case Reason.CertificateRefused(var fault, _) ->
                    List.of(ofCertificate(fault), "peer-auth-failed");
            case Reason.TsUnacceptable _ -> List.of("ts-mismatch");
            case Reason.PeerBroke _ -> List.of("parse-error-body");
            case Reason.KernelRefused _ -> List.of("install-child-sa-failed");
            case Reason.Timeout(String exchange, _) ->
                    ike.initiator() && exchange.equals(ExchangeType.name(ExchangeType.IKE_SA_INIT))
                            ? List.of("retransmit-send-timeout", "peer-init-unreachable")
                            : List.of("retransmit-send-timeout");
            case Reason.PeerRefused(_, int notifyType, _) -> ofRefusal(notifyType);
            case Reason.Plain plain -> ofPlain(plain);
            default -> List.of();
        };
    }

    /// Of a CHILD_SA that does not come.
    static List<String> ofChild(Reason reason, boolean keepsIke) {
        List<String> cause =
                switch (reason) {
                    case Reason.NoProposalChosen _ -> List.of("proposal-mismatch-child");
                    case Reason.TsUnacceptable _ -> List.of("ts-mismatch");
                    case Reason.KernelRefused _ -> List.of("install-child-sa-failed");
                    case Reason.NoAddress _ -> List.of("vip-failure");
                    default -> List.of();
                };
        return keepsIke
                ? Stream.concat(cause.stream(), Stream.of("keep-on-child-sa-failure")).toList()
                : cause;
    }

    private static String ofCertificate(Fault fault) {
        return switch (fault) {
            case REVOKED -> "cert-revoked";
            case EXPIRED -> "cert-expired";
            case NO_ISSUER -> "cert-no-issuer";
            case PATH_TOO_LONG -> "cert-exceeded-path-len";
            case INVALID, UNACCEPTABLE -> "cert-validation-failed";
        };
    }

    private static List<String> ofRefusal(int notifyType) {
        return switch (notifyType) {
            case NotifyType.AUTHENTICATION_FAILED -> List.of("local-auth-failed");
            case NotifyType.NO_PROPOSAL_CHOSEN -> List.of("proposal-mismatch-ike");
            default -> List.of();
        };
    }

    private static List<String> ofPlain(Reason.Plain reason) {
        return switch (reason) {
            case HALF_OPEN_TIMEOUT -> List.of("half-open-timeout");
            case UNIQUE_KEEP -> List.of("unique-keep");
            case REPLACED, SUPERSEDED -> List.of("unique-replace");
            case LIFETIME_EXPIRED -> List.of("ike-sa-expired");
            default -> List.of();
        };
    }

    private Alerts() {}
}
