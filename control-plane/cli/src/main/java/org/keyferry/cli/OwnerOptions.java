package org.keyferry.cli;

import java.io.PrintWriter;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import picocli.CommandLine.Mixin;

/// How the `xfrm` commands learn whose things are.
final class OwnerOptions {
    @Mixin private DaemonOptions daemon;

    /// Without a daemon all owners are unknown, which is said once.
    Owners fetch(PrintWriter err) {
        try {
            return fetch();
        } catch (ViciException e) {
            err.println("note: owners are not known: " + e.getMessage());
            return Owners.UNKNOWN;
        }
    }

    Owners fetch() throws ViciException {
        try (ViciClient client = daemon.connect()) {
            return Owners.fetch(client);
        }
    }
}
