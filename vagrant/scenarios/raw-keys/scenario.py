"""Bare public keys instead of certificates, on both sides; another key under the same name is refused."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
KINDS = ("rsa", "ecdsa", "ed25519")
SIDE = """
    {section} {{
      auth = pubkey
      id = {host}-{name}.example.org
      pubkeys = {host}-{name}.pem
    }}"""


def connection(name, kind, ours, theirs):
    own, other = ("1", "2") if ours == "moon" else ("2", "1")
    # what sun has in the place of moon's key for `wrong` is another one
    return f"""
  {name} {{
    local_addrs = 192.168.0.{own}
    remote_addrs = 192.168.0.{other}{SIDE.format(section="local", host=ours, name=name)}{
        SIDE.format(section="remote", host=theirs, name=name)}
    children {{
      {name} {{
        local_ts = 10.{own}.0.0/16
        remote_ts = 10.{other}.0.0/16
      }}
    }}
  }}
"""


def prepare(lab):
    names = {kind: kind for kind in KINDS} | {"wrong": "ecdsa"}
    for name, kind in names.items():
        for host, peer in (("moon", "sun"), ("sun", "moon")):
            lab.run(host, f"cd /root && openssl genpkey {authority.KEYS[kind]} -out {name}.key 2>&1"
                    f" && openssl pkey -in {name}.key -pubout -out {name}.pub")
            public = lab.run(host, f"cat /root/{name}.pub")
            lab.write(host, f"/etc/swanctl/private/{host}-{name}.pem", lab.run(host, f"cat /root/{name}.key"))
            lab.write(host, f"/etc/swanctl/pubkey/{host}-{name}.pem", public)
            if name == "wrong" and host == "moon":
                public = lab.run(host, f"openssl genpkey {authority.KEYS[kind]} 2>/dev/null | openssl pkey -pubout")
            lab.write(peer, f"/etc/swanctl/pubkey/{host}-{name}.pem", public)
    for host, peer in (("moon", "sun"), ("sun", "moon")):
        text = "".join(connection(name, kind, host, peer) for name, kind in names.items())
        lab.write(host, "/etc/swanctl/swanctl.conf", f"connections {{{text}}}\n")
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")


def check(lab):
    for name in KINDS:
        lab.up("moon", name)
        lab.ping("alice", "bob")
        for host, peer in (("sun", "moon"), ("moon", "sun")):
            said = f"authentication of '{peer}-{name}.example.org' with .* successful"
            lab.expect_reason(host, charon=said, keyferry=said)
        lab.down("moon", ike=name)
        lab.expect_empty("moon", "sun")
    lab.up_fails("moon", "wrong")
    lab.expect_reason("sun", charon="signature validation failed|no trusted .* public key found for 'moon-wrong.example.org'",
                      keyferry="no trusted .*key found for .*moon-wrong.example.org")
    lab.expect_empty("moon", "sun")
