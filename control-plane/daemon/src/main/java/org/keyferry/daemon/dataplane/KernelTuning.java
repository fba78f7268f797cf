package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmDatabaseInfo.HashThreshold;
import org.keyferry.settings.KernelConf;
import org.keyferry.settings.KernelConf.SpdHashing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What strongswan.conf wants of the kernel as a whole. It stays as it is set, as with charon; what
/// cannot be set is logged and left.
final class KernelTuning {
    private static final Logger LOG = LoggerFactory.getLogger(KernelTuning.class);
    private static final Path ACQUIRE_EXPIRES = Path.of("/proc/sys/net/core/xfrm_acq_expires");

    private KernelTuning() {}

    static void apply(Xfrm xfrm, KernelConf conf) {
        conf.spdHashing().ifPresent(hashing -> hash(xfrm, hashing));
        long seconds = conf.acquireExpires().toSeconds();
        if (seconds > 0) {
            expireAcquires(ACQUIRE_EXPIRES, seconds);
        }
    }

    private static void hash(Xfrm xfrm, SpdHashing hashing) {
        try {
            XfrmDataplane.await(
                    xfrm.setHashThresholds(
                            Optional.of(new HashThreshold(hashing.v4Local(), hashing.v4Remote())),
                            Optional.of(new HashThreshold(hashing.v6Local(), hashing.v6Remote()))));
        } catch (IOException e) {
            LOG.warn("spdh_thresh cannot be set: {}", e.getMessage());
        }
    }

    /// Leaves the file alone if it says so already, as it may not be writable in a container.
    static void expireAcquires(Path file, long seconds) {
        String wanted = Long.toString(seconds);
        try {
            if (!Files.readString(file).strip().equals(wanted)) {
                Files.writeString(file, wanted);
            }
        } catch (IOException e) {
            LOG.warn("xfrm_acq_expires cannot be set to {}: {}", wanted, e.toString());
        }
    }
}
