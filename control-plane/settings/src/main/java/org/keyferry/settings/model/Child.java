package org.keyferry.settings.model;

import java.util.List;
import java.util.Set;
import org.keyferry.wire.Proposal;

/// One CHILD_SA configuration.
///
/// @param proposals ESP proposals, most preferred first, never empty
/// @param policies whether policies are installed at all
/// @param reqid unsigned; 0 means allocated
/// @param priority unsigned kernel policy priority; 0 means computed
/// @param replayWindow packets; 0 switches replay protection off
/// @param ifIdIn unsigned XFRM interface id; 0 means that of the connection
/// @param ifIdOut as `ifIdIn`
public record Child(
        String name,
        List<Proposal> proposals,
        List<TsSpec> localTs,
        List<TsSpec> remoteTs,
        ChildMode mode,
        Lifetime lifetime,
        Set<Action> startAction,
        Set<Action> closeAction,
        Set<Action> dpdAction,
        boolean policies,
        int reqid,
        int priority,
        int replayWindow,
        Mark markIn,
        Mark markOut,
        int ifIdIn,
        int ifIdOut,
        boolean copyDf,
        boolean copyEcn,
        CopyDscp copyDscp) {
    public Child {
        proposals = List.copyOf(proposals);
        localTs = List.copyOf(localTs);
        remoteTs = List.copyOf(remoteTs);
        startAction = Set.copyOf(startAction);
        closeAction = Set.copyOf(closeAction);
        dpdAction = Set.copyOf(dpdAction);
    }
}
