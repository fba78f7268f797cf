package org.keyferry.cli;

/// The kernel gave no answer about IPsec, and why.
final class KernelUnavailable extends Exception {
    private static final long serialVersionUID = 1;

    KernelUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
