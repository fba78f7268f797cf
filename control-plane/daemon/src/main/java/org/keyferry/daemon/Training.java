package org.keyferry.daemon;

import java.io.IOException;
import java.util.List;
import org.keyferry.settings.SettingsException;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;

/// A short life of a daemon for the JVM to learn from, run when the programs are packaged: tunnels
/// of a [LoopbackPair] go up, are listed and go down.
final class Training {
    private static final int TUNNELS = 300;
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
            System.out.println("trained with " + TUNNELS + " tunnels");
            return 0;
        } catch (IOException | SettingsException e) {
            System.err.println("keyferryd: training: " + e.getMessage());
            return 1;
        }
    }

    private static void succeed(ViciMessage answer, String command) throws IOException {
        if (!answer.getBool("success", false)) {
            throw new IOException(command + ": " + answer.getString("errmsg", "no reason"));
        }
    }
}
