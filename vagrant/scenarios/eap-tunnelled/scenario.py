"""EAP-TTLS and PEAP: a password inside of TLS, the server known by its certificate, there alone or before."""
import login

INITIATOR, RESPONDER = "carol", "moon"
INNER = ("mschapv2", "md5")
OPTIONS = """  plugins {
    eap-ttls {
      phase2_method = %s
    }
    eap-peap {
      phase2_method = %s
    }
  }
  tls {
    version_max = 1.2
  }
}
libtls {
  version_max = 1.2"""


def outers(lab):
    """Debian's charon has no PEAP."""
    both = {lab.kind("carol"), lab.kind("moon")}
    return ("ttls",) if "charon" in both else ("ttls", "peap")


def prepare(lab):
    login.start(lab)
    logins = login.Logins()
    for outer in outers(lab):
        local, remote = "auth = eap\n      eap_id = carol", f"auth = eap-{outer}\n      eap_id = %any"
        logins.add(outer, local, remote)
        logins.add(f"{outer}-wrong", local.replace("carol", "mallory"), remote, only_carol=outer)
        logins.add(f"{outer}-only", local, remote, proves=login.PROVES.replace("pubkey", f"eap-{outer}"),
                   knows=login.KNOWS.replace("pubkey", f"eap-{outer}"))
    logins.password("carol", "lantern")
    logins.password("mallory", "guess", "compass")
    logins.write(lab)
    start(lab, INNER[0])


def start(lab, inner):
    login.daemons(lab, OPTIONS % (inner, inner))
    lab.start("moon", "carol")
    login.authority.load(lab, "moon", "carol")


def check(lab):
    logs_in(lab, INNER[0])
    for host in ("moon", "carol"):
        lab.stop(host)
    start(lab, INNER[1])
    logs_in(lab, INNER[1])


def logs_in(lab, inner):
    for outer in outers(lab):
        method, inside = f"EAP_{outer.upper()}", f"EAP_{inner.upper()}"
        login.succeeds(lab, outer, "carol")
        login.succeeds(lab, f"{outer}-only", "carol")
        lab.expect_reason("moon", **login.same(f"{method} phase2 authentication of 'carol' with {inside} successful"))
        lab.expect_reason("carol", **login.same(f"EAP method {method} succeeded, MSK established"))
        lab.expect_reason("carol", **login.same("negotiated TLS 1.2 using suite TLS_ECDHE_RSA_"))
        if {lab.kind("carol"), lab.kind("moon")} == {"keyferry"}:  # charon resumes no TLS session
            login.succeeds(lab, outer, "carol")
            for host in ("carol", "moon"):
                lab.expect_reason(host, **login.same("resumed a session of TLS 1.2 using suite TLS_ECDHE_RSA_"))
        login.refused(lab, f"{outer}-wrong",
                      carol={"charon": "received EAP_FAILURE, EAP authentication failed",
                             "keyferry": "received EAP_FAILURE, EAP authentication failed|"
                             "EAP_TTLS failed: peer closed TLS; inside of TLS: "},
                      moon={"charon": f"{inside} method failed|EAP method {method} failed for peer {outer}.example.org",
                            "keyferry": f"(?i)EAP-{inner} response of 'mallory' is wrong"})
