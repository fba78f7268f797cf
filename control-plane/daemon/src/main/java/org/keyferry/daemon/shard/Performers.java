package org.keyferry.daemon.shard;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.keyferry.daemon.addresses.AddressProvider;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.transport.Outgoing;
import org.keyferry.daemon.transport.Transport;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Input;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Lease;
import org.keyferry.engine.Path;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// Does what engines ask for: arithmetic, kernel work, sending.
final class Performers implements AutoCloseable {
    private static final int IDLE_SECONDS = 30;

    private final Dataplane dataplane;
    private final AddressProvider addresses;
    private final Transport transport;
    private final EapBackend eap;
    private final Shard.Mistakes mistakes;
    private final ExecutorService workers;
    private final ExecutorService patientWorker;

    Performers(
            Dataplane dataplane,
            AddressProvider addresses,
            Transport transport,
            EapBackend eap,
            int workers,
            Shard.Mistakes mistakes) {
        this.eap = eap;
        this.dataplane = dataplane;
        this.addresses = addresses;
        this.transport = transport;
        this.mistakes = mistakes;
        var pool =
                new ThreadPoolExecutor(
                        workers,
                        workers,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("compute-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        this.workers = pool;
        var patient =
                new ThreadPoolExecutor(
                        1,
                        1,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("compute-long").factory());
        patient.allowCoreThreadTimeOut(true);
        this.patientWorker = patient;
    }

    /// The result if the job is so cheap that handing it to another thread costs more; else empty,
    /// and nothing was done.
    Optional<Computation> compute(ComputeJob job) {
        return KeyExchangeCost.isCheap(job) ? Optional.of(job.run()) : Optional.empty();
    }

    /// Runs a job on a worker, one that may wait for somebody on a thread of its own, and those
    /// that take long one after the other on another one. A job that fails by a mistake of ours
    /// gives no result; the timers of its SA end what waits for it.
    void computeElsewhere(ComputeJob job, Consumer<Computation> result) {
        Runnable work =
                () -> {
                    try {
                        result.accept(job.run());
                    } catch (RuntimeException | AssertionError e) {
                        mistakes.report("job " + job.getClass().getSimpleName(), e);
                    }
                };
        if (job.mayWait()) {
            var _ = Thread.startVirtualThread(work);
        } else if (job.takesLong()) {
            patientWorker.execute(work);
        } else {
            workers.execute(work);
        }
    }

    /// Never fails: what goes wrong with the dataplane itself is a refusal.
    CompletableFuture<KernelAnswer> kernel(KernelOp op) {
        try {
            return dataplane
                    .perform(op)
                    .exceptionally(
                            failure -> {
                                mistakes.report(op.getClass().getSimpleName(), failure);
                                return refusal(op);
                            });
        } catch (RuntimeException e) {
            mistakes.report(op.getClass().getSimpleName(), e);
            return CompletableFuture.completedFuture(refusal(op));
        }
    }

    /// Never fails: without an answer there is no path.
    CompletableFuture<List<Path>> paths(Effect.FindPaths question) {
        try {
            return dataplane
                    .paths(question.local(), question.remotes())
                    .exceptionally(
                            failure -> {
                                mistakes.report("paths", failure);
                                return List.of();
                            });
        } catch (RuntimeException e) {
            mistakes.report("paths", e);
            return CompletableFuture.completedFuture(List.of());
        }
    }

    private static KernelAnswer refusal(KernelOp op) {
        return new KernelAnswer.Refused("EIO", op.getClass().getSimpleName() + " failed");
    }

    /// Never fails: what goes wrong with the sources themselves is a shortage.
    ///
    /// @param settled when other shards have given back what they have to
    CompletableFuture<AddressAnswer> addresses(
            AddressRequest request, CompletableFuture<Void> settled) {
        return settled.thenCompose(_ -> addresses.assign(request))
                .exceptionally(
                        failure -> {
                            mistakes.report("looking for addresses", failure);
                            return AddressAnswer.nothing(request, "internal error");
                        });
    }

    void giveBack(Lease lease) {
        addresses.giveBack(lease);
    }

    void takeOver(Lease lease) {
        addresses.takeOver(lease);
    }

    void eap(IkeSpi login, EapQuery query, Consumer<EapAnswer> answer) {
        eap.ask(login, query, answer);
    }

    void send(List<Outgoing> batch) {
        transport.send(batch);
    }

    /// @param answer gets what became of it
    void open(IkeSpi sa, IpAddress local, Endpoint remote, Consumer<Input> answer) {
        transport.tcp().open(sa, local, remote, answer);
    }

    void keep(Endpoint local, Endpoint remote) {
        transport.tcp().keep(local, remote);
    }

    void close(Endpoint local, Endpoint remote) {
        transport.tcp().close(local, remote);
    }

    @Override
    public void close() {
        workers.shutdownNow();
        patientWorker.shutdownNow();
    }
}
