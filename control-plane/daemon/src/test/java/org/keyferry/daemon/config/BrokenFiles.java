package org.keyferry.daemon.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Broken configurations, each made from a good one by one change, together with the place where
/// the mistake then is.
final class BrokenFiles {
    /// @param files contents by name, beside `swanctl.conf`; a null content is a directory
    /// @param file that holds the mistake
    /// @param line of the mistake; 0 if the file as a whole is it
    /// @param words that the reason must hold
    record Case(String name, Map<String, byte[]> files, String file, int line, String words) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final String MAIN = "swanctl.conf";
    static final String EXTRA = "extra.conf";

    /// `<name>` at the end of a line marks a place for changes; it is not part of the file.
    private static final String MARKED =
            """
            # two tunnels
            base {
              mobike = no
            }
            connections { <connections>
              office : base { <conn>
                remote_addrs = 192.0.2.1
                local { <local>
                  auth = psk
                  id = gw.example.org
                }
                remote { <remote>
                  auth = psk
                }
                children { <children>
                  lan { <child>
                    local_ts = 10.1.0.0/16
                    remote_ts = 10.2.0.0/16
                  }
                }
              }
              branch {
                remote_addrs = 192.0.2.2
                local { auth = psk }
                remote { auth = psk }
                children { net { } }
              }
            }
            secrets { <secrets>
              ike-office { <secret>
                secret = "correct horse  battery"
                id = gw.example.org
              }
              rsa-key { <keyfile>
                file = key.pem
              }
            }
            pools { <pools>
              v4 { <pool>
                addrs = 10.3.0.0/24
              }
            }
            authorities { <authorities>
              ca { <authority>
                cacert = ca.pem
              }
            }
            include extra.conf
            """;

    private static final List<String> PLACES =
            List.of(
                    "connections",
                    "conn",
                    "local",
                    "remote",
                    "children",
                    "child",
                    "secrets",
                    "secret",
                    "keyfile",
                    "pools",
                    "pool",
                    "authorities",
                    "authority");

    private static final String GOOD_EXTRA = "# nothing more\n";

    private final List<Case> cases = new ArrayList<>();
    private final List<String> good = goodLines();

    static List<String> goodLines() {
        return MARKED.lines().map(line -> line.replaceFirst(" <[a-z]+>$", "")).toList();
    }

    /// The unchanged files.
    static Map<String, byte[]> goodFiles() {
        return files(goodLines(), GOOD_EXTRA);
    }

    static List<Case> all() {
        var made = new BrokenFiles();
        made.braces();
        made.statements();
        made.unknown();
        made.values();
        made.proposals();
        made.lists();
        made.secrets();
        made.bytes();
        made.includes();
        return List.copyOf(made.cases);
    }

