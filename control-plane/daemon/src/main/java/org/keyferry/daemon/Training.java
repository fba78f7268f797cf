package org.keyferry.daemon;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.keyferry.settings.SettingsException;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;

/// A short life of a daemon for the JVM to learn from, run when the programs are packaged: tunnels
/// of a [LoopbackPair] go up, are listed and go down.
final class Training {
    private static final int TUNNELS = 300;
    private static final String CLASS = ".class";
    private static final ViciMessage CHILD = ViciMessage.builder().put("child", "net").build();
    private static final ViciMessage IKE = ViciMessage.builder().put("ike", "peer").build();

    private Training() {}

    /// @return the exit status
    static int run() {
        try (var pair = LoopbackPair.start(-1);
                var client = ViciClient.connect(pair.left().vici())) {
            for (int tunnel = 0; tunnel < TUNNELS; tunnel++) {
                succeed(client.stream("initiate", "control-log", CHILD, _ -> {}), "initiate");
                client.stream("list-sas", "list-sa", ViciMessage.EMPTY, _ -> {});
                succeed(client.request("terminate", IKE), "terminate");
            }
            for (String command : List.of("version", "stats", "get-conns")) {
                ViciMessage _ = client.request(command, ViciMessage.EMPTY);
            }
            client.stream("list-conns", "list-conn", ViciMessage.EMPTY, _ -> {});
            int classes = loadOwnClasses();
            System.out.println("trained with " + TUNNELS + " tunnels, " + classes + " classes");
            return 0;
        } catch (IOException | SettingsException e) {
            System.err.println("keyferryd: training: " + e.getMessage());
            return 1;
        }
    }

    /// All of ours go into the cache, whether these tunnels need them or not: then threads hardly
    /// ever load classes at the same time, which makes one wait for another by yielding.
    private static int loadOwnClasses() throws IOException {
        int loaded = 0;
        var parts = Pattern.compile(File.pathSeparator, Pattern.LITERAL);
        for (String part : parts.splitAsStream(System.getProperty("java.class.path")).toList()) {
            if (!part.endsWith(".jar")) {
                continue;
            }
            try (var jar = new JarFile(part)) {
                for (String name : jar.stream().map(JarEntry::getName).toList()) {
                    if (name.startsWith("org/keyferry/") && name.endsWith(CLASS)) {
                        load(name.substring(0, name.length() - CLASS.length()).replace('/', '.'));
                        loaded++;
                    }
                }
            }
        }
        return loaded;
    }

    private static void load(String name) throws IOException {
        try {
            var _ = Class.forName(name, false, Training.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IOException("class " + name, e);
        }
    }

    private static void succeed(ViciMessage answer, String command) throws IOException {
        if (!answer.getBool("success", false)) {
            throw new IOException(command + ": " + answer.getString("errmsg", "no reason"));
        }
    }
}
