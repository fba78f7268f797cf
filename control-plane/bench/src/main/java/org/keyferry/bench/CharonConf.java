package org.keyferry.bench;

import java.nio.file.Path;
import java.util.Map;

/// charon's configuration: whatever is not IKE is off, so that it is measured as a responder and
/// not as the owner of a kernel. Its kernel-libipsec plugin is no way to that: it walks through a
/// list of all states for each new one.
final class CharonConf {
    /// charon's own hashes and AES-NI are faster than OpenSSL 3's here, OpenSSL's X25519 is faster
    /// than charon's.
    private static final String PLUGINS =
            "random nonce aesni aes sha1 sha2 hmac kdf gcm openssl x509 pem"
                    + " pkcs1 pkcs8 pubkey constraints eap-identity eap-tls kernel-netlink socket-default vici";

    /// In words, for the reader of the table.
    static final String DESCRIPTION =
            """
            charon: its XFRM requests are answered by a library preloaded into it and reach no kernel, as with
              keyferryd's null dataplane; children with policies = no; install_routes, process_route and
              install_virtual_ip off; a hash table of 65536 IKE_SAs in 16 segments;
              the fastest plugin for each algorithm; logs, cookies and limits of half-open IKE_SAs off; unique = never""";

    /// What `control-plane/bench/run` made of `lib/null-kernel.c`.
    static Map<String, String> environment(Path work) {
        return Map.of("LD_PRELOAD", work.resolve("null-kernel.so").toString());
    }

    static String strongswanConf(Path directory) {
        return """
        charon-systemd {
          load = %s
          dos_protection = no
          install_routes = no
          process_route = no
          install_virtual_ip = no
          ikesa_table_size = 65536
          ikesa_table_segments = 16
          journal { default = -1 }
          filelog { quiet { path = %s/daemon.log
            default = -1 } }
          syslog { daemon { default = -1 } }
        }
        libtls { version_max = 1.2 }
        """
                .formatted(PLUGINS, directory);
    }

    private CharonConf() {}
}
