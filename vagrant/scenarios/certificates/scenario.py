"""Certificates with RSA, ECDSA and Ed25519 keys on both sides, loaded by Debian's swanctl."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
KINDS = {
    "rsa": "RSA_EMSA_PKCS1_SHA2_256",
    "ecdsa": "ECDSA_WITH_SHA256_DER",
    "ed25519": "ED25519",
}


def prepare(lab):
    ca = authority.Authority(lab, "moon", "root-ca")
    for host in ("moon", "sun"):
        for kind in KINDS:
            name = f"{host}-{kind}.example.org"
            authority.give(lab, host, name, *ca.issue(name, kind))
        authority.trust(lab, host, ca)
    for host, text in zip(("moon", "sun"), authority.moon_and_sun(KINDS)):
        lab.write(host, "/etc/swanctl/swanctl.conf", text)
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")


def check(lab):
    for kind, scheme in KINDS.items():
        lab.up("moon", kind)
        lab.ping("alice", "bob")
        for host, peer in (("sun", "moon"), ("moon", "sun")):
            said = f"authentication of '{peer}-{kind}.example.org' with {scheme} successful"
            lab.expect_reason(host, charon=said, keyferry=said)
        lab.down("moon", ike=kind)
        lab.expect_empty("moon", "sun")
