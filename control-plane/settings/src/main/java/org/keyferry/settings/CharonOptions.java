package org.keyferry.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The options of charon's section of strongswan.conf, one row each.
final class CharonOptions {
    /// What becomes of an option.
    enum Use {
        HONOURED,
        /// Means nothing here: about charon's own insides, or a default that needs no words.
        IDLE,
        /// Would change what the daemon does, but does not.
        WITHOUT_EFFECT
    }

    /// @param path names of sections and the key, `*` standing for any name and a last `**` for
    ///   anything at all
    /// @param type what its value must look like
    /// @param byDefault what holds where the option is not set; empty for nothing
    /// @param reason of an option without effect
    record Row(List<String> path, String type, String byDefault, Use use, String reason) {
        boolean isDefault(String value) {
            if (value.equals(byDefault)) return true;
            Optional<?> own = read(type, value);
            return own.isPresent() && own.equals(read(type, byDefault));
        }

        boolean takes(String value) {
            return check(type).test(value);
        }
    }

    private static final Map<String, String> REASONS =
            Map.of(
                    "auth", "this part of authentication is not supported yet",
                    "vip", "there is no such source or use of virtual addresses",
                    "ha", "clusters are not supported yet",
                    "test", "there is no such test aid",
                    "plugin", "there is no such plugin",
                    "own", "every socket is bound to the address that it sends from",
                    "v1", "only for IKEv1",
                    "load", "jobs do not queue",
                    "netlink", "requests to the kernel are pipelined and checked");

