package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.model.PoolSpec.Attribute;

class ConfigPayloadConfTest {
    private static StrongswanConf conf(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return StrongswanConf.of(
                SettingsParser.parse(Path.of("strongswan.conf"), bytes, FileSource.DISK));
    }

    @Test
    void attributesForEveryPeer() throws Exception {
        assertEquals(
                List.of(
                        new Attribute("dns", "10.0.0.1"),
                        new Attribute("nbns", "10.0.0.3"),
                        new Attribute("dns", "10.0.0.4"),
                        new Attribute("dns", "fec0::1"),
                        new Attribute("split_include", "10.1.0.0/16"),
                        new Attribute("25", "example.com")),
                conf("""
                charon {
                  dns1 = 10.0.0.1
                  nbns1 = 10.0.0.3
                  plugins { attr {
                    load = yes
                    dns = 10.0.0.4, fec0::1
                    split-include = 10.1.0.0/16
                    25 = example.com
                  } }
                }
                """)
                        .configPayloads()
                        .attributes());
        assertEquals(
                List.of(),
                conf("charon { plugins { attr { load = no, dns = 10.0.0.4 } } }".replace(",", "\n"))
                        .configPayloads()
                        .attributes());
    }

    @Test
    void whereNameServersGo() throws Exception {
        var byDefault = conf("").configPayloads();
        assertFalse(byDefault.updownHasNameServers());
        assertEquals(
                new ConfigPayloadConf.NameServers(
                        true,
                        Path.of("/etc/resolv.conf"),
                        Optional.empty(),
                        "lo.ipsec",
                        Optional.empty()),
                byDefault.nameServers());
        var set =
                conf("""
                charon { plugins {
                  updown { dns_handler = yes }
                  resolve {
                    load = no
                    file = /tmp/r
                    resolvconf { path = /bin/rc
                      iface = a
                      iface_prefix = b. }
                  }
                } }
                """)
                        .configPayloads();
        assertTrue(set.updownHasNameServers());
        assertEquals(
                new ConfigPayloadConf.NameServers(
                        false,
                        Path.of("/tmp/r"),
                        Optional.of(Path.of("/bin/rc")),
                        "a",
                        Optional.of("b.")),
                set.nameServers());
    }

    @Test
    void whereVirtualIpsGo() throws Exception {
        assertEquals(KernelConf.VirtualIps.DEFAULT, conf("").kernel().virtualIps());
        assertEquals(
                new KernelConf.VirtualIps(false, Optional.of("dummy0")),
                conf("charon { install_virtual_ip = no\n install_virtual_ip_on = dummy0 }")
                        .kernel()
                        .virtualIps());
    }
}
