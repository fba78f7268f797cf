package org.keyferry.daemon.creds;

import java.util.Optional;

/// Where keys and certificates on tokens come from. Its methods may take as long as a token does.
public interface TokenSource {
    /// For who has no tokens.
    TokenSource NONE =
            new TokenSource() {
                @Override
                public OwnKey key(TokenObject wanted, Optional<byte[]> pin)
                        throws CredentialRefused {
                    throw new CredentialRefused("no tokens are used here");
                }

                @Override
                public byte[] certificate(TokenObject wanted) throws CredentialRefused {
                    throw new CredentialRefused("no tokens are used here");
                }
            };

    /// @param pin the caller's to wipe; empty if none is needed, or it is entered at the reader
    /// @throws CredentialRefused with why
    OwnKey key(TokenObject wanted, Optional<byte[]> pin) throws CredentialRefused;

    /// @return DER
    /// @throws CredentialRefused with why
    byte[] certificate(TokenObject wanted) throws CredentialRefused;

    /// As connections name it.
    ///
    /// @throws IllegalArgumentException with why
    default byte[] certificate(String handle, Optional<String> slot, Optional<String> module) {
        try {
            return certificate(TokenObject.parse(handle, slot, module));
        } catch (CredentialRefused e) {
            throw new IllegalArgumentException(e.getMessage());
        }
    }
}
