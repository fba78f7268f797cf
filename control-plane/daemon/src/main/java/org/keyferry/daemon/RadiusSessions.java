package org.keyferry.daemon;

import java.time.Duration;
import java.util.List;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.Radius;
import org.keyferry.daemon.radius.RunningSessions;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.daemon.vici.ViciFace;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.RadiusConf;

/// What RADIUS does to running IKE_SAs: servers may want them changed, and when none answers there
/// is an alert, and they are closed as configured.
final class RadiusSessions implements Radius.Consequences, RunningSessions {
    private static final String UP = "ESTABLISHED";

    private final RadiusConf conf;
    private final Shards shards;
    private final ViciFace face;
    private final Log log;

    RadiusSessions(RadiusConf conf, Shards shards, ViciFace face, Log log) {
        this.conf = conf;
        this.shards = shards;
        this.face = face;
        this.log = log;
    }

    @Override
    public void loginTimedOut() {
        Thread.startVirtualThread(() -> close(List.of()));
    }

    @Override
    public void accountingTimedOut(int ikeUniqueId) {
        boolean closes = conf.accounting().closeOnTimeout();
        Thread.startVirtualThread(() -> close(closes ? List.of(ikeUniqueId) : List.of()));
    }

    private void close(List<Integer> ikes) {
        face.alert("radius-not-responding");
        if (conf.closeAllOnTimeout()) {
            log.log(Group.CFG, 1, "deleting all IKE_SAs after RADIUS timeout");
            established().forEach(this::disconnect);
        } else {
            for (int ike : ikes) {
                log.log(Group.CFG, 1, "deleting IKE_SA [%d] after RADIUS timeout", ike);
                terminate(ike);
            }
        }
    }

    @Override
    public List<IkeView> established() {
        return shards.views().stream()
                .map(Shards.Placed::view)
                .filter(ike -> ike.state().equals(UP))
                .toList();
    }

    @Override
    public void disconnect(IkeView ike) {
        terminate(ike.uniqueId());
    }

    @Override
    public void limit(IkeView ike, Duration time) {
        shards.giveAll(new Input.LimitSession(ike.uniqueId(), time));
    }

    private void terminate(int ikeUniqueId) {
        shards.giveAll(new Input.TerminateIke(0, ikeUniqueId, false));
    }
}
