"""EAP-MD5, EAP-GTC and EAP-MSCHAPv2: the right password lets in, a wrong one is refused, and both sides say why."""
import login

INITIATOR, RESPONDER = "carol", "moon"
METHODS = {"md5": "EAP_MD5", "gtc": "EAP_GTC", "mschapv2": "EAP_MSCHAPV2"}


def prepare(lab):
    logins = login.Logins()
    for name in METHODS:
        remote = f"auth = eap-{name}\n      eap_id = %any"
        logins.add(name, "auth = eap\n      eap_id = carol", remote)
        logins.add(f"{name}-wrong", "auth = eap\n      eap_id = mallory", remote, only_carol=name)
    logins.add("insists", "auth = eap-gtc\n      eap_id = carol", "auth = eap-md5\n      eap_id = %any")
    logins.password("carol", "lantern")
    logins.password("mallory", "guess", "compass")
    logins.write(lab)
    # charon's eap-gtc asks an XAuth backend; this one knows swanctl's secrets
    login.daemons(lab, "  plugins {\n    eap-gtc {\n      backend = generic\n    }\n  }")
    login.start(lab)
    lab.start("moon", "carol")
    login.authority.load(lab, "moon", "carol")


def whys(name, method):
    """What carol and moon say to a wrong password."""
    carol = login.same("received EAP_FAILURE, EAP authentication failed")
    moon = {"charon": f"EAP method {method} failed for peer {name}.example.org",
            "keyferry": f"(?i)EAP-{name} (response|password) of 'mallory' is wrong"}
    if name == "mschapv2":  # charon offers another try, and does not take one
        carol["charon"], moon["charon"] = "EAP_MSCHAPV2 method failed", "EAP-MS-CHAPv2 verification failed"
    return carol, moon


def check(lab):
    for name, method in METHODS.items():
        login.succeeds(lab, name, "carol")
        msk = "MSK established" if name == "mschapv2" else "no MSK established"
        lab.expect_reason("moon", **login.same(f"EAP method {method} succeeded, {msk}"))
        lab.expect_reason("moon", **login.same(f"authentication of '{name}.example.org' with EAP successful"))
        lab.expect_reason("carol", **login.same(f"server requested {method} authentication"))
        login.refused(lab, f"{name}-wrong", *whys(name, method))
    login.refused(lab, "insists",
                  carol=login.same("received EAP_FAILURE, EAP authentication failed"),
                  moon={"charon": "received EAP_NAK, sending EAP_FAILURE",
                        "keyferry": "no EAP method that both sides take"})
