package org.keyferry.daemon.addresses;

import java.util.concurrent.CompletableFuture;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Lease;

/// A source of addresses, or of attributes alone, for peers. Any thread; never blocks.
public interface AddressProvider {
    /// Looks for an address for each entry of [AddressRequest#wanted], which may be none at all,
    /// and for what else the peer is to be told.
    ///
    /// @return completes within a bounded time, a few seconds at most, as the peer waits
    CompletableFuture<AddressAnswer> assign(AddressRequest request);

    /// An address is free again; those that came from elsewhere are passed over.
    void giveBack(Lease lease);

    /// An SA that outlived the process that gave it the address has it still.
    void takeOver(Lease lease);
}
