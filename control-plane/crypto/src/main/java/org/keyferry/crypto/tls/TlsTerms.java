package org.keyferry.crypto.tls;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.keyferry.crypto.SigningKey;
import org.keyferry.wire.Bytes;

/// What one end of a TLS connection brings and demands.
///
/// @param minVersion as on the wire, 0x0303 for 1.2; likewise `maxVersion`
/// @param suites IANA names; empty for all that are good
/// @param groups charon's keywords of key exchange groups; empty for all
/// @param own certificate and key; a server must have one
/// @param askPeer as server: the client must have a certificate
/// @param judge what is wrong with the peer's certificates, which come as DER, its own first; empty
///   if nothing is. It is asked while the handshake runs, so it may take time
/// @param key what is made of the handshake for others
/// @param authorities DER of the names of CAs that a server asks for certificates of
/// @param resumption of former sessions
public record TlsTerms(
        int minVersion,
        int maxVersion,
        List<String> suites,
        List<String> groups,
        Optional<Own> own,
        boolean askPeer,
        Function<List<Bytes>, Optional<String>> judge,
        Exported key,
        List<Bytes> authorities,
        Resumption resumption) {
    public static final int V1_0 = 0x0301;
    public static final int V1_2 = 0x0303;
    public static final int V1_3 = 0x0304;

    /// Key material of both ends (RFC 5705, RFC 8446 §7.5); before TLS 1.3 also without the
    /// extended master secret, as EAP methods have it.
    ///
    /// @param oldLabel before TLS 1.3, without context
    /// @param label in TLS 1.3
    public record Exported(String oldLabel, String label, Bytes context, int count) {}

    /// Which sessions may be taken up again. Whoever gives one has judged the peer's certificates
    /// in it: nobody shows any in a resumed handshake. The giver goes on to own the session.
    ///
    /// @param wanted as server: sessions get an id, by which they can be resumed
    /// @param offered as client: to be resumed if the server agrees
    /// @param known as server: the session of that id, if it may be resumed now
    public record Resumption(
            boolean wanted,
            Optional<ResumableSession> offered,
            Function<Bytes, Optional<ResumableSession>> known) {
        public static final Resumption NONE =
                new Resumption(false, Optional.empty(), _ -> Optional.empty());

        public static Resumption client(Optional<ResumableSession> offered) {
            return new Resumption(true, offered, _ -> Optional.empty());
        }

        public static Resumption server(Function<Bytes, Optional<ResumableSession>> known) {
            return new Resumption(true, Optional.empty(), known);
        }
    }

    /// @param chain DER, the own certificate first, without the root
    public record Own(List<Bytes> chain, SigningKey key) {
        public Own {
            chain = List.copyOf(chain);
        }
    }

    /// What is configured and not known, of suites and groups: these are left out.
    public List<String> unknown() {
        return Suites.unknown(this);
    }

    public TlsTerms {
        suites = List.copyOf(suites);
        groups = List.copyOf(groups);
        authorities = List.copyOf(authorities);
    }
}
