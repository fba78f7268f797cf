package org.keyferry.daemon.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/// A stack trace in lines. Messages of exceptions never hold key material.
final class StackTraces {
    static List<String> lines(Throwable mistake) {
        var text = new StringWriter();
        mistake.printStackTrace(new PrintWriter(text, true));
        return text.toString().lines().toList();
    }

    private StackTraces() {}
}
