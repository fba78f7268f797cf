package org.keyferry.cli.load;

import java.util.List;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciPacket;

/// Requests whose failure is a reason and no exception, unless the daemon is gone.
record Asking(ViciClient client) {
    /// Thrown by `change` if the daemon said no.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(reason);
        }
    }

    /// Has the daemon change something.
    ///
    /// @throws ViciException if it does not answer
    ViciMessage change(String command, ViciMessage request) throws Refused, ViciException {
        if (!fits(command, request)) { // sending it would cost us the connection
            throw new Refused("larger than a VICI message may be (512 KiB)");
        }
        ViciMessage answer;
        try {
            answer = client.request(command, request);
        } catch (ViciException e) {
            if (e.kind() == ViciException.Kind.UNKNOWN_COMMAND) {
                throw new Refused(e.getMessage());
            }
            throw e;
        }
        if (!answer.getBool("success", false)) {
            throw new Refused(
                    answer.getValue("errmsg")
                            .map(value -> value.text())
                            .orElse("the daemon refused it without saying why"));
        }
        return answer;
    }

    static boolean fits(String command, ViciMessage request) {
        return new ViciPacket.CommandRequest(command, request).encode().length
                <= ViciPacket.MAX_BYTES;
    }

    /// The names that a daemon has; none if it does not know the command, as then it has no such
    /// things.
    List<String> names(String command, String list) throws ViciException {
        return ask(command).getStrings(list);
    }

    List<String> sections(String command) throws ViciException {
        return ask(command).sections().stream().map(Section::name).toList();
    }

    ViciMessage ask(String command) throws ViciException {
        try {
            return client.request(command, ViciMessage.EMPTY);
        } catch (ViciException e) {
            if (e.kind() == ViciException.Kind.UNKNOWN_COMMAND) {
                return ViciMessage.EMPTY;
            }
            throw e;
        }
    }
}
