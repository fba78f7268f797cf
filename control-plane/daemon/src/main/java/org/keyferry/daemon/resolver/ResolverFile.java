package org.keyferry.daemon.resolver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.keyferry.wire.IpAddress;

/// Name servers as lines at the top of a file such as `/etc/resolv.conf`. It is written in place:
/// it may be a link, or mounted from elsewhere.
final class ResolverFile implements Resolver {
    private static final String MARK = "   # by keyferryd";

    private final Path file;

    ResolverFile(Path file) {
        this.file = file;
    }

    /// Lines that an earlier process left behind go, too.
    @Override
    public void use(List<IpAddress> servers) throws IOException {
        List<String> before = Files.exists(file) ? Files.readAllLines(file) : List.of();
        var after = new ArrayList<String>();
        servers.forEach(server -> after.add("nameserver " + server + MARK));
        before.stream().filter(line -> !line.endsWith(MARK)).forEach(after::add);
        if (!after.equals(before)) {
            Files.write(file, after);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
