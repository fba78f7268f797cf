package org.keyferry.daemon.radius;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.engine.eap.EapNames;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// The attributes of an Accounting-Request (RFC 2866 §5).
final class AccountingRecord {
    /// Acct-Status-Type.
    enum Status {
        START(1),
        STOP(2),
        INTERIM(3);

        private final int number;

        Status(int number) {
            this.number = number;
        }
    }

    private static final int GIGAWORD_BITS = 32;

    private AccountingRecord() {}

    static List<RadiusAttribute> of(
            Status status, AccountedSession session, RadiusConf conf, Instant now) {
        IkeView ike = session.ike();
        var out = new ArrayList<RadiusAttribute>();
        out.add(RadiusAttribute.number(RadiusType.ACCT_STATUS_TYPE, status.number));
        out.add(RadiusAttribute.text(RadiusType.ACCT_SESSION_ID, session.id()));
        if (conf.accounting().sendClass()) {
            ike.login().facts().classes().stream()
                    .map(value -> RadiusAttribute.of(RadiusType.CLASS, value))
                    .forEach(out::add);
        }
        out.addAll(
                NasAttributes.of(
                        ike.connection().name(),
                        ike.uniqueId(),
                        ike.local(),
                        ike.remote(),
                        conf.stationIdWithPort()));
        out.add(RadiusAttribute.text(RadiusType.USER_NAME, user(ike)));
        for (IpAddress address : ike.virtualIps().remote()) {
            out.add(
                    RadiusAttribute.address(
                            address.v6()
                                    ? RadiusType.FRAMED_IPV6_ADDRESS
                                    : RadiusType.FRAMED_IP_ADDRESS,
                            address));
        }
        out.add(RadiusAttribute.number(RadiusType.EVENT_TIMESTAMP, now.getEpochSecond()));
        if (status != Status.START) {
            counters(session.totals(), out);
            out.add(
                    RadiusAttribute.number(
                            RadiusType.ACCT_SESSION_TIME, session.lasted(now).toSeconds()));
        }
        Optional<TerminateCause> ended = session.ended().filter(_ -> status == Status.STOP);
        ended.ifPresent(
                cause ->
                        out.add(
                                RadiusAttribute.number(
                                        RadiusType.ACCT_TERMINATE_CAUSE, cause.number())));
        return out;
    }

    /// The name that the peer authenticated with.
    static String user(IkeView ike) {
        Identification id = ike.login().eapIdentity().orElse(ike.remoteId());
        return EapNames.text(id);
    }

    /// 64 bits in two attributes each.
    private static void counters(AccountedSession.Totals totals, List<RadiusAttribute> out) {
        octets(
                totals.octetsIn(),
                RadiusType.ACCT_INPUT_OCTETS,
                RadiusType.ACCT_INPUT_GIGAWORDS,
                out);
        octets(
                totals.octetsOut(),
                RadiusType.ACCT_OUTPUT_OCTETS,
                RadiusType.ACCT_OUTPUT_GIGAWORDS,
                out);
        out.add(RadiusAttribute.number(RadiusType.ACCT_INPUT_PACKETS, totals.packetsIn()));
        out.add(RadiusAttribute.number(RadiusType.ACCT_OUTPUT_PACKETS, totals.packetsOut()));
    }

    private static void octets(
            long octets, int type, int gigawordsType, List<RadiusAttribute> out) {
        out.add(RadiusAttribute.number(type, octets & 0xffff_ffffL));
        long gigawords = octets >>> GIGAWORD_BITS;
        if (gigawords > 0) {
            out.add(RadiusAttribute.number(gigawordsType, gigawords));
        }
    }
}
