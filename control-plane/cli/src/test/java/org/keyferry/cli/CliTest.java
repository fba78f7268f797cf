package org.keyferry.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.vici.ViciAddress;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciPrinter;
import org.keyferry.vici.ViciServer;
import org.keyferry.vici.ViciServerOptions;

/// Runs the command line against a server that gives fixed answers and notes what it was asked.
abstract class CliTest {
    @TempDir Path directory;
    private final Map<String, ViciCommand> commands = new TreeMap<>();
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private ViciServer server;

    record Ran(int status, String out, String err) {}

    /// Answers a command with an event, if given, and a message.
    void answer(String command, String event, List<ViciMessage> events, ViciMessage answer) {
        commands.put(
                command,
                request -> {
                    asked.add(command + " " + ViciPrinter.raw(request.message()));
                    events.forEach(message -> request.stream(event, message));
                    return answer;
                });
    }

    /// Answers a command as a function of the request.
    void answer(String command, Function<ViciMessage, ViciMessage> answer) {
        commands.put(
                command,
                request -> {
                    asked.add(command + " " + ViciPrinter.raw(request.message()));
                    return answer.apply(request.message());
                });
    }

    /// Answers commands that change something.
    void accept(String... names) {
        for (String name : names) {
            answer(name, _ -> ViciMessage.success());
        }
    }

    ViciServer server() {
        return server;
    }

    void listen() throws Exception {
        var address = new ViciAddress.Unix(socket());
        server = ViciServer.listen(address, commands, ViciServerOptions.DEFAULTS);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    Path socket() {
        return directory.resolve("vici");
    }

    Ran run(String... arguments) {
        return run(FakeKernel.EMPTY, arguments);
    }

    Ran run(Kernel kernel, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--uri=unix://" + socket());
        return runAsGiven(kernel, all.toArray(String[]::new));
    }

    static Ran runAsGiven(Kernel kernel, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status =
                Main.run(
                        new PrintWriter(out), new PrintWriter(err), Style.PLAIN, kernel, arguments);
        return new Ran(status, out.toString(), err.toString());
    }

    void serveOneTunnel() throws Exception {
        answer("list-conns", "list-conn", List.of(Samples.GW_CONFIG, Samples.DOWN_CONFIG), none());
        answer("list-sas", "list-sa", List.of(Samples.GW_SA), none());
        answer("list-policies", "list-policy", List.of(Samples.TRAP, Samples.BYPASS), none());
        listen();
    }

    static ViciMessage none() {
        return ViciMessage.EMPTY;
    }
}
