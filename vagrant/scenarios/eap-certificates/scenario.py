"""EAP-TLS with TLS 1.2, after the server's signature and alone; certificates that nobody trusts, or that are out of date."""
import authority
import login

INITIATOR, RESPONDER = "carol", "moon"
CLIENTS = ("good", "only", "expired", "untrusted", "other")


def prepare(lab):
    ca = login.start(lab)
    stranger = authority.Authority(lab, "moon", "stranger-ca")
    for name in CLIENTS:
        issuer = stranger if name == "untrusted" else ca
        subject = "somebody.example.org" if name == "other" else f"{name}.example.org"
        issued = issuer.issue(subject, "ecdsa", expired=name == "expired")
        authority.give(lab, "carol", f"{name}.example.org", *issued)
    logins = login.Logins()
    for name in CLIENTS:
        local = f"auth = eap-tls\n      certs = {name}.example.org.pem"
        if name == "only":
            logins.add(name, local, "auth = eap-tls",
                       proves=login.PROVES.replace("pubkey", "eap-tls"), knows=login.KNOWS.replace("pubkey", "eap-tls"))
        else:
            logins.add(name, local, "auth = eap-tls")
    logins.write(lab)
    login.daemons(lab, "  tls {\n    version_max = 1.2\n  }\n}\nlibtls {\n  version_max = 1.2")
    lab.start("moon", "carol")
    authority.load(lab, "moon", "carol")


def check(lab):
    for name in ("good", "only"):
        login.succeeds(lab, name)
        lab.expect_reason("moon", **login.same("EAP method EAP_TLS succeeded, MSK established"))
        lab.expect_reason("moon", **login.same(f"authentication of '{name}.example.org' with EAP successful"))
    for host in ("moon", "carol"):
        lab.expect_reason(host, **login.same("negotiated TLS 1.2 using suite TLS_ECDHE_"))
    lab.expect_reason("carol", **login.same("allow mutual EAP-only authentication"))
    lab.expect_reason("carol", **login.same("authentication of 'moon.example.org' with EAP successful"))
    alone = {
        "expired": "no TLS public key found for 'expired.example.org'.* is not valid now",
        "untrusted": "no TLS public key found for 'untrusted.example.org': no issuer certificate found",
        # charon as client sends none then
        "other": "certificate 'CN=somebody.example.org' is not for 'other.example.org'|peer sent no TLS certificate",
    }
    for name, reason in alone.items():
        login.refused(lab, name,
                      carol={"charon": "EAP_TLS method failed", "keyferry": "EAP method EAP_TLS failed: received fatal TLS alert 'certificate_unknown'"},
                      moon={"charon": f"no trusted certificate found for '{name}.example.org' to verify TLS peer",
                            "keyferry": reason})
