package org.keyferry.netlink.xfrm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Counters of packets that XFRM dropped, by reason, in the kernel's order and with its names.
public record XfrmStatistics(Map<String, Long> counters) {
    /// Of the calling thread's network namespace; missing without `CONFIG_XFRM_STATISTICS`.
    public static final Path FILE = Path.of("/proc/thread-self/net/xfrm_stat");

    public XfrmStatistics {
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    }

    public static XfrmStatistics read() throws IOException {
        return parse(Files.readAllLines(FILE));
    }

    /// Lines such as `XfrmInNoStates 3`; others are skipped.
    static XfrmStatistics parse(List<String> lines) {
        var counters = new LinkedHashMap<String, Long>();
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", 2);
            if (words.length == 2 && words[1].matches("[0-9]{1,18}"))
                counters.put(words[0], Long.parseLong(words[1]));
        }
        return new XfrmStatistics(counters);
    }
}
