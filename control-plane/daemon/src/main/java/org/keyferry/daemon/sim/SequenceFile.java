package org.keyferry.daemon.sim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.keyferry.crypto.sim.SequenceNumbers;
import org.keyferry.crypto.sim.SequenceNumbers.Kept;
import org.keyferry.daemon.StateFile;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.wire.Bytes;

/// Sequence numbers of cards and networks in a file, so that none is used twice. A line is of a
/// network, `network MARK SQN`, or of a card, `card MARK SEQ,SEQ,…`; a mark stands for the keys.
final class SequenceFile {
    private static final String NAME = "sim-sequence-numbers";
    private static final int MARK_BYTES = 16;
    private static final long MAX_SQN = (1L << 48) - 1;

    private final Path file;
    private final Log log;
    private boolean told;

    private SequenceFile(Path file, Log log) {
        this.file = file;
        this.log = log;
    }

    /// Where it cannot be kept, numbers only last as long as the process, which the log tells.
    ///
    /// @param directory made if it is not there
    static SequenceNumbers load(Path directory, Log log) {
        var kept = new SequenceFile(directory.resolve(NAME), log);
        return new SequenceNumbers(kept.read(), kept::write);
    }

    private Kept read() {
        Map<Bytes, Long> networks = new HashMap<>();
        Map<Bytes, long[]> cards = new HashMap<>();
        if (Files.exists(file)) {
            CredentialLines.read(
                    file,
                    line -> add(line, networks, cards),
                    problem -> log.log(Group.DMN, 0, "%s", problem));
        }
        return new Kept(networks, cards);
    }

    private static void add(String line, Map<Bytes, Long> networks, Map<Bytes, long[]> cards) {
        String[] words = line.split(" ", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("%d words, not 3".formatted(words.length));
        }
        Bytes mark = Bytes.wrapOwned(CredentialLines.hex("mark", words[1], MARK_BYTES));
        long[] numbers =
                Arrays.stream(words[2].split(",", -1)).mapToLong(Long::parseLong).toArray();
        int wanted = words[0].equals("card") ? Kept.CARD_ENTRIES : 1;
        boolean inRange = Arrays.stream(numbers).allMatch(n -> n >= 0 && n <= MAX_SQN);
        if (numbers.length != wanted || !inRange) {
            throw new IllegalArgumentException("not %d sequence numbers".formatted(wanted));
        }
        switch (words[0]) {
            case "card" -> cards.put(mark, numbers);
            case "network" -> networks.put(mark, numbers[0]);
            default -> throw new IllegalArgumentException("neither network nor card");
        }
    }

    private void write(Kept kept) {
        var text = new StringBuilder();
        kept.networks()
                .forEach(
                        (mark, sqn) ->
                                text.append("network ")
                                        .append(mark.hex())
                                        .append(' ')
                                        .append(sqn)
                                        .append('\n'));
        kept.cards()
                .forEach(
                        (mark, seqs) ->
                                text.append("card ")
                                        .append(mark.hex())
                                        .append(' ')
                                        .append(
                                                Arrays.stream(seqs)
                                                        .mapToObj(Long::toString)
                                                        .collect(Collectors.joining(",")))
                                        .append('\n'));
        try {
            StateFile.writeSoon(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            if (!told) {
                told = true;
                log.log(
                        Group.DMN,
                        0,
                        "sequence numbers of SIM cards cannot be kept in %s, after a restart"
                                + " former ones may be taken again: %s",
                        file,
                        e);
            }
        }
    }
}
