package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.util.SplittableRandom;
import org.keyferry.netlink.xfrm.Spi;

/// Dataplanes for tests.
final class TestDataplane {
    static final XfrmOptions WITHOUT_ROUTES =
            new XfrmOptions(new Spi(0xc000_0000), new Spi(0xcfff_ffff), false, 220, 220);

    static final XfrmOptions WITH_ROUTES =
            new XfrmOptions(new Spi(0xc000_0000), new Spi(0xcfff_ffff), true, 220, 220);

    private TestDataplane() {}

    static XfrmDataplane over(FakeKernel kernel, FakeKernel routes) {
        return over(kernel, routes, WITHOUT_ROUTES);
    }

    /// Started, with the kernel's events left out.
    static XfrmDataplane over(FakeKernel kernel, FakeKernel routes, XfrmOptions options) {
        var dataplane = new XfrmDataplane(kernel, routes, options, new SplittableRandom(1), true);
        try {
            dataplane.start(_ -> () -> {});
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return dataplane;
    }
}
