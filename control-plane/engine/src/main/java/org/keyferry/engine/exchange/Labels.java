package org.keyferry.engine.exchange;

import java.util.List;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.Payload;
import org.keyferry.wire.TrafficSelector;

/// Security labels (RFC 9478), which tell children apart that have the same selectors. They are
/// names that both ends know; no kernel is told.
final class Labels {
    /// TSi of a child.
    static Payload tsInitiator(Child child, List<TrafficSelector> selectors) {
        return new Payload.TsInitiator(selectors, of(child));
    }

    /// TSr of a child.
    static Payload tsResponder(Child child, List<TrafficSelector> selectors) {
        return new Payload.TsResponder(selectors, of(child));
    }

    /// Whether a message is about a child with this child's label, or about one without if it has
    /// none. A request may offer several labels.
    static boolean agree(Child child, List<Payload> payloads) {
        List<Bytes> initiators =
                IkeMessage.first(payloads, Payload.TsInitiator.class)
                        .map(Payload.TsInitiator::labels)
                        .orElse(List.of());
        List<Bytes> responders =
                IkeMessage.first(payloads, Payload.TsResponder.class)
                        .map(Payload.TsResponder::labels)
                        .orElse(List.of());
        return child.label().length() == 0
                ? initiators.isEmpty() && responders.isEmpty()
                : initiators.contains(child.label()) && responders.contains(child.label());
    }

    private static List<Bytes> of(Child child) {
        return child.label().length() == 0 ? List.of() : List.of(child.label());
    }

    private Labels() {}
}
