package org.keyferry.daemon.addresses;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.model.PoolSpec;
import org.keyferry.wire.ConfigAttribute;

/// Pools and attributes of configuration files. What cannot be taken is logged and passed over.
public final class PoolReader {
    private final Pools pools;
    private final Log log;

    /// Names that came from swanctl.conf; those that VICI clients loaded outlive its reload.
    private final Set<String> ofFile = new HashSet<>();

    public PoolReader(Pools pools, Log log) {
        this.pools = pools;
        this.log = log;
    }

    /// Loads what the file has by now; what it has no more goes, unless it is in use.
    public synchronized void replaceFile(List<PoolSpec> specs) {
        for (PoolSpec spec : specs) {
            try {
                pools.load(Pool.of(spec.name(), spec.addrs(), attributes(spec.attributes(), log)));
                ofFile.add(spec.name());
            } catch (IllegalArgumentException e) {
                log.log(Group.CFG, 0, "pool '%s' refused: %s", spec.name(), e.getMessage());
            } catch (Pools.InUse _) {
                log.log(Group.CFG, 0, "pool %s has online leases, unable to replace", spec.name());
            }
        }
        Set<String> present = new HashSet<>(specs.stream().map(PoolSpec::name).toList());
        ofFile.removeIf(name -> !present.contains(name) && unload(name));
    }

    private boolean unload(String name) {
        try {
            pools.unload(name);
            return true;
        } catch (Pools.InUse _) {
            log.log(Group.CFG, 0, "pool %s has online leases, unable to unload", name);
            return false;
        }
    }

    /// As they travel.
    public static List<ConfigAttribute> attributes(List<PoolSpec.Attribute> specs, Log log) {
        var attributes = new ArrayList<ConfigAttribute>();
        for (PoolSpec.Attribute spec : specs) {
            try {
                attributes.add(PoolAttributes.read(spec.name(), spec.value()));
            } catch (IllegalArgumentException e) {
                log.log(
                        Group.CFG,
                        0,
                        "attribute '%s = %s' passed over: %s",
                        spec.name(),
                        spec.value(),
                        e.getMessage());
            }
        }
        return attributes;
    }
}
