package org.keyferry.daemon.vici;

import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.TrafficSelector;

/// Protocol and ports in brackets, as a whole selector prints them.
final class DynamicSuffix {
    static String of(int ipProtocol, PortRange ports) {
        var whole = new TrafficSelector(ipProtocol, ports, AddressRange.host(IpAddress.ANY_V4));
        String text = whole.toString();
        return text.substring(text.indexOf('['));
    }

    private DynamicSuffix() {}
}
