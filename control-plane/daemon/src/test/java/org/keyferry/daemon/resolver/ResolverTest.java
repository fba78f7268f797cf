package org.keyferry.daemon.resolver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.wire.IpAddress;

class ResolverTest {
    @TempDir Path directory;

    private static List<IpAddress> servers(String... texts) {
        return Arrays.stream(texts).map(IpAddress::parse).toList();
    }

    @Test
    void serversComeFirstInTheFileAndGoAgain() throws Exception {
        Path file = directory.resolve("resolv.conf");
        String own = "search example.com\nnameserver 192.0.2.53\n";
        Files.writeString(file, own);
        var resolver = new ResolverFile(file);
        resolver.use(servers("10.1.0.1", "fec1::1"));
        assertEquals(
                "nameserver 10.1.0.1   # by keyferryd\nnameserver fec1::1   # by keyferryd\n" + own,
                Files.readString(file));
        new ResolverFile(file).use(servers("10.1.0.2")); // after a crash
        assertEquals("nameserver 10.1.0.2   # by keyferryd\n" + own, Files.readString(file));
        resolver.use(List.of());
        assertEquals(own, Files.readString(file));
    }

    @Test
    void aFileThatIsNotThereIsMade() throws Exception {
        Path file = directory.resolve("resolv.conf");
        new ResolverFile(file).use(List.of());
        assertEquals(false, Files.exists(file));
        new ResolverFile(file).use(servers("10.1.0.1"));
        assertEquals("nameserver 10.1.0.1   # by keyferryd\n", Files.readString(file));
    }

    private Path program(String body) throws IOException {
        Path program = directory.resolve("resolvconf");
        Files.writeString(program, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program;
    }

    private Path recording() throws IOException {
        return program("echo \"$@\" >> %1$s/calls; cat >> %1$s/calls\n".formatted(directory));
    }

    private String calls() throws IOException {
        return Files.readString(directory.resolve("calls"));
    }

    @Test
    void resolvconfGetsAllServersUnderOneLabel() throws Exception {
        var resolver = new Resolvconf(recording(), "lo.ipsec", Optional.empty());
        resolver.use(servers("10.1.0.1", "10.1.0.2"));
        resolver.use(servers("10.1.0.2"));
        resolver.use(servers("10.1.0.2"));
        resolver.use(List.of());
        assertEquals(
                """
                -a lo.ipsec
                nameserver 10.1.0.1
                nameserver 10.1.0.2
                -a lo.ipsec
                nameserver 10.1.0.2
                -d lo.ipsec
                """,
                calls());
    }

    @Test
    void orEachUnderItsOwn() throws Exception {
        var resolver = new Resolvconf(recording(), "lo.ipsec", Optional.of("lo.inet.ipsec."));
        resolver.use(servers("10.1.0.1"));
        resolver.use(servers("10.1.0.2"));
        assertEquals(
                """
                -a lo.inet.ipsec.10.1.0.1
                nameserver 10.1.0.1
                -d lo.inet.ipsec.10.1.0.1
                -a lo.inet.ipsec.10.1.0.2
                nameserver 10.1.0.2
                """,
                calls());
    }

    @Test
    void aProgramThatFailsIsTold() throws Exception {
        var resolver = new Resolvconf(program("exit 3\n"), "lo.ipsec", Optional.empty());
        var failure = assertThrows(IOException.class, () -> resolver.use(servers("10.1.0.1")));
        assertEquals(true, failure.getMessage().endsWith("-a lo.ipsec ended with status 3"));
    }
}
