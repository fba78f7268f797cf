package org.keyferry.engine.sa;

import org.keyferry.engine.InterfaceIds;

/// Makes what others may see of an IKE_SA.
public final class IkeViews {
    public static IkeView of(SaCore core, State state) {
        return new IkeView(
                core.uniqueId(),
                core.connection(),
                state.viciName(),
                core.local(),
                core.localId(),
                core.remote(),
                core.remoteId(),
                core.isInitiator(),
                core.initiatorSpi(),
                core.responderSpi(),
                core.natLocal(),
                core.natRemote(),
                core.connection().encap(),
                state.viciName().equals("CONNECTING") ? InterfaceIds.NONE : core.interfaceIds(),
                core.proposal(),
                core.extensions().ppkUsed(),
                core.established(),
                core.replacement().rekeyAt(),
                core.replacement().reauthAt(),
                core.virtualIps(),
                core.children().stream().map(ChildSa::view).toList(),
                IkeTasks.of(core, state),
                core.login());
    }

    private IkeViews() {}
}
