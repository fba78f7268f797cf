package org.keyferry.engine.sa;

import java.time.Instant;
import org.keyferry.engine.KernelOp.ChildInstallation;

/// What others may see of a CHILD_SA: no keys.
///
/// @param state VICI's name, such as `INSTALLED`
public record ChildView(ChildInstallation installation, String state, Instant installed) {}