    /// Path, type, default (`-` for none), use: `+` honoured, `.` idle, else why it has no effect.
    private static final String TABLE =
            """
            accept_private_algs bool no +
            block_threshold int 5 +
            cookie_threshold int 30 +
            cookie_threshold_ip int 3 +
            dos_protection bool yes +
            init_limit_half_open int 0 +
            init_limit_job_load int 0 load
            half_open_timeout int 30 +
            ikesa_limit int 0 +
            ikesa_table_size int 1 .
            ikesa_table_segments int 1 .
            initiator_only bool no +
            inactivity_close_ike bool no +
            close_ike_on_child_failure bool no +
            reuse_ikesa bool yes +
            make_before_break bool yes +
            multiple_authentication bool yes +
            signature_authentication bool yes auth
            signature_authentication_constraints bool yes auth
            rsa_pss bool no +
            rsa_pss_trailerfield bool no auth
            force_eap_only_authentication bool no +
            flush_auth_cfg bool no .
            follow_redirects bool yes +
            hash_and_url bool no +
            prefer_configured_proposals bool yes +
            prefer_previous_dh_group bool yes +
            prefer_best_path bool no +
            check_current_path bool no +
            prefer_temporary_addrs bool no temporary
            cisco_flexvpn bool no flexvpn
            send_vendor_id bool no +
            delete_rekeyed bool no v1
            delete_rekeyed_delay int 5 +
            ignore_acquire_ts bool no +
            replay_window int:0..4096 32 +
            reqid_base int:1..2147483647 1 +
            spi_min spi 0xc0000000 +
            spi_max spi 0xcfffffff +
            spi_label bits 0 +
            spi_mask bits 0 +
            fragment_size int:0..65535 1280 +
            fragment_size_v4 int:0..65535 1280 +
            fragment_size_v6 int:0..65535 1280 +
            max_packet int:28..65535 10000 +
            keep_alive time 20s +
            keep_alive_dpd_margin time 0s +
            keyferry.children_limit int:0..1000000 256 +
            keyferry.dpd_counts_esp bool yes +
            keyferry.eap_tls_success_indication bool no +
            keyferry.eap_tls13_legacy_servers bool no +
            keyferry.tls_session_lifetime time 8h +
            keyferry.crash_detection bool yes +
            keyferry.keep_alive_limit time 100s +
            keyferry.puzzle_bits int:8..24 16 +
            keyferry.puzzle_limit int:0..32 20 +
            keyferry.puzzle_threshold int:0..1000000 0 +
            keyferry.reconnect_limit int:0..1000000 300 +
            keyferry.tcp_port int:0..65535 0 +
            keyferry.state_dir text /var/lib/keyferry +
            keyferry.sim.accept_identities bool yes +
            keyferry.sim.pseudonyms bool no +
            keyferry.sim.pseudonym_lifetime time 7d +
            keyferry.sim.reauth bool no +
            keyferry.sim.reauth_lifetime time 8h +
            keyferry.sim.reauth_limit int:1..10000 16 +
            keyferry.sim.result_indication bool no +
            keyferry.sim.network text - +
            keyferry.sim.subscribers text - +
            keyferry.sim.triplets text /etc/ipsec.d/triplets.dat +
            keyferry.sim.script text - +
            keyferry.sim.script_timeout time 5s +
            keyferry.sim.script_limit int:1..64 8 +
            retransmit_timeout num 4.0 +
            retransmit_base num 1.8 +
            retransmit_tries int:0..1000 5 +
            retransmit_jitter int 0 +
            retransmit_limit int 0 +
            retry_initiate_interval time 0s +
            send_delay int 0 test
            send_delay_request bool yes .
            send_delay_response bool yes .
            send_delay_type int 0 .
            receive_delay int 0 test
            receive_delay_request bool yes .
            receive_delay_response bool yes .
            receive_delay_type int 0 .
            port int:0..65535 500 +
            port_nat_t int:0..65535 4500 +
            interfaces_use text - +
            interfaces_ignore text - +
            install_routes bool yes +
            install_virtual_ip bool yes +
            install_virtual_ip_on text - +
            routing_table int 220 +
            routing_table_prio int 220 +
            ignore_routing_tables text - +
            process_route bool yes +
            dns1 text - +
            dns2 text - +
            nbns1 text - +
            nbns2 text - +
            cert_cache bool yes .
            cache_crls bool no +
            ocsp_nonce_len int:1..32 32 +
            rdn_matching text strict auth
            reject_trusted_end_entity bool no +
            x509.enforce_critical bool yes +
            threads int 16 .
            processor.** text - .
            host_resolver.max_threads int:1..1000 3 +
            host_resolver.min_threads int 0 .
            user text - +
            group text - +
            load text - .
            load_modular bool no .
            plugins.*.load text - .
            start-scripts.* text - +
            stop-scripts.* text - +
            integrity_test bool no .
            leak_detective.** text - .
            dh_exponent_ansi_x9_42 bool yes .
            crypto_test.** text - .
            cert_cache_size int - .
            tls.version_min one:1.2|1.3 1.2 +
            tls.version_max one:1.2|1.3 1.2 +
            tls.suites text - +
            tls.ke_group text - +
            tls.send_certreq_authorities bool yes +
            tls.** text - auth
            iptfs.** text - iptfs
            filelog.** text - +
            syslog.** text - +
            journal.** text - +
            keyferry.** text - +
            imcv.** text - plugin
            tnc.** text - plugin
            plugins.vici.socket text - +
            plugins.kernel-netlink.buflen int - .
            plugins.kernel-netlink.fwmark rulemark - +
            plugins.kernel-netlink.hw_offload_feature_interface text lo device
            plugins.kernel-netlink.install_routes_xfrmi bool no +
            plugins.kernel-netlink.mtu int 0 +
            plugins.kernel-netlink.mss int 0 +
            plugins.kernel-netlink.parallel_route bool no .
            plugins.kernel-netlink.parallel_xfrm bool no .
            plugins.kernel-netlink.policy_update bool no +
            plugins.kernel-netlink.port_bypass bool no +
            plugins.kernel-netlink.process_rules bool no +
            plugins.kernel-netlink.receive_buffer_size int 8388608 +
            plugins.kernel-netlink.force_receive_buffer_size bool no .
            plugins.kernel-netlink.roam_events bool yes +
            plugins.kernel-netlink.set_proto_port_transport_sa bool no +
            plugins.kernel-netlink.spdh_thresh.ipv4.lbits int:0..32 32 +
            plugins.kernel-netlink.spdh_thresh.ipv4.rbits int:0..32 32 +
            plugins.kernel-netlink.spdh_thresh.ipv6.lbits int:0..128 128 +
            plugins.kernel-netlink.spdh_thresh.ipv6.rbits int:0..128 128 +
            plugins.kernel-netlink.retries int 0 netlink
            plugins.kernel-netlink.timeout int 0 netlink
            plugins.kernel-netlink.ignore_retransmit_errors bool no netlink
            plugins.kernel-netlink.xfrm_acq_expires int - +
            plugins.updown.dns_handler bool no +
            plugins.socket-default.fwmark mark - +
            plugins.socket-default.set_source bool yes own
            plugins.socket-default.set_sourceif bool no sourceif
            plugins.socket-default.use_ipv4 bool yes +
            plugins.socket-default.use_ipv6 bool yes +
            plugins.attr.** text - +
            plugins.attr-sql.** text - vip
            plugins.dhcp.load text - +
            plugins.dhcp.server ipv4 255.255.255.255 +
            plugins.dhcp.identity_lease bool no +
            plugins.dhcp.force_server_address bool no +
            plugins.dhcp.interface text - +
            plugins.dhcp.interface_receive text - +
            plugins.dhcp.use_server_port bool no +
            plugins.dhcp.** text - vip
            plugins.farp.load text - +
            plugins.connmark.load text - +
            plugins.forecast.load text - +
            plugins.forecast.groups groups - +
            plugins.forecast.interface text - +
            plugins.forecast.reinject text - +
            plugins.p-cscf.** text - vip
            plugins.resolve.load text - +
            plugins.resolve.file text /etc/resolv.conf +
            plugins.resolve.resolvconf.path text - +
            plugins.resolve.resolvconf.iface text lo.ipsec +
            plugins.resolve.resolvconf.iface_prefix text - +
            plugins.resolve.** text - vip
            plugins.unbound.** text - vip
            plugins.bypass-lan.** text - plugin
            plugins.eap-radius.server text - +
            plugins.eap-radius.secret text - +
            plugins.eap-radius.port int:1..65535 1812 +
            plugins.eap-radius.auth_port int:1..65535 1812 +
            plugins.eap-radius.acct_port int:1..65535 1813 +
            plugins.eap-radius.nas_identifier text strongSwan +
            plugins.eap-radius.preference int:-10000..10000 0 +
            plugins.eap-radius.sockets int:1..64 1 +
            plugins.eap-radius.source text - +
            plugins.eap-radius.retransmit_base num 1.4 +
            plugins.eap-radius.retransmit_timeout num 2.0 +
            plugins.eap-radius.retransmit_tries int:1..100 4 +
            plugins.eap-radius.servers.*.address text - +
            plugins.eap-radius.servers.*.secret text - +
            plugins.eap-radius.servers.*.port int:1..65535 1812 +
            plugins.eap-radius.servers.*.auth_port int:1..65535 1812 +
            plugins.eap-radius.servers.*.acct_port int:1..65535 1813 +
            plugins.eap-radius.servers.*.nas_identifier text strongSwan +
            plugins.eap-radius.servers.*.preference int:-10000..10000 0 +
            plugins.eap-radius.servers.*.sockets int:1..64 1 +
            plugins.eap-radius.servers.*.source text - +
            plugins.eap-radius.servers.*.retransmit_base num 1.4 +
            plugins.eap-radius.servers.*.retransmit_timeout num 2.0 +
            plugins.eap-radius.servers.*.retransmit_tries int:1..100 4 +
            plugins.eap-radius.class_group bool no +
            plugins.eap-radius.filter_id bool no +
            plugins.eap-radius.eap_start bool no +
            plugins.eap-radius.id_prefix text - +
            plugins.eap-radius.station_id_with_port bool yes +
            plugins.eap-radius.close_all_on_timeout bool no +
            plugins.eap-radius.accounting bool no +
            plugins.eap-radius.accounting_interval time 0s +
            plugins.eap-radius.accounting_close_on_timeout bool yes +
            plugins.eap-radius.accounting_requires_vip bool no +
            plugins.eap-radius.accounting_send_class bool no +
            plugins.eap-radius.dae.enable bool no +
            plugins.eap-radius.dae.listen text 0.0.0.0 +
            plugins.eap-radius.dae.port int:1..65535 3799 +
            plugins.eap-radius.dae.secret text - +
            plugins.eap-radius.forward.** text - forward
            plugins.eap-radius.xauth.** text - v1
            plugins.eap-dynamic.preferred text - +
            plugins.eap-dynamic.prefer_user bool no +
            plugins.eap-dynamic.** text - auth
            plugins.eap-tls.fragment_size int:64..65535 1024 +
            plugins.eap-tls.max_message_count int:0..65535 32 +
            plugins.eap-tls.include_length bool yes +
            plugins.eap-tls.** text - auth
            plugins.eap-ttls.fragment_size int:64..65535 1024 +
            plugins.eap-ttls.max_message_count int:0..65535 32 +
            plugins.eap-ttls.include_length bool yes +
            plugins.eap-ttls.phase2_method one:md5|gtc|mschapv2 md5 +
            plugins.eap-ttls.phase2_piggyback bool no +
            plugins.eap-ttls.request_peer_auth bool no +
            plugins.eap-ttls.** text - auth
            plugins.eap-peap.fragment_size int:64..65535 1024 +
            plugins.eap-peap.max_message_count int:0..65535 32 +
            plugins.eap-peap.include_length bool no +
            plugins.eap-peap.phase2_method one:md5|gtc|mschapv2 mschapv2 +
            plugins.eap-peap.phase2_piggyback bool no +
            plugins.eap-peap.request_peer_auth bool no +
            plugins.eap-peap.** text - auth
            plugins.eap-aka.request_identity bool yes +
            plugins.eap-aka.** text - auth
            plugins.eap-aka-3gpp2.** text - auth
            plugins.eap-sim.request_identity bool yes +
            plugins.eap-sim.** text - auth
            plugins.eap-simaka-sql.** text - auth
            plugins.eap-gtc.** text - auth
            plugins.eap-tnc.** text - auth
            plugins.xauth-eap.** text - v1
            plugins.xauth-pam.** text - v1
            plugins.revocation.enable_crl bool yes +
            plugins.revocation.enable_ocsp bool yes +
            plugins.revocation.timeout time 10s +
            plugins.curl.redir text -1 +
            plugins.curl.** text - .
            plugins.pkcs11.modules.*.path text - +
            plugins.pkcs11.modules.*.load_certs bool yes +
            plugins.pkcs11.modules.*.os_locking bool no +
            plugins.pkcs11.reload_certs bool no +
            plugins.pkcs11.use_dh bool no software
            plugins.pkcs11.use_ecc bool no software
            plugins.pkcs11.use_hasher bool no software
            plugins.pkcs11.use_pubkey bool no software
            plugins.pkcs11.use_rng bool no software
            plugins.tpm.** text - auth
            plugins.addrblock.strict bool yes +
            plugins.addrblock.depth text -1 +
            plugins.certexpire.** text - auth
            plugins.coupling.** text - auth
            plugins.ext-auth.** text - auth
            plugins.ipseckey.** text - auth
            plugins.dnscert.** text - auth
            plugins.whitelist.** text - auth
            plugins.radattr.** text - auth
            plugins.systime-fix.** text - auth
            plugins.ha.** text - ha
            plugins.openssl.** text - .
            plugins.gcrypt.** text - .
            plugins.random.** text - .
            plugins.ntru.** text - .
            plugins.duplicheck.** text - plugin
            plugins.error-notify.** text - plugin
            plugins.lookip.** text - plugin
            plugins.save-keys.** text - plugin
            plugins.kernel-libipsec.** text - plugin
            plugins.kernel-pfkey.** text - plugin
            plugins.kernel-pfroute.** text - plugin
            plugins.led.** text - plugin
            plugins.load-tester.** text - plugin
            plugins.medcli.** text - plugin
            plugins.medsrv.** text - plugin
            plugins.sql.** text - plugin
            plugins.stroke.** text - plugin
            plugins.tnc-ifmap.** text - plugin
            plugins.tnc-imc.** text - plugin
            plugins.tnc-imv.** text - plugin
            plugins.tnc-pdp.** text - plugin
            plugins.tnccs-11.** text - plugin
            plugins.tnccs-20.** text - plugin
            plugins.android_log.** text - plugin
            plugins.counters.** text - .
            """;

