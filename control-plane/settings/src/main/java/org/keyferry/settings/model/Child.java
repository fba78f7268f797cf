package org.keyferry.settings.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        return new Child(
                name,
                others,
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
                label);
    }

    public Child withMode(ChildMode other) {
        return new Child(
                name,
                proposals,
                localTs,
                remoteTs,
                other,
                lifetime,
                startAction,
                closeAction,
                dpdAction,
                inactivity,
                updown,
                hostAccess,
                ipcomp,
                kernel,
                label);
    }

    public Child withActions(Set<Action> start, Set<Action> close, Set<Action> dpd) {
        return new Child(
                name,
                proposals,
                localTs,
                remoteTs,
                mode,
                lifetime,
                start,
                close,
                dpd,
                inactivity,
                updown,
                hostAccess,
                ipcomp,
                kernel,
                label);
    }

    public Child withLabel(Bytes other) {
        return new Child(
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
                other);
    }

    public Child withKernel(KernelOptions other) {
        return new Child(
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
                other,
                label);
    }
}
