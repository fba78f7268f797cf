package org.keyferry.daemon.radius;

import java.util.ArrayList;
import java.util.List;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.wire.Endpoint;

/// What every request says about the IKE_SA that it is about; NAS-Identifier is added by each
/// [RadiusServer].
final class NasAttributes {
    private static final int FRAMED = 2;
    private static final int VIRTUAL = 5;

    private NasAttributes() {}

    /// @param withPort station ids as `192.0.2.1[4500]`, else without the port
    static List<RadiusAttribute> of(
            String connection, int ikeUniqueId, Endpoint local, Endpoint remote, boolean withPort) {
        var attributes = new ArrayList<RadiusAttribute>();
        attributes.add(RadiusAttribute.number(RadiusType.NAS_PORT_TYPE, VIRTUAL));
        attributes.add(RadiusAttribute.number(RadiusType.SERVICE_TYPE, FRAMED));
        attributes.add(RadiusAttribute.number(RadiusType.NAS_PORT, ikeUniqueId));
        attributes.add(RadiusAttribute.text(RadiusType.NAS_PORT_ID, connection));
        int nasAddress =
                local.address().v6() ? RadiusType.NAS_IPV6_ADDRESS : RadiusType.NAS_IP_ADDRESS;
        attributes.add(RadiusAttribute.address(nasAddress, local.address()));
        attributes.add(
                RadiusAttribute.text(RadiusType.CALLED_STATION_ID, station(local, withPort)));
        attributes.add(
                RadiusAttribute.text(RadiusType.CALLING_STATION_ID, station(remote, withPort)));
        return attributes;
    }

    private static String station(Endpoint at, boolean withPort) {
        return withPort ? at.toString() : at.address().toString();
    }
}