    private static final Map<String, String> OTHER_REASONS =
            Map.of(
                    "temporary", "the kernel's choice of source addresses is taken",
                    "flexvpn", "a FlexVPN peer is not told apart",
                    "device", "the device itself is asked what it can do",
                    "forward", "attributes are not passed between IKE and RADIUS",
                    "iptfs", "IP-TFS is not supported",
                    "software", "tokens sign, everything else is computed by the processor",
                    "sourceif", "packets take the interface that the routes say");

    /// Rows by the first name of their path, most exact first.
    private static final Map<String, List<Row>> ROWS = rows();

    private CharonOptions() {}

    /// @param path names of sections and the key
    static Optional<Row> find(List<String> path) {
        return ROWS.getOrDefault(path.getFirst(), List.of()).stream()
                .filter(row -> matches(row.path(), path))
                .findFirst();
    }

    private static boolean matches(List<String> row, List<String> path) {
        for (int i = 0; i < row.size(); i++) {
            String wanted = row.get(i);
            if (wanted.equals("**")) return i < path.size();
            boolean same = i < path.size() && (wanted.equals("*") || wanted.equals(path.get(i)));
            if (!same) return false;
        }
        return row.size() == path.size();
    }

    private static Map<String, List<Row>> rows() {
        var rows = new HashMap<String, List<Row>>();
        for (String line : TABLE.lines().toList()) {
            Row row = row(line.split(" ", 4));
            rows.computeIfAbsent(row.path().getFirst(), _ -> new ArrayList<>()).add(row);
        }
        return rows;
    }

