package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.wire.EapType;

class EapConfTest {
    private static EapOptions eap(String options) throws SettingsException {
        return StrongswanConf.of(SettingsGrammarTest.parse("charon {\n" + options + "\n}")).eap();
    }

    @Test
    void withoutOptions() throws Exception {
        assertEquals(EapOptions.DEFAULT, eap(""));
    }

    @Test
    void whatCannotBeTakenLeavesTheDefault() throws Exception {
        assertEquals(
                EapOptions.DEFAULT,
                eap(
                        """
                        tls {
                          version_min = 1.0
                          version_max = 1.1
                        }
                        plugins {
                          eap-ttls { phase2_method = tls }
                          eap-peap { phase2_method = ttls }
                        }
                        keyferry { tls_session_lifetime = long }"""));
    }

    @Test
    void optionsOfTls() throws Exception {
        EapOptions read =
                eap(
                        """
                        tls {
                          version_min = 1.3
                          version_max = 1.3
                          suites = TLS_AES_128_GCM_SHA256
                          ke_group = curve25519, ecp256
                          send_certreq_authorities = no
                        }
                        plugins {
                          eap-ttls { phase2_method = GTC }
                        }
                        keyferry { tls_session_lifetime = 20m }""");
        var expected =
                new EapOptions.TlsLimits(
                        0x0304,
                        0x0304,
                        List.of("TLS_AES_128_GCM_SHA256"),
                        List.of("curve25519", "ecp256"),
                        false,
                        false,
                        false,
                        Duration.ofMinutes(20));
        assertEquals(expected, read.limits());
        assertEquals(EapType.GTC, read.ttls().phase2Method());
    }

    @Test
    void noSessionsAtAll() throws Exception {
        assertEquals(
                Duration.ZERO,
                eap("keyferry { tls_session_lifetime = 0 }").limits().sessionLifetime());
    }
}
