"""Postquantum pre-shared keys (RFC 8784): mixed into the keys, in both directions, and left out where one end lacks it."""
import mirror

INITIATOR, RESPONDER = "moon", "sun"
CHILD = """
      nets {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }"""
SECRET = "\nsecrets {\n  ppk-%s {\n    id = %s\n    secret = \"a secret of %s that no quantum computer knows\"\n  }\n}\n"


def configuration(required, secret):
    return mirror.configuration(CHILD, f"ppk_id = ferry@example.org\n    ppk_required = {required}", False) + \
        SECRET % (secret, f"{secret}@example.org", secret)


def write(lab, required, moons, suns):
    lab.write("moon", "/etc/swanctl/swanctl.conf", configuration(required, moons))
    lab.write("sun", "/etc/swanctl/swanctl.conf", mirror.mirrored(configuration(required, suns)))


def prepare(lab):
    write(lab, "yes", "ferry", "ferry")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    used = "using PPK for PPK_ID 'ferry@example.org'"
    lab.ping("alice", "bob")
    for host in ("moon", "sun"):
        lab.expect_reason(host, charon=used, keyferry=used)
        lab.expect("ppk=yes" in lab.run(host, "swanctl --list-sas --raw"), f"{host}: no PPK is listed")
    lab.run("moon", "swanctl --rekey --ike gateways")
    lab.ping("bob", "alice")
    lab.down("moon", ike="gateways")
    lab.stop("sun")
    lab.stop("moon")
    write(lab, "no", "ferry", "other")
    lab.start("sun", "moon")
    lab.up("moon", "nets")
    lab.ping("alice", "bob")
    unused = "peer didn't use PPK for PPK_ID 'ferry@example.org'"
    lab.expect_reason("moon", charon=unused, keyferry=unused)
    lab.expect("ppk=yes" not in lab.run("moon", "swanctl --list-sas --raw"), "a PPK is listed")
