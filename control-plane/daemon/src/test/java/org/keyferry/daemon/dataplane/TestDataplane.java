package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.util.SplittableRandom;
import org.keyferry.settings.KernelConf;
import org.keyferry.settings.KernelConf.Routes;

/// Dataplanes for tests.
final class TestDataplane {
    static final XfrmOptions WITHOUT_ROUTES =
            new XfrmOptions(KernelConf.DEFAULT.with(Routes.DEFAULT.installed(false, 220)));

    static final XfrmOptions WITH_ROUTES = new XfrmOptions(KernelConf.DEFAULT);

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
