package org.keyferry.wire;

import java.util.Optional;
import java.util.regex.Pattern;

/// A gateway as REDIRECT and REDIRECTED_FROM name it (RFC 5685 §10): type, length and identity, one
/// byte each for the first two.
public sealed interface Gateway {
    int MOST_NAME_BYTES = 253;

    record Address(IpAddress address) implements Gateway {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    /// A host name: letters, digits, hyphens, underscores and dots.
    record Name(String name) implements Gateway {
        private static final Pattern LABELS =
                Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?");

        public Name {
            if (name.length() > MOST_NAME_BYTES || !LABELS.matcher(name).matches()) {
                throw new IllegalArgumentException("not a host name: '" + name + "'");
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// What a notify says.
    ///
    /// @param rest what comes after the identity: in a REDIRECT of IKE_SA_INIT the nonce
    record Told(Gateway gateway, Bytes rest) {}

    private static int type(Gateway gateway) {
        return switch (gateway) {
            case Address(var address) -> address.v6() ? 2 : 1;
            case Name _ -> 3;
        };
    }

    /// An address or a host name.
    ///
    /// @throws IllegalArgumentException if it is neither
    static Gateway parse(String text) {
        boolean numeric = text.contains(":") || text.matches("[0-9.]*");
        return numeric ? new Address(IpAddress.parse(text)) : new Name(text);
    }

    /// As the notification data of REDIRECTED_FROM, and the first part of REDIRECT's.
    default Bytes encode() {
        Bytes identity =
                switch (this) {
                    case Address(var address) -> Bytes.wrapOwned(address.toBytes());
                    case Name(String name) -> Bytes.utf8(name);
                };
        return Bytes.ofU8(type(this)).concat(Bytes.ofU8(identity.length())).concat(identity);
    }

    /// Empty if the data is none, or names a gateway that cannot be.
    static Optional<Told> decode(Bytes data) {
        if (data.length() < 2 || data.length() < 2 + data.u8(1)) {
            return Optional.empty();
        }
        int end = 2 + data.u8(1);
        return identity(data.u8(0), data.slice(2, end))
                .map(gateway -> new Told(gateway, data.slice(end, data.length())));
    }

    private static Optional<Gateway> identity(int type, Bytes identity) {
        int lengthBytes = identity.length();
        try {
            return switch (type) {
                case 1 -> lengthBytes == 4 ? address(identity) : Optional.empty();
                case 2 -> lengthBytes == 16 ? address(identity) : Optional.empty();
                case 3 -> Optional.of(new Name(identity.utf8()));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<Gateway> address(Bytes identity) {
        return Optional.of(new Address(IpAddress.ofBytes(identity)))
                .filter(gateway -> !gateway.address().isAny())
                .map(gateway -> gateway);
    }
}
