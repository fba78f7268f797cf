package org.keyferry.cli;

import org.keyferry.vici.ViciMessage;

/// Events in the shape that charon gives them.
final class Samples {
    private Samples() {}

    static final ViciMessage GW_CONFIG =
            config("gw", "net", "10.1.0.0/16", "10.2.0.0/16", "192.0.2.1", "192.0.2.2");
    static final ViciMessage DOWN_CONFIG =
            config("branch", "lan", "10.1.0.0/16", "dynamic", "%any", "branch.example");

    static final ViciMessage GW_SA =
            ViciMessage.builder()
                    .section(
                            "gw",
                            gw ->
                                    gw.put("uniqueid", 1)
                                            .put("version", 2)
                                            .put("state", "ESTABLISHED")
                                            .put("local-host", "192.0.2.1")
                                            .put("local-port", 4500)
                                            .put("local-id", "moon")
                                            .put("remote-host", "192.0.2.2")
                                            .put("remote-port", 4500)
                                            .put("remote-id", "sun")
                                            .put("initiator", "yes")
                                            .put("initiator-spi", "00000000000000ff")
                                            .put("responder-spi", "ff00000000000000")
                                            .put("nat-remote", "yes")
                                            .put("encr-alg", "AES_GCM_16")
                                            .put("encr-keysize", 256)
                                            .put("prf-alg", "PRF_HMAC_SHA2_256")
                                            .put("dh-group", "CURVE_25519")
                                            .put("established", 400)
                                            .put("rekey-time", 13000)
                                            .section(
                                                    "child-sas",
                                                    s -> s.section("net-5", Samples::childSa)))
                    .build();

    static final ViciMessage TRAP =
            ViciMessage.builder()
                    .section(
                            "branch/lan",
                            p ->
                                    p.put("child", "lan")
                                            .put("ike", "branch")
                                            .put("mode", "TUNNEL")
                                            .list("local-ts", "10.1.0.0/16")
                                            .list(
                                                    "remote-ts",
                                                    "fd00::/64",
                                                    "10.9.0.0/16[tcp/http]"))
                    .build();

    static final ViciMessage BYPASS =
            ViciMessage.builder()
                    .section(
                            "office/printers",
                            p ->
                                    p.put("child", "printers")
                                            .put("ike", "office")
                                            .put("mode", "PASS")
                                            .list("local-ts", "10.1.0.0/16")
                                            .list("remote-ts", "10.1.9.0/24"))
                    .build();

    private static void childSa(ViciMessage.Builder child) {
        child.put("name", "net")
                .put("uniqueid", 5)
                .put("reqid", 2)
                .put("state", "INSTALLED")
                .put("mode", "TUNNEL")
                .put("protocol", "ESP")
                .put("encap", "yes")
                .put("spi-in", "c0ffee01")
                .put("spi-out", "0ffee002")
                .put("encr-alg", "AES_GCM_16")
                .put("encr-keysize", 256)
                .put("bytes-in", 84)
                .put("packets-in", 1)
                .put("use-in", 3)
                .put("bytes-out", 1536)
                .put("packets-out", 2)
                .put("rekey-time", 3000)
                .put("life-time", 3600)
                .put("install-time", 360)
                .list("local-ts", "10.1.0.0/16")
                .list("remote-ts", "10.2.0.0/16");
    }

    private static ViciMessage config(
            String name,
            String child,
            String localTs,
            String remoteTs,
            String localAddress,
            String remoteAddress) {
        return ViciMessage.builder()
                .section(
                        name,
                        conn ->
                                conn.list("local_addrs", localAddress)
                                        .list("remote_addrs", remoteAddress)
                                        .put("version", "IKEv2")
                                        .put("reauth_time", 0)
                                        .put("rekey_time", 14400)
                                        .put("unique", "UNIQUE_NO")
                                        .section(
                                                "children",
                                                children ->
                                                        children.section(
                                                                child,
                                                                c ->
                                                                        c.put("mode", "TUNNEL")
                                                                                .list(
                                                                                        "local-ts",
                                                                                        localTs)
                                                                                .list(
                                                                                        "remote-ts",
                                                                                        remoteTs))))
                .build();
    }
}
