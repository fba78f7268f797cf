package org.keyferry.sim;

import java.time.Duration;
import java.util.Optional;
import org.keyferry.engine.ComputeJob;

/// How long a peer takes for its arithmetic.
public final class SimProcessor {
    static final Duration COMPUTE_TIME = Duration.ofMillis(1);

    private Duration judgingTime = COMPUTE_TIME;
    private Duration solvingTime = COMPUTE_TIME;
    private Optional<ComputeJob.Solve> solving = Optional.empty();

    /// From now on it takes this long until the certificates of a peer are judged, as if somebody
    /// were asked about them who answers late.
    public void judgesFor(Duration time) {
        judgingTime = time;
    }

    /// From now on it takes this long to solve a puzzle.
    public void solvesFor(Duration time) {
        solvingTime = time;
    }

    /// The last puzzle that was worked on.
    public Optional<ComputeJob.Solve> solving() {
        return solving;
    }

    Duration timeOf(ComputeJob job) {
        return switch (job) {
            case ComputeJob.Judge _ -> judgingTime;
            case ComputeJob.Solve puzzle -> {
                solving = Optional.of(puzzle);
                yield solvingTime;
            }
            default -> COMPUTE_TIME;
        };
    }
}
