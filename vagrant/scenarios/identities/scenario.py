"""Identities of each type: domain name, e-mail address, IP address, key id, distinguished name."""

INITIATOR, RESPONDER = "moon", "sun"

TYPES = ("fqdn", "email", "address", "keyid", "dn")


def prepare(lab):
    lab.start("sun", "moon")


def check(lab):
    for name in TYPES:
        lab.up("moon", f"{name}-nets")
        lab.expect_states("sun", 2)
        lab.ping("alice", "bob", count=3)
        lab.down("moon", ike=name)
        lab.expect_empty("moon", "sun")
