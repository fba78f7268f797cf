"""CRLs from a web server and OCSP answers of `openssl ocsp`: good certificates come up, revoked ones are refused.

Keyferry asks its peer for OCSP answers, too (RFC 4806), of which charon 5.9.8 knows nothing."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
SERVER = "192.168.0.100"
SOURCES = {
    "crl": f"crlDistributionPoints=URI:http://{SERVER}/root-ca.crl\\n",
    "ocsp": f"authorityInfoAccess=OCSP;URI:http://{SERVER}:8080/\\n",
}
CASES = [f"{source}-{status}" for source in SOURCES for status in ("good", "revoked")] + ["crl-down"]


def prepare(lab):
    ca = authority.Authority(lab, "carol", "root-ca")
    for name in CASES:
        source = SOURCES[name.split("-")[0]]
        if name == "crl-down":
            source = f"crlDistributionPoints=URI:http://{SERVER}:81/root-ca.crl\\n"
        ours, theirs = f"moon-{name}.example.org", f"sun-{name}.example.org"
        authority.give(lab, "moon", ours, *ca.issue(ours, "ecdsa"))
        authority.give(lab, "sun", theirs, *ca.issue(theirs, "ecdsa", extensions=source))
        if name.endswith("revoked"):
            ca.revoke(theirs)
    ca.publish_crl()
    ca.serve_http()
    ca.serve_ocsp(8080)
    for host, text in zip(("moon", "sun"), authority.moon_and_sun(CASES, "revocation = strict")):
        authority.trust(lab, host, ca)
        if lab.kind(host) == "keyferry":
            text = text.replace("    local {", "    ocsp = both\n    local {")
        lab.write(host, "/etc/swanctl/swanctl.conf", text)
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")


def check(lab):
    # first, as a list of the same CA that is there already would do
    refused(lab, "crl-down", charon="crl fetching failed",
            keyferry=f"crl from http://{SERVER}:81/root-ca.crl is not usable: cannot connect")
    for source in SOURCES:
        lab.up("moon", f"{source}-good")
        lab.ping("alice", "bob")
        lab.down("moon", ike=f"{source}-good")
        lab.expect_empty("moon", "sun")
        refused(lab, f"{source}-revoked", charon="certificate was revoked on .*, reason: key compromise",
                keyferry="certificate .*revoked.example.org.* is revoked: certificate was revoked on .*,"
                " reason: key compromise")
    listed = lab.run("moon", "swanctl --list-certs --type x509_crl")
    lab.expect("root-ca" in listed, f"the fetched CRL is not listed: {listed}")
    lab.expect_reason("moon", charon="fetching crl from", keyferry="fetching crl from")
    # of a revoked certificate its holder shows nothing
    lab.expect_reason("moon", charon="requesting ocsp status from", keyferry="requesting ocsp status from")
    if {lab.kind("moon"), lab.kind("sun")} == {"keyferry"}:
        lab.expect_reason("sun", keyferry="sending ocsp response")
        lab.expect_reason("moon", keyferry="using ocsp response of the peer, signed by \"CN=root-ca\"")


def refused(lab, name, **reason):
    watched = lab.kind("moon") == "keyferry" and name.endswith("revoked")
    if watched:
        lab.run("moon", "keyferry monitor --json --count 1 --event alert >/tmp/alert 2>&1 & sleep 2")
    output = lab.up_fails("moon", name)
    lab.expect_reason("moon", output, **reason)
    if watched:
        lab.eventually(lambda: "cert-revoked" in lab.run("moon", "cat /tmp/alert"), "no alert of type cert-revoked")
    lab.expect_reason(
        "sun", charon="received AUTHENTICATION_FAILED notify error|deleting IKE_SA|received DELETE",
        keyferry="AUTHENTICATION_FAILED|deleted by peer")
    lab.expect_empty("moon", "sun")
    lab.no_ping("alice", "bob")
