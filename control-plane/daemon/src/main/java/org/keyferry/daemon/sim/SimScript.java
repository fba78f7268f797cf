package org.keyferry.daemon.sim;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.keyferry.crypto.sim.Aka;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.engine.eap.sim.NoSim;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.UsimAnswer;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimMethod;

/// Asks a script. What is asked is in its environment, the answer is what it prints; a status other
/// than 0 says that it does not know the subscriber.
final class SimScript implements SimSource {
    private static final int MAX_OUTPUT_BYTES = 8_192;
    private static final int MAX_NAME_CHARACTERS = 253;

    private final String command;
    private final Duration timeout;
    private final Semaphore places;

    /// @param command for the shell
    /// @param timeout for one question, with the time until it is its turn
    /// @param limit scripts at a time
    SimScript(String command, Duration timeout, int limit) {
        this.command = command;
        this.timeout = timeout;
        this.places = new Semaphore(limit, true);
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public boolean mayWait() {
        return true;
    }

    /// The script alone knows, and would have to be asked.
    @Override
    public Optional<Bytes> standing(SimUser user) {
        return Optional.of(Bytes.utf8(command));
    }

    @Override
    public List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count) throws NoSim {
        List<String[]> lines = ask(user, "triplets", Map.of("COUNT", Integer.toString(count)));
        var triplets = new ArrayList<Triplet>();
        for (String[] words : lines) {
            require(words.length == 3 && triplets.size() < count, "lines of RAND, SRES and Kc");
            triplets.add(made(() -> new Triplet(hex(words[0]), hex(words[1]), hex(words[2]))));
        }
        return triplets;
    }

    @Override
    public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
        String[] words = one(ask(user, "quintuplet", Map.of("RAND", Bytes.of(rand).hex())));
        require(words.length == 5, "a line of RAND, AUTN, XRES, CK and IK");
        return made(
                () ->
                        new Quintuplet(
                                hex(words[0]),
                                hex(words[1]),
                                hex(words[2]),
                                hex(words[3]),
                                hex(words[4])));
    }

    @Override
    public void resynchronise(SimUser user, Bytes rand, Bytes auts) throws NoSim {
        ask(user, "resynchronise", Map.of("RAND", rand.hex(), "AUTS", auts.hex()));
    }

    @Override
    public List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim {
        String all = rands.stream().map(Bytes::hex).collect(Collectors.joining(" "));
        List<String[]> lines = ask(user, "sim", Map.of("RAND", all));
        require(lines.size() == rands.size(), "a line of SRES and Kc for each RAND");
        var answers = new ArrayList<Triplet>();
        for (String[] words : lines) {
            require(words.length == 2, "a line of SRES and Kc for each RAND");
            Bytes rand = rands.get(answers.size());
            answers.add(made(() -> new Triplet(rand, hex(words[0]), hex(words[1]))));
        }
        return answers;
    }

    @Override
    public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
        String[] words = one(ask(user, "usim", Map.of("RAND", rand.hex(), "AUTN", autn.hex())));
        if (words.length == 1 && words[0].equals("reject")) {
            return new UsimAnswer.Reject();
        }
        if (words.length == 2 && words[0].equals("auts")) {
            Bytes auts = made(() -> hex(words[1]));
            require(auts.length() == Aka.AUTS_BYTES, "AUTS of 14 bytes");
            return new UsimAnswer.Resynchronise(auts);
        }
        require(words.length == 3, "a line of RES, CK and IK, of auts and AUTS, or of reject");
        Quintuplet whole =
                made(() -> new Quintuplet(rand, autn, hex(words[0]), hex(words[1]), hex(words[2])));
        return new UsimAnswer.Proof(whole.xres(), whole.ck(), whole.ik());
    }

    private static Bytes hex(String text) {
        return Bytes.ofHex(text);
    }

    private static <T> T made(Supplier<T> maker) throws NoSim {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw NoSim.failed("SIM script printed what is none: " + e.getMessage());
        }
    }

    private static String[] one(List<String[]> lines) throws NoSim {
        require(lines.size() == 1, "one line");
        return lines.getFirst();
    }

    private static void require(boolean holds, String wanted) throws NoSim {
        if (!holds) {
            throw NoSim.failed("SIM script did not print " + wanted);
        }
    }

    /// @return the words of each line
    private List<String[]> ask(SimUser user, String request, Map<String, String> more)
            throws NoSim {
        boolean harmless =
                user.name().length() <= MAX_NAME_CHARACTERS
                        && user.name().chars().noneMatch(Character::isISOControl);
        if (!harmless) {
            throw NoSim.unknown(user); // not for an environment
        }
        var environment = new HashMap<String, String>();
        environment.put("KEYFERRY_SIM_REQUEST", request);
        environment.put("KEYFERRY_SIM_METHOD", method(user.method()));
        environment.put("KEYFERRY_SIM_IDENTITY", user.name());
        more.forEach((key, value) -> environment.put("KEYFERRY_SIM_" + key, value));
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            if (!places.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw NoSim.failed("too many SIM scripts are running");
            }
            try {
                return words(run(user, environment, deadline));
            } finally {
                places.release();
            }
        } catch (IOException e) {
            throw NoSim.failed("SIM script cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw NoSim.failed("interrupted");
        }
    }

    private static String method(EapSimMethod method) {
        return switch (method) {
            case SIM -> "sim";
            case AKA -> "aka";
            case AKA_PRIME -> "aka-prime";
        };
    }

    private static List<String[]> words(String output) {
        return output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.split("\\s+", -1))
                .toList();
    }

    private String run(SimUser user, Map<String, String> environment, long deadline)
            throws IOException, InterruptedException, NoSim {
        var builder =
                new ProcessBuilder("/bin/sh", "-c", command)
                        .redirectError(Redirect.DISCARD)
                        .redirectInput(Redirect.from(new java.io.File("/dev/null")));
        Optional<String> path = Optional.ofNullable(System.getenv("PATH"));
        builder.environment().clear();
        path.ifPresent(value -> builder.environment().put("PATH", value));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            var output = new CompletableFuture<byte[]>();
            Thread.startVirtualThread(() -> read(process.getInputStream(), output));
            boolean ended = process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (!ended) {
                throw NoSim.failed(
                        "SIM script did not end within %d s".formatted(timeout.toSeconds()));
            }
            if (process.exitValue() != 0) {
                throw NoSim.unknown(user);
            }
            byte[] printed =
                    output.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (printed.length > MAX_OUTPUT_BYTES) {
                throw NoSim.failed("SIM script printed too much");
            }
            return new String(printed, StandardCharsets.UTF_8);
        } catch (ExecutionException | TimeoutException e) {
            throw NoSim.failed("SIM script's output did not end");
        } finally {
            kill(process);
        }
    }

    /// What comes behind the limit is not read; a script that goes on printing waits, and is killed
    /// when its time is over.
    private static void read(InputStream from, CompletableFuture<byte[]> output) {
        try {
            output.complete(from.readNBytes(MAX_OUTPUT_BYTES + 1));
        } catch (IOException e) {
            output.completeExceptionally(e);
        }
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
