package org.keyferry.daemon.creds;

import java.util.HexFormat;
import java.util.Optional;
import org.keyferry.wire.Bytes;

/// A key or certificate on a token, as a configuration names it.
///
/// @param id its CKA_ID
/// @param slot empty for any
/// @param module name of the PKCS#11 module in strongswan.conf; empty for any
public record TokenObject(Bytes id, Optional<Long> slot, Optional<String> module) {
    /// Longer ids no token has.
    private static final int MOST_ID_BYTES = 255;

    /// @param handle hex digits, in pairs; `0x` before and colons between them mean nothing
    /// @throws CredentialRefused with what is wrong
    public static TokenObject parse(String handle, Optional<String> slot, Optional<String> module)
            throws CredentialRefused {
        String digits = handle.strip().replaceFirst("^0[xX]", "").replace(":", "");
        try {
            Bytes id = Bytes.of(HexFormat.of().parseHex(digits));
            if (id.length() == 0 || id.length() > MOST_ID_BYTES) {
                throw new CredentialRefused("handle '%s' is no id".formatted(handle));
            }
            return new TokenObject(
                    id,
                    slot.map(String::strip).map(Long::parseUnsignedLong),
                    module.filter(name -> !name.isBlank()));
        } catch (NumberFormatException _) {
            throw new CredentialRefused("slot '%s' is no number".formatted(slot.orElse("")));
        } catch (IllegalArgumentException _) {
            throw new CredentialRefused("handle '%s' is not hexadecimal".formatted(handle));
        }
    }

    @Override
    public String toString() {
        return id.hex();
    }
}
