package org.keyferry.daemon.vici;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.daemon.LoopbackPair;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciPrinter;

/// Requests that are wrong or find nothing, and what charon 5.9.8 answers to each of them, captured
/// from Debian's.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnswersTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private LoopbackPair pair;
    private ViciClient client;

    @BeforeAll
    void start() throws Exception {
        pair = LoopbackPair.start(-1);
        client = ViciClient.connect(pair.left().vici());
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        pair.close();
    }

    /// @param request blank, or `key=value` pairs; a list is `key[]=item`, and what follows `/`
    ///   lies in a section of that name
    private static ViciMessage message(String request) {
        var out = ViciMessage.builder();
        String section = request.contains("/") ? request.substring(0, request.indexOf('/')) : "";
        String pairs = request.substring(request.indexOf('/') + 1);
        if (section.isEmpty()) {
            put(out, pairs);
        } else {
            out.section(section, in -> put(in, pairs));
        }
        return out.build();
    }

    private static void put(ViciMessage.Builder out, String pairs) {
        for (String pair : pairs.isBlank() ? new String[0] : pairs.strip().split(" ", -1)) {
            String[] halves = pair.split("=", 2);
            if (halves[0].endsWith("[]")) {
                out.list(halves[0].substring(0, halves[0].length() - 2), halves[1]);
            } else {
                out.put(halves[0], halves[1]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "load-key,         '',                      key type missing",
        "load-key,         type=rsa,                key data missing",
        "load-key,         type=nonsense data=x,    invalid key type: nonsense",
        "load-key,         type=any data=x,         parsing ANY private key failed",
        "load-key,         type=ecdsa data=x,       parsing ECDSA private key failed",
        "unload-key,       '',                      key id missing",
        "unload-key,       id=ff,                   key not found",
        "load-cert,        '',                      certificate type missing",
        "load-cert,        type=x,                  invalid certificate type 'x'",
        "load-cert,        type=x509,               certificate data missing",
        "load-cert,        type=x509 flag=q,        invalid certificate flag 'q'",
        "load-cert,        type=x509ca data=x,      parsing X509 certificate failed",
        "load-cert,        type=any data=x,         parsing ANY certificate failed",
        "load-cert,        type=pubkey data=x,      parsing PUBKEY certificate failed",
        "load-authority,   a/,                      CA certificate missing: a",
        "load-authority,   a/x=y,                   'unknown option: x, authority discarded'",
        "load-authority,   a/crl_uris=y,         'unknown option: crl_uris, authority discarded'",
        "load-authority,   a/cacert=zz,             CA certificate missing: a",
        "unload-authority, '',                      unload: missing authority name",
        "unload-authority, name=zz,                 unload: authority 'zz' not found",
        "load-pool,        p/,                      missing addrs for pool 'p'",
        "load-pool,        p/addrs=x,               invalid addrs value: x",
        "load-pool,        p/addrs=10.0.0.0/8 foo[]=x,   invalid attribute: foo",
        "load-pool,        p/addrs=10.0.0.0/8 dns[]=x,   invalid attribute value for dns",
        "load-pool,        p/addrs=10.0.0.0/8 dns=10.0.0.1, invalid attribute: dns",
        "load-pool,        p/addrs[]=10.0.0.0/8,    invalid attribute: addrs",
        "unload-pool,      '',                      missing pool name to unload",
        "unload-pool,      name=zz,                 zz not found",
        "load-token,       '',                      keyid missing",
        "load-shared,      '',                      shared key type missing",
        "load-shared,      type=q,                  invalid shared key type: q",
        "load-shared,      type=ike,                shared key data missing",
        "unload-shared,    '',                      unique identifier missing",
        "unload-conn,      '',                      unload: missing connection name",
        "unload-conn,      name=zz,                 unload: connection 'zz' not found",
        "install,          '',                      missing configuration name",
        "install,          child=q,                 configuration name not found",
        "uninstall,        '',                      missing configuration name",
        "uninstall,        child=q,                 policy 'q' not found",
        "initiate,         '',                      missing configuration name",
        "initiate,         child=q,                 CHILD_SA config 'q' not found",
        "initiate,         ike=q,                   IKE_SA config 'q' not found",
        "initiate,         ike=q child=r,           CHILD_SA config 'r' not found",
        "terminate,        '',                      missing terminate selector",
        "terminate,        ike=q,                   no matching SAs to terminate found",
        "rekey,            '',                      missing rekey selector",
        "rekey,            ike=q,                   no matching SAs to rekey found",
        "redirect,         '',                      missing target gateway",
        "redirect,         gateway=a@b,             unsupported gateway identity",
        "redirect,         'gateway=C=CH, O=x',     unsupported gateway identity",
        "redirect,         gateway=gw.test,         missing redirect selector",
        "redirect,         gateway=gw.test peer-ip=x, invalid peer IP selector",
        "redirect,         gateway=192.0.2.1 ike=q, no matching SAs to redirect found",
        "get-counters,     name=q,                  no counters found for this connection",
    })
    void refusalsAreInCharonsWords(String command, String request, String errmsg) throws Exception {
        ViciMessage answer = client.request(command, message(request), LIMIT);
        assertEquals("no", answer.getString("success", ""));
        assertEquals(errmsg, answer.getString("errmsg", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "load-authority,   '',        {success=yes}",
        "load-pool,        '',        {success=yes}",
        "load-conn,        '',        {success=yes}",
        "flush-certs,      '',        {success=yes}",
        "unload-shared,    id=q,      {success=yes}",
        "reset-counters,   name=q,    {success=yes}",
        "get-counters,     all=yes,   {counters {} success=yes}",
        "get-authorities,  '',        {authorities=[]}",
        "get-keys,         '',        {keys=[]}",
        "get-pools,        '',        {}",
        "list-certs,       '',        {}",
        "list-policies,    trap=yes,  {}",
    })
    void whatHasNothingToDoSucceeds(String command, String request, String answer)
            throws Exception {
        assertEquals(answer, ViciPrinter.raw(client.request(command, message(request), LIMIT)));
    }

    @Test
    void aPoolIsListedAsCharonDoes() throws Exception {
        ViciMessage _ = client.request("load-pool", message("q/addrs=10.0.0.254/24"), LIMIT);
        try {
            assertEquals(
                    "{q {base=10.0.0.254 size=1 online=0 offline=0 leases {}}}",
                    ViciPrinter.raw(
                            client.request("get-pools", message("leases=yes name=q"), LIMIT)));
        } finally {
            ViciMessage _ = client.request("unload-pool", message("name=q"), LIMIT);
        }
    }
}
