package org.keyferry.daemon.connmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.policies.TestConnections;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.Event;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;

class ConnectionMarksTest {
    private static final Reason DOWN = new Reason.NoAddress("test");
    private static final String OWN = "mode = transport\nmark_in = %unique\nmark_out = %unique";

    private final BlockingQueue<String> applied = new LinkedBlockingQueue<>();
    private volatile boolean broken;
    private final ConnectionMarks marks = new ConnectionMarks(this::apply, 4500, new Log());

    private void apply(String rules) throws IOException {
        applied.add(rules);
        if (broken) {
            throw new IOException("Cannot run program \"nft\"");
        }
    }

    private static ChildView child(String options, ChildMode mode, int spi, int mark) {
        var connection = TestConnections.of("remote_addrs = 192.0.2.2", options);
        var fixed = new Mark(mark, -1);
        var end = new Endpoint(IpAddress.parse("192.0.2.1"), 4500);
        var installation =
                new ChildInstallation(
                        "gw",
                        3,
                        spi,
                        connection.child("net").orElseThrow(),
                        mode,
                        ProtocolId.ESP,
                        Optional.empty(),
                        false,
                        new ChildTags(fixed, fixed, Mark.NONE, Mark.NONE, 0, 0),
                        5,
                        new ChildSpi(spi),
                        new ChildSpi(~spi),
                        end,
                        end,
                        true,
                        new Transform(1, 20, 128),
                        null,
                        false,
                        List.of(),
                        List.of(),
                        0,
                        0,
                        false,
                        0,
                        List.of());
        return new ChildView(installation, "INSTALLED", Instant.EPOCH);
    }

    private static ChildView child(int spi, int mark) {
        return child(OWN, ChildMode.TRANSPORT, spi, mark);
    }

    private String next() throws InterruptedException {
        String rules = applied.poll(10, TimeUnit.SECONDS);
        assertTrue(rules != null, "nothing was applied");
        return rules;
    }

    private static String elements(int spi, int mark) {
        return """
        add element inet keyferry-connmark spis { 0x%x : 0x%x }
        add element inet keyferry-connmark marks { 0x%x : 0x%x }
        add element inet keyferry-connmark answers { 0x%x }
        """
                .formatted(spi, mark, mark, mark, mark);
    }

    @Test
    void theTableIsThereWhileAChildNeedsIt() throws Exception {
        marks.tell(new Event.ChildUp(null, child(0xc0ffee01, 1)));
        assertEquals(ConnectionMarks.table(4500) + elements(0xc0ffee01, 1), next());
        marks.tell(new Event.ChildUp(null, child(0xc0ffee02, 2)));
        assertEquals(elements(0xc0ffee02, 2), next());
        marks.tell(new Event.ChildDown(null, child(0xc0ffee01, 1), DOWN));
        assertEquals(
                """
                delete element inet keyferry-connmark spis { 0xc0ffee01 }
                delete element inet keyferry-connmark marks { 0x1 }
                delete element inet keyferry-connmark answers { 0x1 }
                """,
                next());
        marks.tell(new Event.ChildDown(null, child(0xc0ffee02, 2), DOWN));
        assertEquals("delete table inet keyferry-connmark\n", next());
        marks.close();
        assertTrue(applied.isEmpty());
    }

    /// Of the former one the SPI stays for a while, of its mark all: the new one has the same.
    @Test
    void rekeyingGoesOn() throws Exception {
        marks.tell(new Event.ChildUp(null, child(0xc0ffee01, 1)));
        next();
        marks.tell(new Event.ChildRekeyed(null, child(0xc0ffee01, 1), child(0xc0ffee03, 1)));
        assertEquals(elements(0xc0ffee03, 1), next());
        marks.tell(
                new Event.ChildDown(null, child(0xc0ffee01, 1), DOWN)); // as if the while were over
        assertEquals("delete element inet keyferry-connmark spis { 0xc0ffee01 }\n", next());
        marks.close();
        assertEquals("delete table inet keyferry-connmark\n", next());
    }

    @Test
    void othersAreNotConcerned() {
        marks.tell(new Event.ChildUp(null, child(OWN, ChildMode.TUNNEL, 0xc0ffee09, 1)));
        for (String options :
                List.of(
                        "mode = transport",
                        "mode = transport\nmark_in = 7\nmark_out = 7",
                        "mode = transport\nmark_in = %unique",
                        "mode = transport\nmark_in = %unique/0xff\nmark_out = %unique/0xff")) {
            marks.tell(new Event.ChildUp(null, child(options, ChildMode.TRANSPORT, 0xc0ffee09, 1)));
            marks.tell(
                    new Event.ChildDown(
                            null, child(options, ChildMode.TRANSPORT, 0xc0ffee09, 1), DOWN));
        }
        marks.close();
        assertTrue(applied.isEmpty());
    }

    @Test
    void withoutTheProgramNothingIsLeftToRemove() throws Exception {
        broken = true;
        marks.tell(new Event.ChildUp(null, child(0xc0ffee01, 1)));
        next();
        marks.tell(new Event.ChildDown(null, child(0xc0ffee01, 1), DOWN));
        marks.close();
        assertTrue(applied.isEmpty());
    }

    /// The real program, in a network of its own.
    @Test
    void nftTakesTheRules() throws Exception {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "needs nft");
        var nft = new ProcessBuilder("unshare", "--net", "nft", "-f", "-");
        Process process = nft.redirectErrorStream(true).start();
        try (var out = process.outputWriter(StandardCharsets.UTF_8)) {
            out.append(ConnectionMarks.table(4500)).append(elements(0xc0ffee01, 1));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("", said);
        assertEquals(0, process.waitFor());
    }
}
