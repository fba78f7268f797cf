package org.keyferry.settings.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Proposal;

/// One CHILD_SA configuration.
///
/// @param proposals of ESP or AH, most preferred first, never empty
/// @param inactivity closed after this time without traffic; zero means never
/// @param updown shell command that is told when the CHILD_SA comes up and goes down
/// @param hostAccess only told to the updown command
/// @param ipcomp compression (RFC 3173) is offered and accepted
/// @param label by which both ends know the child (RFC 9478), as it travels; empty for none
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
        Duration inactivity,
        Optional<String> updown,
        boolean hostAccess,
        boolean ipcomp,
        KernelOptions kernel,
        Bytes label) {
    public Child {
        proposals = List.copyOf(proposals);
        localTs = List.copyOf(localTs);
        remoteTs = List.copyOf(remoteTs);
        startAction = Set.copyOf(startAction);
        closeAction = Set.copyOf(closeAction);
        dpdAction = Set.copyOf(dpdAction);
    }

    /// Without a security label.
    public Child(
            String name,
            List<Proposal> proposals,
            List<TsSpec> localTs,
            List<TsSpec> remoteTs,
            ChildMode mode,
            Lifetime lifetime,
            Set<Action> startAction,
            Set<Action> closeAction,
            Set<Action> dpdAction,
            Duration inactivity,
            Optional<String> updown,
            boolean hostAccess,
            boolean ipcomp,
            KernelOptions kernel) {
        this(
                name,
                proposals,
                localTs,
                remoteTs,
                mode,
                lifetime,
                startAction,
                closeAction,
                dpdAction,
                inactivity,
                updown,
                hostAccess,
                ipcomp,
                kernel,
                Bytes.EMPTY);
    }

    /// With everything else as it is when not configured.
    public static Child of(
            String name,
            List<Proposal> proposals,
            List<TsSpec> localTs,
            List<TsSpec> remoteTs,
            ChildMode mode,
            Lifetime lifetime) {
        return new Child(
                name,
                proposals,
                localTs,
                remoteTs,
                mode,
                lifetime,
                Set.of(),
                Set.of(),
                Set.of(),
                Duration.ZERO,
                Optional.empty(),
                false,
                false,
                KernelOptions.DEFAULT);
    }

    public Child withProposals(List<Proposal> others) {
        return changed(c -> c.proposals = others);
    }

    public Child withMode(ChildMode other) {
        return changed(c -> c.mode = other);
    }

    public Child withActions(Set<Action> start, Set<Action> close, Set<Action> dpd) {
        return changed(
                c -> {
                    c.startAction = start;
                    c.closeAction = close;
                    c.dpdAction = dpd;
                });
    }

    public Child withLabel(Bytes other) {
        return changed(c -> c.label = other);
    }

    public Child withKernel(KernelOptions other) {
        return changed(c -> c.kernel = other);
    }

    /// What copies may differ in.
    private static final class Changes {
        private List<Proposal> proposals;
        private ChildMode mode;
        private Set<Action> startAction;
        private Set<Action> closeAction;
        private Set<Action> dpdAction;
        private KernelOptions kernel;
        private Bytes label;

        private Changes(Child of) {
            proposals = of.proposals;
            mode = of.mode;
            startAction = of.startAction;
            closeAction = of.closeAction;
            dpdAction = of.dpdAction;
            kernel = of.kernel;
            label = of.label;
        }
    }

    private Child changed(Consumer<Changes> change) {
        var changes = new Changes(this);
        change.accept(changes);
        return new Child(
                name,
                changes.proposals,
                localTs,
                remoteTs,
                changes.mode,
                lifetime,
                changes.startAction,
                changes.closeAction,
                changes.dpdAction,
                inactivity,
                updown,
                hostAccess,
                ipcomp,
                changes.kernel,
                changes.label);
    }
}
