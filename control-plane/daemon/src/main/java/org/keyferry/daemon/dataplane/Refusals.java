package org.keyferry.daemon.dataplane;

import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.KernelError;
import org.keyferry.netlink.KernelLinkFailure;

/// Puts what the kernel refused into words that help.
final class Refusals {
    /// Causes that are well known, whatever was asked.
    private static final Map<String, String> HINTS =
            Map.ofEntries(
                    Map.entry("EPERM", "CAP_NET_ADMIN is needed"),
                    Map.entry(
                            "EPROTONOSUPPORT",
                            "the kernel lacks ESP, AH or IPComp (CONFIG_INET_ESP, CONFIG_INET6_ESP:"
                                    + " modules esp4 and esp6; likewise AH and IPCOMP)"),
                    Map.entry(
                            "EAFNOSUPPORT", "the kernel lacks this address family, or XFRM for it"),
                    Map.entry("ENOBUFS", "the kernel has no memory to spare"),
                    Map.entry("ENOMEM", "the kernel has no memory to spare"));

    private Refusals() {}

    /// What lies below the wrappings of futures.
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    static boolean is(Throwable failure, int errno) {
        return cause(failure) instanceof KernelError error && error.is(errno);
    }

    /// The kernel did not carry it out; any other failure leaves that open.
    static boolean isCertain(Throwable failure) {
        return cause(failure) instanceof KernelError;
    }

    /// The object was gone before we removed it.
    static boolean isGone(Throwable failure) {
        return is(failure, Errno.ESRCH) || is(failure, Errno.ENOENT);
    }

    /// @param what was asked, such as `install CHILD_SA net-net{3}`
    static KernelAnswer.Refused of(String what, Throwable failure) {
        return of(what, failure, _ -> false, "");
    }

    /// With a hint of its own for some failures.
    static KernelAnswer.Refused of(
            String what, Throwable failure, Predicate<String> hasHint, String hint) {
        Throwable cause = cause(failure);
        String name =
                switch (cause) {
                    case KernelError error -> error.errnoName();
                    case KernelLinkFailure broken -> broken.reason().name();
                    default -> cause.getClass().getSimpleName();
                };
        String known = hasHint.test(name) ? hint : HINTS.get(name);
        String text = what + ": " + cause.getMessage();
        return new KernelAnswer.Refused(name, known == null ? text : text + "; " + known);
    }
}
