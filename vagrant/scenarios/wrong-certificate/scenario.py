"""A CA that is not trusted, an expired certificate, one for somebody else: refused, with the reason in logs and VICI."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
CASES = {
    "untrusted": "no issuer certificate found for .*CN=sun-untrusted.example.org",
    "expired": "certificate .*CN=sun-expired.example.org.* is not valid now",
    "other": "no trusted .*key found for .*sun-other.example.org.*CN=somebody.example.org.* is for somebody else",
}


# what VICI clients of moon hear
ALERTS = {"untrusted": "cert-no-issuer", "expired": "cert-expired"}


def prepare(lab):
    ca = authority.Authority(lab, "moon", "root-ca")
    stranger = authority.Authority(lab, "moon", "stranger-ca")
    for name in CASES:
        ours, theirs = f"moon-{name}.example.org", f"sun-{name}.example.org"
        authority.give(lab, "moon", ours, *ca.issue(ours, "ecdsa"))
        issuer = stranger if name == "untrusted" else ca
        issued = issuer.issue("somebody.example.org" if name == "other" else theirs, "ecdsa", expired=name == "expired")
        authority.give(lab, "sun", theirs, *issued)
    authority.trust(lab, "moon", ca)
    authority.trust(lab, "sun", ca, stranger)
    for host, text in zip(("moon", "sun"), authority.moon_and_sun(CASES)):
        lab.write(host, "/etc/swanctl/swanctl.conf", text)
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")


def check(lab):
    for name, reason in CASES.items():
        alert = ALERTS.get(name) if lab.kind("moon") == "keyferry" else None
        if alert:
            lab.run("moon", f"keyferry monitor --json --count 1 --event alert >/tmp/{name} 2>&1 & sleep 2")
        output = lab.up_fails("moon", name)
        if alert:
            lab.eventually(lambda: alert in lab.run("moon", f"cat /tmp/{name}"), f"no alert of type {alert}")
        lab.expect_reason(
            "moon", output,
            charon=f"no trusted .*public key found for 'sun-{name}.example.org'",
            keyferry=reason)
        lab.expect_reason(
            "sun",
            charon="received AUTHENTICATION_FAILED notify error|deleting IKE_SA|received DELETE",
            keyferry="AUTHENTICATION_FAILED|deleted by peer")
        lab.expect_empty("moon", "sun")
        lab.no_ping("alice", "bob")
