"""Logins with a SIM card: EAP-SIM, EAP-AKA and EAP-AKA' with hostapd behind the gateway, and with the gateway itself."""
import authority
import hostapd
import login

INITIATOR, RESPONDER = "carol", "moon"
CASTS = ["keyferry-charon", "keyferry-keyferry"]  # Debian's charon has no card
REALM = "wlan.mnc001.mcc232.3gppnetwork.org"
IMSI = "232010000000000"
K, OPC = "5122250214c33e723a5dd523fc145fc0", "981d464c7c52eb6e5036234984ad0bcf"
DIGITS = {"sim": "1", "aka": "0", "aka-prime": "6"}
NAMES = {"sim": "EAP_SIM", "aka": "EAP_AKA", "aka-prime": "EAP_AKA_PRIME"}
STRANGER = "0232010000000001"  # whose card is of another network
SUBSCRIBERS = "/etc/subscribers"


def identity(method):
    return f"{DIGITS[method]}{IMSI}@{REALM}"


def prepare(lab):
    login.start(lab)
    itself = lab.kind("moon") == "keyferry"
    logins = login.Logins()
    for method in DIGITS:
        local = f"auth = eap-{method}\n      eap_id = {identity(method)}"
        logins.add(method, local, "auth = eap-radius\n      eap_id = %any")
        if itself:
            logins.add(f"own-{method}", local, f"auth = eap-{method}\n      eap_id = %any")
    logins.add("stranger", f"auth = eap-aka\n      eap_id = {STRANGER}@{REALM}", "", only_carol="aka")
    logins.write(lab)
    for host in ("carol", "moon"):
        lab.write(host, SUBSCRIBERS, f"{IMSI} k={K} opc={OPC}\n{STRANGER} k={OPC} opc={K}\n")
    lab.options("carol", f"charon {{\n  keyferry {{\n    sim {{\n      subscribers = {SUBSCRIBERS}\n    }}\n  }}\n}}\n")
    hostapd.start(lab, "alice", K, OPC, "000000000020")
    lab.start("moon", "carol")
    authority.load(lab, "moon", "carol")


def succeeds(lab, name, method):
    login.succeeds(lab, name, identity(method))
    lab.expect_reason("carol", **login.same(f"EAP method {NAMES[method]} succeeded, MSK established"))


def check(lab):
    for method in DIGITS:
        succeeds(lab, method, method)
        lab.expect_reason("moon", **login.same(f"RADIUS authentication of '{identity(method)}' successful"))
    login.refused(lab, "stranger", carol=login.same("server is not the network of"),
                  moon=login.same("RADIUS authentication of '.*' failed"))
    # a network that lost its count
    hostapd.register(lab, "alice", K, OPC, "000000000000")
    succeeds(lab, "aka", "aka")
    lab.expect("resynchronised to" in hostapd.said(lab, "alice"), "the card did not ask to resynchronise")
    if lab.kind("moon") == "keyferry":
        for method in DIGITS:
            succeeds(lab, f"own-{method}", method)
