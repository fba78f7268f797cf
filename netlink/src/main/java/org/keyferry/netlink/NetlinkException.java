package org.keyferry.netlink;

/// Why a kernel request has no answer.
public abstract sealed class NetlinkException extends Exception
        permits KernelError, KernelLinkFailure, MalformedKernelMessage {
    private static final long serialVersionUID = 1L;

    NetlinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
