package org.keyferry.daemon.shard;

import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.wire.IkeSpi;

/// A server that EAP is passed on to (`auth = eap-radius`). Called on a shard's thread, so it must
/// not block; the answer may come on any thread, at once or later, and exactly once for each query
/// but [EapQuery.Abandon], which has none. One query of a login is under way at a time.
@FunctionalInterface
public interface EapBackend {
    /// @param login our SPI of the IKE_SA, by which a login is known
    void ask(IkeSpi login, EapQuery query, Consumer<EapAnswer> answer);

    /// Refuses all.
    EapBackend NONE =
            (_, query, answer) -> {
                if (!(query instanceof EapQuery.Abandon)) {
                    answer.accept(
                            new EapAnswer.Rejected(
                                    Optional.empty(), "no RADIUS server is configured"));
                }
            };
}