    private static Map<String, byte[]> files(List<String> main, String extra) {
        var files = new LinkedHashMap<String, byte[]>();
        files.put(MAIN, bytes(String.join("\n", main) + "\n"));
        files.put(EXTRA, bytes(extra));
        return files;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The line of a marked place, counted from 1.
    private static int lineOf(String place) {
        List<String> lines = MARKED.lines().toList();
        for (int at = 0; at < lines.size(); at++) {
            if (lines.get(at).endsWith(" <" + place + ">")) return at + 1;
        }
        throw new IllegalArgumentException(place);
    }

    /// The line that closes the section of a marked place: the next brace as far to the right.
    private int endOf(String place) {
        int open = lineOf(place);
        String brace = good.get(open - 1).replaceFirst("\\S.*$", "") + "}";
        for (int line = open + 1; line <= good.size(); line++) {
            if (good.get(line - 1).equals(brace)) return line;
        }
        throw new IllegalStateException(place);
    }

    /// Lines written at the end of a section, so that they count; the mistake is in the last one.
    private void insert(String place, String text, String words) {
        int line = endOf(place);
        var lines = new ArrayList<String>(good);
        lines.add(line - 1, text);
        int mistake = line - 1 + (int) text.lines().count();
        cases.add(new Case(place + ": " + text, files(lines, GOOD_EXTRA), MAIN, mistake, words));
    }

    /// Of an odd number of quotes the last one opens the string that nothing closes.
    private void openString(String place) {
        var lines = new ArrayList<String>(good);
        lines.add(endOf(place) - 1, "key = \"open");
        int mistake = lines.size();
        while (!lines.get(mistake - 1).contains("\"")) mistake--;
        cases.add(
                new Case(
                        "open string in " + place,
                        files(lines, GOOD_EXTRA),
                        MAIN,
                        mistake,
                        "the quoted string is not closed"));
    }

    private void replace(String what, int line, String text, int mistake, String words) {
        var lines = new ArrayList<String>(good);
        lines.set(line - 1, text);
        cases.add(new Case(what, files(lines, GOOD_EXTRA), MAIN, mistake, words));
    }

    /// Each brace once too few and once too many.
    private void braces() {
        int topLevel = 0;
        for (int line = 1; line <= good.size(); line++) {
            String text = good.get(line - 1);
            if (text.endsWith("{") && !text.startsWith(" ")) topLevel = line;
            if (text.strip().equals("}")) {
                // what follows closes the inner sections, so the outermost one stays open
                replace("no } in line " + line, line, "", topLevel, "'}' is missing");
            }
            if (text.equals("}"))
                replace("one more } in line " + line, line, "} }", line, "closes no section");
            boolean opens = text.endsWith("{") && !text.contains(":");
            if (opens) {
                String name = text.strip().split(" ", -1)[0];
                String without = text.substring(0, text.length() - 2);
                replace("no { in line " + line, line, without, line, "'" + name + "' is followed");
            }
        }
    }

    private void statements() {
        for (String place : PLACES) {
            insert(place, "word alone", "'word' is followed by neither");
            insert(place, "a.b = c", "'a' is followed by neither");
            insert(place, "= value", "is expected, not '='");
            insert(place, "\"key\" = value", "cannot be quoted");
            openString(place);
        }
        insert("conn", "x : { }", "inherit from is expected");
        insert("conn", "x : a. { }", "inherit from is expected");
        insert("conn", "x : a, { }", "inherit from is expected");
        insert("conn", "include", "'include' is followed by neither");
        insert("conn", "include \"\"", "include names no file");
    }

    private void unknown() {
        for (String place : PLACES) {
            insert(place, "colour = red", "colour: unknown option");
            boolean holdsNamedSections =
                    List.of("connections", "children", "pools", "authorities").contains(place);
            if (!holdsNamedSections) insert(place, "colour { }", "colour: unknown");
        }
        int end = good.size();
        replace("top: colour = red", end, "colour = red", end, "colour: unknown option");
    }

    private record Kind(String options, String badValues, String words) {}

    private void values() {
        List<Kind> ofConnection =
                List.of(
                        new Kind(
                                "encap mobike aggressive pull send_certreq ppk_required mediation",
                                "maybe 2",
                                "is neither yes nor no"),
                        new Kind(
                                "dpd_delay dpd_timeout reauth_time rekey_time over_time rand_time",
                                "soon 10w -1 1.5h",
                                "is no time"),
                        new Kind(
                                "keyingtries version local_port remote_port",
                                "many -1 1x",
                                "is no number"),
                        new Kind("local_port remote_port", "65536 70000", "is above 65535"),
                        new Kind("if_id_in if_id_out", "x %dynamic", "is no number"),
                        new Kind("dscp", "8 af41", "are no binary digits"),
                        new Kind(
                                "fragmentation unique childless send_cert ocsp",
                                "perhaps",
                                "is none of"));
        List<Kind> ofChild =
                List.of(
                        new Kind(
                                "policies policies_fwd_out hostaccess ipcomp mark_in_sa copy_df"
                                        + " copy_ecn icmp sha256_96",
                                "maybe",
                                "is neither yes nor no"),
                        new Kind(
                                "rekey_time life_time rand_time inactivity",
                                "soon 10w",
                                "is no time"),
                        new Kind("rekey_bytes life_bytes rand_bytes", "1t x", "is no byte count"),
                        new Kind(
                                "rekey_packets life_packets rand_packets",
                                "1k -1",
                                "is no packet count"),
                        new Kind(
                                "reqid priority tfc_padding mark_in mark_out set_mark_in"
                                        + " set_mark_out if_id_in if_id_out replay_window",
                                "x",
                                "is no number"),
                        new Kind("start_action close_action dpd_action", "begin", "is no action"),
                        new Kind("mode copy_dscp hw_offload label_mode", "tube", "is none of"));
        ofConnection.forEach(kind -> values("conn", kind));
        ofChild.forEach(kind -> values("child", kind));
        values("local", new Kind("auth", "password", "is no authentication method"));
        values("remote", new Kind("round", "first", "is no number"));
        // of a key that is written twice the later value counts
        insert("conn", "rekey_time = 1h\nrekey_time = soon", "rekey_time: 'soon' is no time");
        insert("conn", "version = 1", "version: IKEv1 is not supported");
        insert("local", "xauth_id = bob", "xauth_id: XAuth belongs to IKEv1");
    }

    private void values(String place, Kind kind) {
        for (String option : kind.options().split(" ", -1)) {
            for (String value : kind.badValues().split(" ", -1))
                insert(place, option + " = " + value, option + ": '" + value + "' " + kind.words());
        }
    }

    private void proposals() {
        Map<String, String> ike =
                Map.of(
                        "aes128-foo", "'foo' not recognized",
                        "aes128-sha256", "a key exchange method is mandatory",
                        "aes128-x25519", "is mandatory in IKE proposals",
                        "sha256-x25519", "needs an encryption algorithm",
                        "aes128gcm16-aes128-sha256-x25519", "cannot be in one proposal",
                        "aes128-sha256-x25519-esn", "not for IKE",
                        "aes128--x25519", "'' not recognized");
        ike.forEach((text, words) -> insert("conn", "proposals = " + text, words));
        ike.forEach((text, words) -> insert("conn", "proposals = default," + text, words));
        for (String text : List.of("sha256", "aes128-foo", "aes128-aes128gcm16"))
            insert("child", "esp_proposals = " + text, "esp_proposals: ");
        for (String text : List.of("aes128", "foo"))
            insert("child", "ah_proposals = " + text, "ah_proposals: ");
    }

    private void lists() {
        for (String option : List.of("local_addrs", "remote_addrs")) {
            for (String bad :
                    List.of("10.0.0.256", "10.0.0.0/33", "10.0.0.9-10.0.0.1", "1:2:3", "a b")) {
                insert("conn", option + " = " + bad, "is no address, range or host name");
                insert("conn", option + " = %any, " + bad, "'" + bad + "' is no address");
            }
        }
        for (String option : List.of("local_ts", "remote_ts")) {
            for (String bad :
                    List.of(
                            "10.0.0.0/40",
                            "dynamics",
                            "10.0.0.0/8[foo]",
                            "fe80::/129",
                            "[tcp/70000]"))
                insert("child", option + " = " + bad, "is no traffic selector");
        }
        insert("pool", "addrs = 10.0.0.0/40", "is neither a subnet nor a range");
        insert("authority", "slot = x", "slot: 'x' is no number");
        insert("authority", "handle = xyz", "handle: 'xyz' is not hexadecimal");
    }

    private void secrets() {
        insert("secrets", "wifi { secret = x }", "wifi: unknown kind of secret");
        insert("secrets", "ike-2 { id = a }", "ike-2: secret is missing");
        insert("secrets", "ike-2 { secret = 0x }", "the secret is empty");
        insert("secrets", "ike-2 { secret = 0xzz }", "not valid hexadecimal");
        insert("secrets", "ike-2 { secret = 0s! }", "not valid base64");
        insert("secrets", "rsa-2 { id = a }", "id: unknown option");
    }

    private void bytes() {
        raw("conn", "\u00ff\u00fe = 1", "is not UTF-8");
        raw("conn", "remote_addrs = \u00ff", "the value is not UTF-8");
        raw("conn", "remote_addrs = a\0b", "zero byte");
        raw("conn", "a\0b = 1", "'a' is followed by neither");
        raw("local", "id = \u00c3(", "the value is not UTF-8");
        raw("secret", "id2 = \u00ff", "the value is not UTF-8");
    }

    /// A line with each character as one byte.
    private void raw(String place, String text, String words) {
        int line = endOf(place);
        var lines = new ArrayList<String>(good);
        lines.add(line - 1, text);
        Map<String, byte[]> files = files(lines, GOOD_EXTRA);
        files.put(MAIN, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1));
        cases.add(new Case("bytes in " + place + ": " + text, files, MAIN, line, words));
    }

