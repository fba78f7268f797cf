package org.keyferry.daemon.shard;

import java.util.Set;
import org.keyferry.engine.ComputeJob;

/// Which key exchanges take less time than waking another thread and coming back, some 50 µs on a
/// busy machine, is worth: elliptic curves with fast implementations. MODP groups and everything
/// unknown go to workers.
final class KeyExchangeCost {
    private static final int ECP_256 = 19;
    private static final int CURVE_25519 = 31;
    private static final int NO_METHOD = 0;
    private static final Set<Integer> CHEAP = Set.of(ECP_256, CURVE_25519);

    static boolean isCheap(ComputeJob job) {
        int methodId =
                switch (job) {
                    case ComputeJob.MakeKey make -> make.method().id();
                    case ComputeJob.Complete complete -> complete.suite().keId();
                    case ComputeJob.Respond respond -> respond.method().id();
                    case ComputeJob.Agree agree -> agree.method().id();
                    case ComputeJob.Finish finish -> finish.methodId();
                    case ComputeJob.CompleteRekey rekey -> rekey.methodId();
                    case ComputeJob.RespondRekey rekey -> rekey.method().id();
                    case ComputeJob.Sign _,
                            ComputeJob.Judge _,
                            ComputeJob.Solve _,
                            ComputeJob.Rekey _,
                            ComputeJob.BeginEap _,
                            ComputeJob.ServeEap _,
                            ComputeJob.AnswerEap _ ->
                            NO_METHOD;
                };
        return CHEAP.contains(methodId);
    }

    private KeyExchangeCost() {}
}
