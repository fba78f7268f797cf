package org.keyferry.engine.sa;

import java.util.List;
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
                core.established(),
                core.children().stream().map(ChildSa::view).toList(),
                tasks(core, state));
    }

    private static List<String> tasks(SaCore core, State state) {
        return switch (state) {
            case State.MakingKey _, State.InitSent _ -> List.of("IKE_INIT");
            case State.Deriving _,
                    State.ReservingSpi _,
                    State.AuthSent _,
                    State.InstallingFirst _ ->
                    List.of("IKE_AUTH");
            default -> core.currentTask().map(Task::viciName).stream().toList();
        };
    }

    private IkeViews() {}
}
