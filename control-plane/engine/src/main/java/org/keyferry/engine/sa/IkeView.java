package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import org.keyferry.engine.InterfaceIds;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Proposal;

/// What others may see of an IKE_SA: no keys.
///
/// @param state VICI's name of the state, such as `ESTABLISHED`
/// @param interfaceIds none before it is established
/// @param established [Instant#MAX] while it is not
/// @param rekeyAt when this side rekeys it; [Instant#MAX] for never, likewise `reauthAt`
/// @param proposal the chosen one, `null` before it is
/// @param ppk a postquantum pre-shared key is mixed into its keys
public record IkeView(
        int uniqueId,
        Connection connection,
        String state,
        Endpoint local,
        Identification localId,
        Endpoint remote,
        Identification remoteId,
        boolean initiator,
        IkeSpi initiatorSpi,
        IkeSpi responderSpi,
        boolean natLocal,
        boolean natRemote,
        boolean natFake,
        InterfaceIds interfaceIds,
        Proposal proposal,
        boolean ppk,
        Instant established,
        Instant rekeyAt,
        Instant reauthAt,
        VirtualIps virtualIps,
        List<ChildView> children,
        IkeTasks tasks,
        Login login) {}
