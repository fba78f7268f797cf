package org.keyferry.daemon;

import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Unix signals as a queue. The JDK has no supported way to catch them; the one that every JDK has
/// is reached by reflection, since the compiler forbids its use.
final class Signals {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    /// @param names without `SIG`
    static Signals catching(String... names) {
        var signals = new Signals();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) ->
                                    switch (method.getName()) {
                                        case "handle" -> signals.take(arguments[0]);
                                        case "hashCode" -> names.length;
                                        case "equals" -> false;
                                        default -> "signal handler";
                                    });
            for (String name : names) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK cannot catch signals", e);
        }
        return signals;
    }

    private Object take(Object signal) throws ReflectiveOperationException {
        received.add((String) signal.getClass().getMethod("getName").invoke(signal));
        return null;
    }

    /// Waits for the next signal and tells its name.
    String next() {
        while (true) {
            try {
                return received.take();
            } catch (InterruptedException _) {
                // nobody interrupts the main thread for a reason
            }
        }
    }
}
