package org.keyferry.engine.eap;

import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;

/// What the server that EAP is passed on to (`auth = eap-radius`) is asked, by
/// [org.keyferry.engine.Effect.Eap]. A login is known by the IKE_SA's SPI that comes with the
/// effect; it asks one thing at a time. There is no time limit on an answer but that of the whole
/// set-up (`half_open_timeout`): whoever asks a server gives up by itself, with
/// [EapAnswer.Rejected].
public sealed interface EapQuery {

    /// A login begins.
    ///
    /// @param connection name of the one that the client seems to mean
    /// @param ikeUniqueId of the IKE_SA
    /// @param localId, remoteId of IKE
    /// @param identity that the client told by EAP-Identity; without that exchange, its IKE
    ///   identity as text
    /// @param identityPacket EAP-Response/Identity, as the client sent it or made of `identity`
    record Begin(
            String connection,
            int ikeUniqueId,
            IkeSpi initiatorSpi,
            IkeSpi responderSpi,
            Endpoint local,
            Endpoint remote,
            Identification localId,
            Identification remoteId,
            Identification identity,
            Bytes identityPacket)
            implements EapQuery {}

    /// The client's next EAP response.
    record Response(Bytes packet) implements EapQuery {}

    /// Nobody waits for an answer any more: the set-up broke off. None is given.
    record Abandon() implements EapQuery {}
}
