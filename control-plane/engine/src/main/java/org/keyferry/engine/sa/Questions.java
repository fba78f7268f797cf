package org.keyferry.engine.sa;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an SA waits for: each [Lane] asks the processor or the kernel one thing at a time.
public final class Questions {
    /// @param ticket comes back with the answer
    /// @param kernel not the processor
    /// @param installing the CHILD_SA that the kernel is given; empty for other work
    public record Question(Lane lane, long ticket, boolean kernel, Optional<ChildSa> installing) {}

    private final List<Question> open = new ArrayList<>(0);
    private long lastTicket = SaCore.NO_TICKET;

    /// Takes the place of arithmetic that the lane no longer waits for; never of kernel work, whose
    /// result must be used or undone.
    public long ask(Lane lane, boolean kernel, Optional<ChildSa> installing) {
        for (Question former : open) {
            if (former.lane() == lane && former.kernel()) {
                throw new IllegalStateException(lane + " asks the kernel twice");
            }
        }
        forget(lane);
        var question = new Question(lane, ++lastTicket, kernel, installing);
        open.add(question);
        return question.ticket();
    }

    /// The question that this answers; empty if nobody waits for it any more.
    public Optional<Question> answered(long ticket) {
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i).ticket() == ticket) {
                return Optional.of(open.remove(i));
            }
        }
        return Optional.empty();
    }

    /// Arithmetic of this lane is of no use any more.
    public void forget(Lane lane) {
        open.removeIf(question -> question.lane() == lane && !question.kernel());
    }

    boolean kernelBusy() {
        return open.stream().anyMatch(Question::kernel);
    }
}
