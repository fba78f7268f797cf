"""Logins with a SIM card: EAP-SIM, EAP-AKA and EAP-AKA' with hostapd behind the gateway, and with the gateway itself.
Whoever comes again shows an identity that was given to it before, and is known without its card."""
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


def again(lab, method, number):
    """Nobody asks the home register, nobody sees who it is, and hostapd says that it was fast."""
    asked = hostapd.said(lab, "alice")
    said = hostapd.log(lab, "alice").count("Re-authentication response includes the correct AT_MAC") \
        + hostapd.log(lab, "alice").count("Using fast re-authentication")
    lab.up("carol", method)
    lab.ping("carol", "alice")
    listed = lab.run("moon", f"swanctl --list-sas --raw --ike {method}")
    lab.expect("remote-eap-id=" in listed and IMSI not in listed, f"moon knows the subscriber: {listed}")
    lab.down("carol", ike=method)
    lab.expect_empty("carol", "moon")
    lab.expect_reason("carol", **login.same(f"fast re-authentication {number}"))
    lab.expect(hostapd.said(lab, "alice") == asked, "the home register was asked again")
    now = hostapd.log(lab, "alice").count("Re-authentication response includes the correct AT_MAC") \
        + hostapd.log(lab, "alice").count("Using fast re-authentication")
    lab.expect(now > said, "hostapd did not take it for a fast re-authentication")


def own(lab, method):
    """With Keyferry at both ends the gateway still knows who it is."""
    succeeds(lab, f"own-{method}", method)
    for number in (1, 2):
        succeeds(lab, f"own-{method}", method)
        lab.expect_reason("moon", **login.same(f"fast re-authentication {number} of '{identity(method)}'"))


def check(lab):
    for method in DIGITS:
        succeeds(lab, method, method)
        lab.expect_reason("moon", **login.same(f"RADIUS authentication of '{identity(method)}' successful"))
        again(lab, method, 1)
        again(lab, method, 2)
    login.refused(lab, "stranger", carol=login.same("server is not the network of"),
                  moon=login.same("RADIUS authentication of '.*' failed"))
    # a network that lost its count, and forgot whom it gave identities to
    hostapd.register(lab, "alice", K, OPC, "000000000000")
    hostapd.serve(lab, "alice")
    for method in ("sim", "aka"):
        lab.up("carol", method)
        lab.ping("carol", "alice")
        lab.down("carol", ike=method)
    lab.expect("resynchronised to" in hostapd.said(lab, "alice"), "the card did not ask to resynchronise")
    if lab.kind("moon") == "keyferry":
        for method in DIGITS:
            own(lab, method)
