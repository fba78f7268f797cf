"""EAP-TTLS and PEAP with FreeRADIUS behind the gateway: another implementation at the far end of our client's TLS."""
import authority
import login
import radius

INITIATOR, RESPONDER = "carol", "moon"
CASTS = ["keyferry-charon", "keyferry-keyferry"]  # Debian's charon is no client of PEAP
METHODS = ("ttls", "peap")
# FreeRADIUS caches TLS sessions only of those that it has something to say about
USERS = """
carol Cleartext-Password := "lantern"
  User-Name = "carol"
mallory Cleartext-Password := "compass"
"""


def prepare(lab):
    ca = login.start(lab)
    logins = login.Logins()
    for name in METHODS:
        local = f"auth = eap-{name}\n      eap_id = carol\n      aaa_id = %s"
        remote = "auth = eap-radius\n      eap_id = %any"
        logins.add(name, local % "radius.example.org", remote)
        logins.add(f"{name}-wrong", local.replace("carol", "mallory") % "radius.example.org", remote, only_carol=name)
        # somebody between who has a certificate of the same CA
        logins.add(f"{name}-other", local % "tower.example.org", remote, only_carol=name)
    logins.password("carol", "lantern")
    logins.password("mallory", "guess")
    logins.write(lab)
    radius.start(lab, "alice", USERS, ca)
    lab.start("moon", "carol")
    authority.load(lab, "moon", "carol")


def check(lab):
    for name in METHODS:
        for session in ("negotiated", "resumed a session of"):
            login.succeeds(lab, name, "carol")
            lab.expect_reason("carol", **login.same(f"{session} TLS 1.2 using suite TLS_ECDHE_RSA_"))
            lab.expect_reason("carol", **login.same(f"EAP method EAP_{name.upper()} succeeded, MSK established"))
        lab.expect_reason("moon", **login.same("RADIUS authentication of 'carol' successful"))
        login.refused(lab, f"{name}-wrong", carol=login.same("EAP"),
                      moon=login.same("RADIUS authentication of 'mallory' failed"))
        login.refused(lab, f"{name}-other",
                      carol=login.same("certificate 'CN=radius.example.org' is not for 'tower.example.org'"),
                      moon=login.same("RADIUS authentication of 'carol' failed|destroying|deleted|is down"))
