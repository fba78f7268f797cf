package org.keyferry.engine.eap;

import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// One side of one EAP method in one login, without I/O: what came in, what goes out. It sees only
/// the data behind the type of a packet. Not thread-safe, but a login hands it from thread to
/// thread.
public interface EapMethod {
    EapType type();

    /// As server: the data of the first request.
    ///
    /// @param identifier of the packet that it goes into
    Step begin(int identifier);

    /// What to say to the client's response, or as client to the server's request.
    ///
    /// @param identifier of the packet that came
    Step process(int identifier, Bytes data);

    /// The client also knows who the server is, so that the server needs no AUTH of its own (RFC
    /// 5998 §4).
    default boolean isMutual() {
        return false;
    }

    /// [#process] is arithmetic that a shard should not wait for.
    default boolean isHeavy() {
        return false;
    }

    /// [#begin] is as [#process] is where that is heavy.
    default boolean beginsHeavily() {
        return false;
    }

    /// [#process] may wait for somebody.
    default boolean mayWait() {
        return false;
    }

    /// As server, of a method that runs another one inside: whom that one proved.
    default Optional<Identification> innerIdentity() {
        return Optional.empty();
    }

    /// Addresses that the peer may use by a certificate that was judged (RFC 3779); empty if
    /// nothing limits it.
    default Optional<List<AddressRange>> addressBlocks() {
        return Optional.empty();
    }

    /// As client, after [Step.Done]: the server may say more before Success.
    default boolean mayGoOn() {
        return false;
    }

    /// As client: the server is so old that it takes [Step.Done#legacyMsk].
    default boolean legacyServer() {
        return false;
    }

    /// As client, before the server chose a method: what to tell as identity instead of our own.
    default Optional<Bytes> nameToTell() {
        return Optional.empty();
    }

    /// As client: the login ended before the method began, perhaps because of that name.
    default void nameRefused() {}

    /// After [Step.Done]: both ends showed in AUTH that they have the key, so that the login is
    /// worth remembering.
    default void confirmed() {}

    /// Lines for the log since the last call.
    default List<String> takeNotes() {
        return List.of();
    }

    sealed interface Step {
        /// There is more to come.
        record Send(Bytes data) implements Step {}

        /// As server: the client proved itself. As client: after this response only Success may
        /// follow, and what the method says about the server is proven.
        ///
        /// @param last as client: the data of our last response; empty as server
        /// @param msk 64 bytes, of a method that makes one
        /// @param legacyMsk what older implementations take for it, if that is something else
        record Done(Bytes last, Optional<Secret> msk, Optional<Secret> legacyMsk) implements Step {
            /// There is one key.
            public Done(Bytes last, Optional<Secret> msk) {
                this(last, msk, Optional.empty());
            }
        }

        /// It cannot succeed any more.
        record Failed(String why) implements Step {}
    }
}
