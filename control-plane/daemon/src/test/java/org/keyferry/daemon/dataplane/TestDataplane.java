package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.KernelConf;
import org.keyferry.settings.KernelConf.Routes;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.StrongswanConf;

/// Dataplanes for tests.
final class TestDataplane {
    static final XfrmOptions WITHOUT_ROUTES =
            new XfrmOptions(KernelConf.DEFAULT.with(Routes.DEFAULT.installed(false, 220)));

    static final XfrmOptions WITH_ROUTES = new XfrmOptions(KernelConf.DEFAULT);

    private TestDataplane() {}

    /// @param settings of the section `charon` of strongswan.conf
    static XfrmOptions options(String settings) {
        try {
            byte[] conf = ("charon { " + settings + " }").getBytes(StandardCharsets.UTF_8);
            var tree = SettingsParser.parse(Path.of("test"), conf, FileSource.DISK);
            return XfrmOptions.of(StrongswanConf.of(tree));
        } catch (SettingsException e) {
            throw new AssertionError(e);
        }
    }

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
