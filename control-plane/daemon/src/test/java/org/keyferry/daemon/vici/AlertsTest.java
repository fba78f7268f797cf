package org.keyferry.daemon.vici;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Reason;

class AlertsTest {
    @Test
    void aChildThatDoesNotComeIsWorthItsCauseAndThatTheIkeSaStays() {
        assertEquals(
                List.of("vip-failure", "keep-on-child-sa-failure"),
                Alerts.ofChild(new Reason.NoAddress("pool 'p' is full"), true));
        assertEquals(
                List.of("proposal-mismatch-child"),
                Alerts.ofChild(new Reason.NoProposalChosen(List.of(), List.of(), ""), false));
        assertEquals(
                List.of("ts-mismatch", "keep-on-child-sa-failure"),
                Alerts.ofChild(new Reason.TsUnacceptable(List.of(), List.of(), ""), true));
        assertEquals(
                List.of("keep-on-child-sa-failure"),
                Alerts.ofChild(Reason.Plain.NO_SUCH_CHILD, true));
    }
}
