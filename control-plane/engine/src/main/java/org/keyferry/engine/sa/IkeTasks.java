package org.keyferry.engine.sa;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What an IKE_SA is about to do and does, in VICI's names of the tasks.
///
/// @param queued what waits until the exchange that is under way has ended
/// @param active what this side does now
/// @param passive what the peer has asked for and is not answered yet
public record IkeTasks(List<String> queued, List<String> active, List<String> passive) {
    public static final IkeTasks NONE = new IkeTasks(List.of(), List.of(), List.of());

    public IkeTasks {
        queued = List.copyOf(queued);
        active = List.copyOf(active);
        passive = List.copyOf(passive);
    }

    static IkeTasks of(SaCore core, State state) {
        return switch (state) {
            case State.MakingKey _,
                    State.Connecting _,
                    State.InitSent _,
                    State.SolvingInit _,
                    State.Redirecting _,
                    State.ResumeSent _,
                    State.ConnectingToResume _,
                    State.MakingRoundKey _,
                    State.RoundSent _,
                    State.DerivingRound _ ->
                    active("IKE_INIT");
            case State.Deriving _,
                    State.SolvingAuth _,
                    State.ReservingSpi _,
                    State.SigningRequest _,
                    State.AuthSent _,
                    State.AnsweringEap _,
                    State.JudgingResponder _,
                    State.InstallingAddresses _,
                    State.InstallingFirst _ ->
                    active("IKE_AUTH");
            case State.Answering _, State.AnsweringRound _ -> passive("IKE_INIT");
            case State.AwaitingAuth _,
                    State.JudgingInitiator _,
                    State.SigningResponse _,
                    State.Addressing _,
                    State.AwaitingMoreAuth _,
                    State.ServingEap _,
                    State.ReservingForPeer _,
                    State.InstallingForPeer _ ->
                    passive("IKE_AUTH");
            case State.Established established -> between(core, established);
            case State.Deleting _ -> active("IKE_DELETE");
            case State.Rekeyed _, State.Lingering _, State.Closed _ -> NONE;
        };
    }

    private static IkeTasks between(SaCore core, State.Established established) {
        Optional<Task> current = core.currentTask();
        if (current.isEmpty()
                && core.tasks().isEmpty()
                && core.putOff().isEmpty()
                && established.peers().isEmpty()) {
            return NONE;
        }
        return new IkeTasks(
                Stream.concat(core.tasks().stream(), core.putOff().stream())
                        .map(Task::viciName)
                        .toList(),
                current.map(Task::viciName).stream().toList(),
                established.peers().map(IkeTasks::name).stream().toList());
    }

    private static String name(PeersExchange exchange) {
        return switch (exchange) {
            case PeersExchange.PeersChild child ->
                    child.replaces() == 0 ? "CHILD_CREATE" : "CHILD_REKEY";
            case PeersExchange.PeersIke _ -> "IKE_REKEY";
        };
    }

    private static IkeTasks active(String task) {
        return new IkeTasks(List.of(), List.of(task), List.of());
    }

    private static IkeTasks passive(String task) {
        return new IkeTasks(List.of(), List.of(), List.of(task));
    }
}
