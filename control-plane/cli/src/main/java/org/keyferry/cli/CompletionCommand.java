package org.keyferry.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Prints a script with which a shell completes keyferry's commands.",
        footer = {
            "",
            "For one session:  source <(keyferry completion bash)",
            "For all, bash:    keyferry completion bash >/etc/bash_completion.d/keyferry",
            "For all, zsh:     add  source <(keyferry completion zsh)  to ~/.zshrc"
        })
final class CompletionCommand implements Callable<Integer> {
    @SuppressWarnings("UnusedVariable") // its constants are the words a user may say
    private enum Shell {
        bash,
        zsh
    }

    @Parameters(
            paramLabel = "SHELL",
            description = "${COMPLETION-CANDIDATES}; one script serves both.")
    @SuppressWarnings("UnusedVariable") // picocli checks it; the script finds out by itself
    private Shell shell;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .println(AutoComplete.bash("keyferry", spec.root().commandLine()));
        return ExitCode.OK;
    }
}
