package org.keyferry.cli.load;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.keyferry.settings.ConfigSection;
import org.keyferry.settings.Origin;
import org.keyferry.vici.ViciMessage;

/// A connection, pool or authority as the daemon gets it, with the text it came from.
record Entry(Kind kind, ConfigSection source, ViciMessage body) {
    /// `unknown option: mobik, config discarded` and its like: the name comes last.
    private static final Pattern NAMED = Pattern.compile(": ([^\\s,]+)(?:,|$)");

    String name() {
        return source.name();
    }

    /// A request that carries just this entry.
    ViciMessage request() {
        return ViciMessage.builder().section(name(), body).build();
    }

    /// Where in the file the mistake is that the daemon complains of, as near as its words tell.
    LoadFailure refused(String answer) {
        String own = name() + ": "; // a daemon asked about many says which
        String reason = answer.startsWith(own) ? answer.substring(own.length()) : answer;
        String what = kind.plural() + "." + name();
        Matcher named = NAMED.matcher(reason);
        var places = new ArrayList<Origin>();
        if (named.find()) {
            String path = named.group(1);
            collect(source, path.substring(path.lastIndexOf('.') + 1), places);
        }
        if (places.size() < 2) {
            Origin place = places.isEmpty() ? source.origin() : places.getFirst();
            return new LoadFailure(place, what, reason);
        }
        String others =
                places.stream().skip(1).map(Origin::toString).collect(Collectors.joining(", "));
        return new LoadFailure(places.getFirst(), what, reason + " (or at " + others + ")");
    }

    private static void collect(ConfigSection section, String name, List<Origin> places) {
        for (ConfigSection.Item item : section.items()) {
            if (item.key().equals(name)) {
                places.add(item.origin());
            }
        }
        for (ConfigSection inner : section.sections()) {
            if (inner.name().equals(name)) {
                places.add(inner.origin());
            }
            collect(inner, name, places);
        }
    }
}
