package org.keyferry.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import org.keyferry.vici.ViciMessage;

/// Prints what the daemon logs while it works for us, as it comes.
record ControlLog(PrintWriter err) implements Consumer<ViciMessage> {
    @Override
    public void accept(ViciMessage event) {
        String message =
                event.getValue("msg").map(value -> value.text().stripTrailing()).orElse("");
        err.println("[" + event.getString("group", "???") + "] " + message);
        err.flush();
    }

    /// Tells the user how a command ended.
    ///
    /// @return the exit status
    static int conclude(ViciMessage answer, String done, PrintWriter out, PrintWriter err) {
        if (answer.getBool("success", false)) {
            out.println(done);
            return ExitCode.OK;
        }
        out.flush();
        err.println(
                "keyferry: "
                        + answer.getValue("errmsg")
                                .map(value -> value.text())
                                .orElse("the daemon failed without saying why"));
        return ExitCode.FAILED;
    }
}
