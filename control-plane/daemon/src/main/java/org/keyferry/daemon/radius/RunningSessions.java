package org.keyferry.daemon.radius;

import java.time.Duration;
import java.util.List;
import org.keyferry.engine.sa.IkeView;

/// The IKE_SAs that are up, for servers that want them changed. May block.
public interface RunningSessions {
    List<IkeView> established();

    void disconnect(IkeView ike);

    /// The peer has to authenticate again in that time.
    void limit(IkeView ike, Duration time);
}
