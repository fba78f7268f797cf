package org.keyferry.engine;

import org.keyferry.settings.model.Child;
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
    ///
    /// @param ofIkeSa of the IKE_SA, for a child that has none of its own
    public static ChildTags resolve(InterfaceIds ofIkeSa, Child child, Ids ids) {
        KernelOptions kernel = child.kernel();
        Mark markIn = mark(kernel.markIn(), kernel.markOut(), Mark.NONE, ids);
        Mark markOut = mark(kernel.markOut(), kernel.markIn(), markIn, ids);
        var interfaces = InterfaceIds.resolve(kernel.ifIdIn(), kernel.ifIdOut(), ofIkeSa, ids);
        return new ChildTags(
                markIn,
                markOut,
                setMark(kernel.setMarkIn(), markIn),
                setMark(kernel.setMarkOut(), markOut),
                interfaces.in(),
                interfaces.out());
    }

    /// @param other what is wanted in the other direction
    /// @param given what the other direction has got already
    private static Mark mark(Mark wanted, Mark other, Mark given, Ids ids) {
        return switch (wanted.kind()) {
            case FIXED, SAME -> wanted;
            case UNIQUE ->
                    !given.equals(Mark.NONE) && other.kind() == Mark.Kind.UNIQUE
                            ? given
                            : new Mark(ids.nextMark(), wanted.mask());
            case UNIQUE_DIR -> new Mark(ids.nextMark(), wanted.mask());
        };
    }

    private static Mark setMark(Mark wanted, Mark ofPolicies) {
        return wanted.kind() == Mark.Kind.SAME
                ? new Mark(ofPolicies.value(), wanted.mask())
                : wanted;
    }
}
