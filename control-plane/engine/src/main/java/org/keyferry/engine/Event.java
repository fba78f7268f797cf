package org.keyferry.engine;

import java.util.List;
import java.util.Optional;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.wire.Endpoint;

/// What an [Engine] tells the world: for VICI clients, metrics and the log.
public sealed interface Event {

    /// A line for the log.
    ///
    /// @param name connection name, empty before one is known
    /// @param ikeUniqueId 0 where no SA is concerned
    /// @param level 0 important, 1 default, 2 detail
    /// @param format as [String#format]'s; formatted only by who prints it
    record Logged(
            String name, int ikeUniqueId, Group group, int level, String format, List<Object> args)
            implements Event {
        public String text() {
            return args.isEmpty() ? format : String.format(format, args.toArray());
        }
    }

    /// Log groups, as charon names them.
    enum Group {
        DMN,
        MGR,
        IKE,
        CHD,
        CFG,
        KNL,
        NET,
        ENC,
        LIB
    }

    record IkeUp(IkeView ike) implements Event {}

    record IkeDown(IkeView ike, Reason reason) implements Event {}

    record ChildUp(IkeView ike, ChildView child) implements Event {}

    /// A CHILD_SA that one side wanted did not come.
    ///
    /// @param keepsIke its IKE_SA stays
    record ChildFailed(IkeView ike, Reason reason, boolean keepsIke) implements Event {}

    record ChildDown(IkeView ike, ChildView child, Reason reason) implements Event {}

    /// A CHILD_SA took the place of another, by whichever side's wish. Neither [ChildUp] nor
    /// [ChildDown] are told for that.
    record ChildRekeyed(IkeView ike, ChildView former, ChildView now) implements Event {}

    /// An IKE_SA took the place of another and has its children. Neither [IkeUp] nor [IkeDown] are
    /// told for that.
    record IkeRekeyed(IkeView former, IkeView now) implements Event {}

    /// The IKE_SA goes between other endpoints from now on.
    ///
    /// @param former as it was before
    record IkeMoved(IkeView former, Endpoint local, Endpoint remote) implements Event {}

    /// A CHILD_SA followed its IKE_SA: it is under other addresses in the kernel.
    record ChildMoved(IkeView ike, ChildView former, ChildView now) implements Event {}

    /// A request of a user is done.
    ///
    /// @param failure empty if it succeeded
    record RequestDone(long requestId, Optional<Reason> failure) implements Event {}

    /// An IKE_SA for a user's request was created: its log lines are that user's.
    record RequestBegan(long requestId, int ikeUniqueId) implements Event {}

    /// A datagram was dropped; counted by cause.
    record Dropped(Cause cause) implements Event {
        public enum Cause {
            MALFORMED,
            UNKNOWN_SPI,
            INTEGRITY,
            MESSAGE_ID,
            HALF_OPEN_LIMIT,
            SA_LIMIT,
            /// Who sets up one IKE_SA after the other.
            RECONNECT,
            /// No solution of the puzzle that it was given.
            UNSOLVED,
            NOT_EXPECTED
        }
    }
}
