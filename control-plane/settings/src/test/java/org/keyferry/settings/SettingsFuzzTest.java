package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever the bytes are, a load succeeds or is refused by a `SettingsException`.
class SettingsFuzzTest {
    private static final int MUTANTS_PER_SEED = 3_000;
    private static final ConnectionDefaults DEFAULTS = ConnectionDefaults.supporting(_ -> true);

    private static final String START =
            """
            base { rekey_time = 2h
              local { auth = psk }  remote { auth = psk
                id = @gw.example.com } }
            connections {
              a : base { remote_addrs = 192.0.2.1, gw.example.com, 10.0.0.0/8, ::1-::9
                proposals = aes128-sha256-x25519-ke1_mlkem768, default
                dscp = 101110
                children { net { local_ts = 10.1.0.0/16[tcp/80], dynamic[icmp/8]
                    esp_proposals = aes256gcm16-esn-noesn
                    start_action = trap|start
                    mark_in = 0x1/0xff
                    rekey_bytes = 10m
                    life_time = 010h } } }
              b : base, connections.a { reauth_time = 1d }
            }
            secrets { ike-1 { id-1 = "C=CH, O=x, CN=*"
                secret = 0sAAEC/w== }
              ike-2 { id = "{9}:#00ff"
                secret = "a \\"b\\" \\
            c" } }
            include conf.d/*.conf
            """;

    private static final String[] WORDS = {
        "{",
        "}",
        "\"",
        "#",
        "\n",
        "=",
        ":",
        ",",
        ".",
        "\\",
        "include ",
        "a : a {",
        "\r",
        "\0",
        "0x",
        "0s",
        "%unique",
        "/",
        "-",
        "[",
        "]",
        "|",
        "ike:",
        "%any",
        "99999999999999999999",
        "é"
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void mutatedFilesAreLoadedOrRefused(long seed) {
        var random = new Random(seed);
        byte[] start = START.getBytes(StandardCharsets.UTF_8);
        assertTrue(loads(start.clone()), "the file to start from");
        int loaded = 0;
        for (int i = 0; i < MUTANTS_PER_SEED; i++) {
            byte[] mutant = start;
            for (int n = 1 + random.nextInt(4); n > 0; n--) mutant = mutated(mutant, random);
            if (loads(mutant)) loaded++;
        }
        assertTrue(loaded > MUTANTS_PER_SEED / 100, "only " + loaded + " files were valid");
        assertTrue(loaded < MUTANTS_PER_SEED * 9 / 10, loaded + " files were valid");
    }

    @FuzzTest(maxDuration = "10s")
    void anyBytes(byte[] text) {
        boolean _ = loads(text.clone());
    }

    private static boolean loads(byte[] text) {
        byte[] copy = text.clone();
        try {
            SettingsTree tree = SettingsParser.parse(Path.of("f"), text, FileSource.NONE);
            StrongswanConf.of(tree);
            SwanctlConf.read(tree, DEFAULTS);
            return true;
        } catch (SettingsException refusal) {
            assertTrue(refusal.origin().line() > 0, refusal.getMessage());
            return false;
        } catch (RuntimeException | StackOverflowError failure) {
            return fail(new String(copy, StandardCharsets.UTF_8), failure);
        }
    }

    private static byte[] mutated(byte[] text, Random random) {
        int at = random.nextInt(text.length + 1);
        int cut = random.nextInt(3) == 0 ? random.nextInt(Math.min(30, text.length - at + 1)) : 0;
        byte[] word =
                switch (random.nextInt(3)) {
                    case 0 -> WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8);
                    case 1 -> new byte[] {(byte) random.nextInt(256)};
                    default -> piece(text, random);
                };
        var mutant = new byte[text.length - cut + word.length];
        System.arraycopy(text, 0, mutant, 0, at);
        System.arraycopy(word, 0, mutant, at, word.length);
        System.arraycopy(text, at + cut, mutant, at + word.length, text.length - at - cut);
        return mutant;
    }

    private static byte[] piece(byte[] text, Random random) {
        int from = random.nextInt(text.length + 1);
        int to = Math.min(text.length, from + random.nextInt(40));
        return Arrays.copyOfRange(text, from, to);
    }
}
