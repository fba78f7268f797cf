package org.keyferry.engine;

import org.keyferry.wire.ChildSpi;

/// What the dataplane answers to a [KernelOp].
public sealed interface KernelAnswer {
    record Done() implements KernelAnswer {}

    /// @param cpi 0 if none was asked for
    record SpiAllocated(ChildSpi spi, int cpi) implements KernelAnswer {}

    /// @param errnoName such as `EPROTONOSUPPORT`
    /// @param text what was asked and what the kernel said of it, for the log
    record Refused(String errnoName, String text) implements KernelAnswer {}
}
