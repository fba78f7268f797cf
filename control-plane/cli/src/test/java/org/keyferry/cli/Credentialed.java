package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A swanctl directory with a key of every kind, made by OpenSSL's own program.
final class Credentialed {
    static final String SCRIPT =
            """
            set -e
            mkdir -p x509 x509ca x509ocsp x509aa x509ac x509crl pubkey private rsa ecdsa bliss pkcs8 pkcs12
            openssl ecparam -name prime256v1 -genkey -noout -out ca.key
            openssl req -x509 -new -key ca.key -subj /C=CH/O=Ferry/CN=CA -days 3650 \
                -addext basicConstraints=critical,CA:true -out x509ca/ca.pem
            issue() { # name, key, days
                openssl req -new -key "$2" -subj "/C=CH/O=Ferry/CN=$1" -out "$1.csr"
                openssl x509 -req -in "$1.csr" -CA x509ca/ca.pem -CAkey ca.key -days "$3" -out "$1.pem"
            }
            openssl genrsa -traditional -out moon.key 2048
            issue moon moon.key 400
            mv moon.pem x509/moon.pem
            openssl rsa -in moon.key -traditional -aes256 -passout pass:ferry1 -out rsa/moon.pem
            openssl ecparam -name secp384r1 -genkey -noout -out sun.key
            issue sun sun.key 10
            openssl x509 -in sun.pem -outform DER -out x509/sun.der
            openssl pkcs8 -topk8 -v2 aes-256-cbc -in sun.key -passout pass:ferry2 -out pkcs8/sun.pem
            openssl ecparam -name prime256v1 -genkey -noout -out ecdsa/plain.pem
            openssl genpkey -algorithm ED25519 -outform DER -out private/ed.der
            openssl ec -in ecdsa/plain.pem -pubout -out pubkey/plain.pem
            openssl ecparam -name prime256v1 -genkey -noout -out carol.key
            issue carol carol.key 365
            openssl pkcs12 -export -inkey carol.key -in carol.pem -certfile x509ca/ca.pem \
                -passout pass:ferry3 -out pkcs12/carol.p12
            cp ecdsa/plain.pem plain.key
            openssl pkey -inform DER -in private/ed.der -out ed.key
            """;

    /// Keys that the script leaves unencrypted beside those in directories.
    static final List<String> PLAIN_KEYS =
            List.of("moon.key", "sun.key", "plain.key", "ed.key", "carol.key");

    static final String CONF =
            """
            secrets {
              rsa-moon { file = moon.pem
                secret = ferry1 }
              pkcs8-sun { file = sun.pem
                secret = ferry2 }
              pkcs12-carol { file = carol.p12
                secret = "ferry3" }
              ike-office { id-1 = moon.example
                id-2 = sun.example
                secret = 0x00112233 }
              eap-carol { id = carol
                secret = "a lantern" }
            }
            pools { p4 { addrs = 10.9.0.0/24
                dns = 10.9.0.1, 10.9.0.2
                28 = 0x0a } }
            authorities { ca { cacert = ca.pem
                crl_uris = http://crl.example/a.crl, http://crl.example/b.crl } }
            connections {
              gw {
                version = 2
                local_addrs = 127.0.0.1
                remote_addrs = 127.0.0.2, gw.example
                proposals = aes128-sha256-x25519, default
                local { auth = pubkey
                  certs = moon.pem, sun.der }
                remote { auth = pubkey
                  cacerts = ca.pem
                  id = "C=CH, O=Ferry, CN=sun" }
                children { net { local_ts = 10.1.0.0/16, 10.3.0.0/16[tcp/80]
                    remote_ts = 10.2.0.0/16 }
                  bypass { mode = drop
                    local_ts = 10.1.0.0/16
                    remote_ts = 10.1.0.0/16 } }
              }
              raw { local { auth = pubkey
                  pubkeys = plain.pem }
                remote-1 { cert1 { file = @DIR@/x509/sun.der } } }
            }
            """;

    private Credentialed() {}

    static Path make(Path directory) throws Exception {
        Path swanctl = Files.createDirectories(directory.resolve("swanctl"));
        Path log = directory.resolve("openssl.log");
        var builder = new ProcessBuilder("/bin/sh", "-c", SCRIPT).directory(swanctl.toFile());
        Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        process.waitFor(120, TimeUnit.SECONDS);
        assertEquals(0, process.exitValue(), Files.readString(log));
        Files.writeString(
                swanctl.resolve("swanctl.conf"), CONF.replace("@DIR@", swanctl.toString()));
        return swanctl;
    }
}
