package org.keyferry.engine;

import org.keyferry.wire.ChildSpi;

/// What the dataplane answers to a [KernelOp].
public sealed interface KernelAnswer {
    record Done() implements KernelAnswer {}

    record SpiAllocated(ChildSpi spi) implements KernelAnswer {}

    /// @param errnoName such as `EPROTONOSUPPORT`
    /// @param text what was asked and what the kernel said of it, for the log
    record Refused(String errnoName, String text) implements KernelAnswer {}
}
