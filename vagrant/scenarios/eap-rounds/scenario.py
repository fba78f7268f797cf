"""A certificate and then a password (RFC 4739), and a postquantum pre-shared key in the keys of such logins (RFC 8784)."""
import login

INITIATOR, RESPONDER = "carol", "moon"
CERTIFICATE = "auth = pubkey\n      certs = carol.example.org.pem\n      id = carol.example.org"
KNOWN = "auth = pubkey\n      id = carol.example.org"
PASSWORD = "auth = eap\n      id = carol@example.org\n      eap_id = carol"
CHECKED = "auth = eap-mschapv2\n      id = carol@example.org\n      eap_id = %any"
PPK = "ppk_id = ferry@example.org\n    ppk_required = yes"


def prepare(lab):
    ca = login.start(lab, "carol.example.org")
    moon = carol = ""
    theirs, ours = "remote_addrs = 192.168.0.1", "local_addrs = 192.168.0.1"
    # moon knows by its own identity which connection is meant
    for name, options in (("two", ""), ("two-ppk", PPK), ("eap-ppk", PPK)):
        moon_id = f"{name}.example.org"
        login.authority.give(lab, "moon", moon_id, *ca.issue(moon_id, "ecdsa"))
        proves, knows = (text.replace(login.MOON, moon_id) for text in (login.PROVES, login.KNOWS))
        first, second = {"local-1": CERTIFICATE, "local-2": PASSWORD}, {"remote-1": KNOWN, "remote-2": CHECKED}
        if name == "eap-ppk":
            first, second = {"local": PASSWORD}, {"remote": CHECKED}
        carol += login.connection(name, first | {"remote": knows}, theirs, "remote_ts = 10.1.0.0/16", options)
        moon += login.connection(name, {"local": proves} | second, ours, "local_ts = 10.1.0.0/16", options)
        if name == "two":
            mallory = PASSWORD.replace("eap_id = carol", "eap_id = mallory")
            for wrong, rounds in (("wrong", first | {"local-2": mallory}), ("half", {"local-1": CERTIFICATE})):
                carol += login.connection(wrong, rounds | {"remote": knows}, theirs, "remote_ts = 10.1.0.0/16")
    secrets = "".join(f"  eap-{user} {{\n    id = {user}\n    secret = <{user}>\n  }}\n" for user in ("carol", "mallory"))
    secrets += "  ppk-ferry {\n    id = ferry@example.org\n    secret = \"no quantum computer knows it\"\n  }\n"
    for host, connections, words in (("moon", moon, {"carol": "lantern", "mallory": "compass"}),
                                     ("carol", carol, {"carol": "lantern", "mallory": "guess"})):
        told = secrets
        for user, word in words.items():
            told = told.replace(f"<{user}>", word)
        lab.write(host, "/etc/swanctl/swanctl.conf", f"connections {{\n{connections}}}\nsecrets {{\n{told}}}\n")
    login.daemons(lab, "")
    lab.start("moon", "carol")
    login.authority.load(lab, "moon", "carol")


def check(lab):
    login.succeeds(lab, "two", "carol")
    lab.expect_reason("moon", **login.same("authentication of 'carol.example.org' with .* successful"))
    lab.expect_reason("moon", **login.same("authentication of 'carol@example.org' with EAP successful"))
    login.refused(lab, "wrong",
                  carol={"charon": "EAP_MSCHAPV2 method failed",
                         "keyferry": "received EAP_FAILURE, EAP authentication failed"},
                  moon={"charon": "EAP-MS-CHAPv2 verification failed",
                        "keyferry": "EAP-MSCHAPv2 response of 'mallory' is wrong"})
    login.refused(lab, "half", carol=login.same("AUTHENTICATION_FAILED"),
                  moon={"charon": "no alternative config found|constraint", "keyferry": "no alternative config found"})
    for name in ("eap-ppk", "two-ppk"):
        login.succeeds(lab, name, "carol")
    for host in ("moon", "carol"):
        lab.expect_count(host, "using PPK for PPK_ID 'ferry@example.org'", 2)
