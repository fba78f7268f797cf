package org.keyferry.daemon.revocation;

import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.InitialDirContext;
import org.keyferry.wire.Bytes;

/// LDAP (RFC 4516): one attribute of one entry, asked for without a name or password.
final class LdapFetch {
    private static final int DEFAULT_PORT = 389;
    private static final String PREFIX = "ldap://";

    /// What a URI names.
    ///
    /// @param server host and perhaps port
    /// @param entry distinguished name
    record Target(String server, String entry, String attribute) {
        static Target parse(String uri) throws FetchFailed {
            String rest = uri.strip().substring(PREFIX.length());
            int slash = rest.indexOf('/');
            int question = rest.indexOf('?');
            if (!uri.strip().regionMatches(true, 0, PREFIX, 0, PREFIX.length())
                    || slash <= 0
                    || question < slash) {
                throw new FetchFailed("not an LDAP URI with host, entry and attribute");
            }
            String attribute = rest.substring(question + 1).split("\\?", 2)[0];
            if (attribute.isEmpty() || attribute.contains(",")) {
                throw new FetchFailed("an LDAP URI must name one attribute");
            }
            return new Target(
                    rest.substring(0, slash),
                    plain(rest.substring(slash + 1, question)),
                    attribute);
        }

        /// Percent-encoded or not: charon takes both.
        private static String plain(String text) throws FetchFailed {
            try {
                return java.net.URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw new FetchFailed("not usable: " + e.getMessage());
            }
        }

        String provider() {
            boolean hasPort = server.matches(".*:[0-9]+") && !server.endsWith("]");
            return PREFIX + server + (hasPort ? "" : ":" + DEFAULT_PORT);
        }
    }

    /// Attributes are read, and nothing is looked up: what a server sends becomes bytes, never an
    /// object.
    @SuppressWarnings({"BanJNDI", "JdkObsolete"})
    static Bytes fetch(Fetcher.Request request) throws FetchFailed {
        Target target = Target.parse(request.uri());
        String timeout = String.valueOf(request.timeout().toMillis());
        var environment = new Hashtable<String, String>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
        environment.put(Context.PROVIDER_URL, target.provider());
        environment.put(Context.REFERRAL, "ignore");
        environment.put("com.sun.jndi.ldap.connect.timeout", timeout);
        environment.put("com.sun.jndi.ldap.read.timeout", timeout);
        environment.put("java.naming.ldap.version", "3");
        environment.put("java.naming.ldap.attributes.binary", target.attribute());
        try {
            var directory = new InitialDirContext(environment);
            try {
                var name = new javax.naming.ldap.LdapName(target.entry());
                return value(directory.getAttributes(name, ofInterest(target)), request);
            } finally {
                directory.close();
            }
        } catch (NamingException e) {
            Throwable cause = e.getRootCause() == null ? e : e.getRootCause();
            throw new FetchFailed(cause.toString());
        }
    }

    /// Lists are kept in binary, which some servers tell only when asked so (RFC 4523).
    private static String[] ofInterest(Target target) {
        String plain = target.attribute();
        return plain.contains(";") ? new String[] {plain} : new String[] {plain, plain + ";binary"};
    }

    private static Bytes value(Attributes attributes, Fetcher.Request request)
            throws NamingException, FetchFailed {
        var all = attributes.getAll();
        try {
            while (all.hasMore()) {
                Attribute attribute = all.next();
                if (attribute.size() > 0 && attribute.get() instanceof byte[] content) {
                    if (content.length > request.maxBytes()) {
                        throw new FetchFailed("more than %d bytes".formatted(request.maxBytes()));
                    }
                    return Bytes.of(content);
                }
            }
        } finally {
            all.close();
        }
        throw new FetchFailed("the entry has no such attribute");
    }

    private LdapFetch() {}
}
