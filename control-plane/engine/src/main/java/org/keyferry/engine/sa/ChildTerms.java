package org.keyferry.engine.sa;

import java.util.Optional;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.settings.model.ChildMode;

/// What two peers agreed on for a CHILD_SA by notifies, beside proposal and selectors.
///
/// @param cpiIn of IPComp, ours; 0 without IPComp, or until the kernel has given one
/// @param cpiOut of IPComp, the peer's; 0 without IPComp
/// @param padding the peer copes with traffic flow confidentiality padding (RFC 4303 §2.7)
public record ChildTerms(ChildMode mode, int cpiIn, int cpiOut, boolean padding) {
    public ChildTerms withCpiIn(int cpi) {
        return new ChildTerms(mode, cpiOut == 0 ? 0 : cpi, cpiOut, padding);
    }

    /// Empty if either CPI is missing.
    public Optional<Ipcomp> ipcomp() {
        return cpiIn != 0 && cpiOut != 0
                ? Optional.of(new Ipcomp(cpiIn, cpiOut))
                : Optional.empty();
    }
}