    private void includes() {
        int line = good.size();
        extra("include swanctl.conf", 1, "would include itself");
        extra("include extra.conf", 1, "would include itself");
        extra("\n\ninclude ./extra.conf", 3, "would include itself");
        extra("connections {", 1, "'}' is missing");
        extra("connections { x {\nremote_addrs = 1:2\n} }", 2, "is no address");
        extra("}", 1, "closes no section");
        extra("\nx = \"", 2, "is not closed");
        extra("colour = red", 1, "colour: unknown option");
        replace("loop", line, "include swanctl.conf", line, "would include itself");
        replace("loop by pattern", line, "include swan*.conf", line, "would include itself");
        replace("directory", line, "include .", line, "is a directory");
        var directory = goodFiles();
        directory.put(EXTRA, null);
        cases.add(new Case("extra is a directory", directory, MAIN, line, "is a directory"));
        var unreadable = goodFiles();
        unreadable.put(MAIN, null);
        cases.add(new Case("all is a directory", unreadable, MAIN, 0, "is a directory"));
        chain();
    }

    private void extra(String content, int line, String words) {
        var files = files(good, content);
        cases.add(new Case("extra: " + content, files, EXTRA, line, words));
    }

    /// More files including each other than are allowed, none of them twice.
    private void chain() {
        var files = files(good, "include c1.conf\n");
        for (int i = 1; i < 40; i++)
            files.put("c" + i + ".conf", bytes("include c" + (i + 1) + ".conf\n"));
        // swanctl.conf and extra.conf are the first two of sixteen
        cases.add(new Case("long chain", files, "c15.conf", 1, "include each other"));
    }
}
