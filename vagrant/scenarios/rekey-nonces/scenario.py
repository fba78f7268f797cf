"""Rekeying without a key exchange but for each third time; a peer that insists on one gets it each time."""

INITIATOR, RESPONDER = "moon", "sun"

CONFIGURATION = """
connections {
  gateways {
    local_addrs = %(here)s
    remote_addrs = %(there)s
    local { auth = psk
      id = %(id)s
    }
    remote { auth = psk
      id = %(peer)s
    }
    children {
      nets {
        local_ts = %(net)s
        remote_ts = %(remote)s
        esp_proposals = %(proposals)s
        %(option)s
      }
    }
  }
}
secrets {
  ike-gateways {
    secret = "a rope for each landing"
  }
}
"""
MOON = {"here": "192.168.0.1", "id": "moon.example.org", "net": "10.1.0.0/16"}
SUN = {"here": "192.168.0.2", "id": "sun.example.org", "net": "10.2.0.0/16"}
EITHER = "aes128gcm16-x25519, aes128gcm16"
ALWAYS = "aes128gcm16-x25519"


def configure(lab, proposals):
    """Only a Keyferry knows the option; a charon does without a key exchange if it has such a proposal."""
    for host, own, other in (("moon", MOON, SUN), ("sun", SUN, MOON)):
        mixes = lab.kind(host) == "keyferry" and proposals[host] == EITHER
        lab.write(host, "/etc/swanctl/swanctl.conf", CONFIGURATION % {
            **own, "there": other["here"], "peer": other["id"], "remote": other["net"],
            "proposals": proposals[host], "option": "rekey_ke_every = 3" if mixes else ""})


def prepare(lab):
    configure(lab, {"moon": EITHER, "sun": EITHER})
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def rekey(lab, host):
    """Whether there was a key exchange: then the CHILD_SA has a group as the IKE_SA has."""
    before = {sa.spi for sa in lab.states(host)}
    lab.run(host, "swanctl --rekey --child nets")
    lab.eventually(lambda: len(lab.states(host)) == 2 and not before & {sa.spi for sa in lab.states(host)},
                   f"{host}: the CHILD_SA was not rekeyed", seconds=30)
    lab.ping("alice", "bob", 3)
    return lab.run(host, "swanctl --list-sas --raw").count("dh-group=") == 2


def check(lab):
    host = "moon" if lab.kind("moon") == "keyferry" else "sun"
    other = "sun" if host == "moon" else "moon"
    seen = [rekey(lab, host) for _ in range(6)]
    lab.expect(seen == [False, False, True] * 2, f"rekeyings with a key exchange: {seen}")

    lab.down("moon", ike="gateways")
    configure(lab, {host: EITHER, other: ALWAYS})
    for each in ("moon", "sun"):
        lab.run(each, "swanctl --load-conns")
    lab.up("moon", "nets")
    seen = [rekey(lab, host) for _ in range(2)]
    lab.expect(all(seen), f"a peer that insists: {seen}")
    lab.expect_count(host, "peer does not rekey without a key exchange", 1)