    private static Row row(String[] columns) {
        Use use =
                switch (columns[3]) {
                    case "+" -> Use.HONOURED;
                    case "." -> Use.IDLE;
                    default -> Use.WITHOUT_EFFECT;
                };
        String reason =
                Optional.ofNullable(REASONS.get(columns[3]))
                        .or(() -> Optional.ofNullable(OTHER_REASONS.get(columns[3])))
                        .orElse("");
        if (use == Use.WITHOUT_EFFECT && reason.isEmpty())
            throw new IllegalStateException(Arrays.toString(columns));
        String byDefault = columns[2].equals("-") ? "" : columns[2];
        return new Row(List.of(columns[0].split("\\.", -1)), columns[1], byDefault, use, reason);
    }

    private static Predicate<String> check(String type) {
        return value -> read(type, value).isPresent();
    }

    private static Optional<?> read(String type, String value) {
        return switch (type) {
            case "bool" -> ConfValues.bool(value);
            case "num" -> ConfValues.number(value).filter(number -> number > 0);
            case "time" -> ConfValues.time(value);
            case "mark" -> ConfValues.mark(value);
            case "rulemark" -> ConfValues.mark(value.startsWith("!") ? value.substring(1) : value);
            case "ipv4" -> ConfValues.ipv4(value);
            case "groups" -> ForecastConf.groups(value);
            case "bits" -> ConfValues.bits(value);
            case "spi" -> ConfValues.integer(value);
            case "text" -> Optional.of(value);
            default -> type.startsWith("one:") ? one(type, value) : integer(type, value);
        };
    }

    /// `one:this|that`, in letters of any case.
    private static Optional<String> one(String type, String value) {
        return List.of(type.substring("one:".length()).split("\\|", -1)).stream()
                .filter(value.toLowerCase(Locale.ROOT)::equals)
                .findFirst();
    }

    /// `int`, from zero, or `int:least..most`.
    private static Optional<Integer> integer(String type, String value) {
        if (type.equals("int")) return ConfValues.integer(value).filter(number -> number >= 0);
        String[] bounds = type.substring("int:".length()).split("\\.\\.", -1);
        int least = Integer.parseInt(bounds[0]);
        int most = Integer.parseInt(bounds[1]);
        return ConfValues.integer(value).filter(number -> number >= least && number <= most);
    }
}
