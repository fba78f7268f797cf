"""Certificates with keys of every kind and the signatures that they make, on both sides, loaded by Debian's swanctl.

Each side takes only one kind of signature in some connections: Keyferry then announces that (RFC 9593), and charon has
to pass over what it does not know."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
# kind of key, `auth`, and what the peer then says about the signature (charon tells the salt's length)
KINDS = {
    "rsa": ("rsa", "pubkey", "RSA_EMSA_PKCS1_SHA2_256"),
    "rsa-sha512": ("rsa", "rsa-sha512", "RSA_EMSA_PKCS1_SHA2_512"),
    "rsa-pss": ("rsa", "rsa/pss-sha256", r"RSA_EMSA_PSS_SHA2_256(_SALT_\d+)?"),
    "rsa-pss-sha384": ("rsa", "rsa/pss-sha384", r"RSA_EMSA_PSS_SHA2_384(_SALT_\d+)?"),
    "ecdsa": ("ecdsa", "pubkey", "ECDSA_WITH_SHA256_DER"),
    "ecdsa384": ("ecdsa384", "pubkey", "ECDSA_WITH_SHA384_DER"),
    "ecdsa521": ("ecdsa521", "pubkey", "ECDSA_WITH_SHA512_DER"),
    "ed25519": ("ed25519", "pubkey", "ED25519"),
    "ed448": ("ed448", "pubkey", "ED448"),
}


def prepare(lab):
    ca = authority.Authority(lab, "moon", "root-ca")
    for host in ("moon", "sun"):
        for name, (kind, _, _) in KINDS.items():
            identity = f"{host}-{name}.example.org"
            authority.give(lab, host, identity, *ca.issue(identity, kind))
        authority.trust(lab, host, ca)
    auth = {name: auth for name, (_, auth, _) in KINDS.items()}
    demanded = {name: f"ike:{auth}" for name, auth in auth.items() if auth != "pubkey"}
    for host, text in zip(("moon", "sun"), authority.moon_and_sun(KINDS, auth=auth, demanded=demanded)):
        lab.write(host, "/etc/swanctl/swanctl.conf", text)
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")


def check(lab):
    for name, (_, _, scheme) in KINDS.items():
        lab.up("moon", name)
        lab.ping("alice", "bob")
        for host, peer in (("sun", "moon"), ("moon", "sun")):
            said = f"authentication of '{peer}-{name}.example.org' with {scheme} successful"
            lab.expect_reason(host, charon=said, keyferry=said)
            if name == "rsa-pss" and (lab.kind(host), lab.kind(peer)) == ("charon", "keyferry"):
                # the number of SUPPORTED_AUTH_METHODS, in the line that names a message's payloads
                lab.expect_reason(host, charon=r"parsed IKE_\w+ re\w+ \d .*\(16443\)", keyferry="")
        lab.down("moon", ike=name)
        lab.expect_empty("moon", "sun")
