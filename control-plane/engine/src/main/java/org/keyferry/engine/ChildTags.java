package org.keyferry.engine;

import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.settings.model.Mark;

/// Marks and XFRM interface ids of a CHILD_SA, as numbers. A CHILD_SA that replaces another one
/// keeps those of the former, so that policies and routes around them still fit.
///
/// @param markIn always [Mark.Kind#FIXED], like all marks here
/// @param ifIdIn unsigned; 0 means none, likewise `ifIdOut`
public record ChildTags(
        Mark markIn, Mark markOut, Mark setMarkIn, Mark setMarkOut, int ifIdIn, int ifIdOut) {
    public static final ChildTags NONE =
            new ChildTags(Mark.NONE, Mark.NONE, Mark.NONE, Mark.NONE, 0, 0);

    /// Gives numbers to what is configured as `%unique`, `%unique-dir` and `%same`.
    public static ChildTags resolve(Connection connection, Child child, Ids ids) {
        KernelOptions kernel = child.kernel();
        Mark markIn = mark(kernel.markIn(), kernel.markOut(), Mark.NONE, ids);
        Mark markOut = mark(kernel.markOut(), kernel.markIn(), markIn, ids);
        InterfaceId wantedIn = kernel.ifIdIn().isNone() ? connection.ifIdIn() : kernel.ifIdIn();
        InterfaceId wantedOut = kernel.ifIdOut().isNone() ? connection.ifIdOut() : kernel.ifIdOut();
        int ifIdIn = interfaceId(wantedIn, wantedOut, 0, ids);
        int ifIdOut = interfaceId(wantedOut, wantedIn, ifIdIn, ids);
        return new ChildTags(
                markIn,
                markOut,
                setMark(kernel.setMarkIn(), markIn),
                setMark(kernel.setMarkOut(), markOut),
                ifIdIn,
                ifIdOut);
    }

    /// @param other what is wanted in the other direction
    /// @param given what the other direction has got already
    private static Mark mark(Mark wanted, Mark other, Mark given, Ids ids) {
        return switch (wanted.kind()) {
            case FIXED, SAME -> wanted;
            case UNIQUE ->
                    !given.equals(Mark.NONE) && other.kind() == Mark.Kind.UNIQUE
                            ? given
                            : new Mark(ids.nextTag(), wanted.mask());
            case UNIQUE_DIR -> new Mark(ids.nextTag(), wanted.mask());
        };
    }

    private static int interfaceId(InterfaceId wanted, InterfaceId other, int given, Ids ids) {
        return switch (wanted.kind()) {
            case FIXED -> wanted.value();
            case UNIQUE ->
                    given != 0 && other.kind() == InterfaceId.Kind.UNIQUE ? given : ids.nextTag();
            case UNIQUE_DIR -> ids.nextTag();
        };
    }

    private static Mark setMark(Mark wanted, Mark ofPolicies) {
        return wanted.kind() == Mark.Kind.SAME
                ? new Mark(ofPolicies.value(), wanted.mask())
                : wanted;
    }
}
