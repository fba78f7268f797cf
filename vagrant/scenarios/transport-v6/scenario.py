"""Two hosts in transport mode over IPv6, for some protocols only."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      hosts {
        mode = transport
        local_ts = fd00::1/128[udp],dynamic[ipv6-icmp]
        remote_ts = fd00::2/128[udp],dynamic[ipv6-icmp]
      }""", v6=True)
    lab.start("sun", "moon")
    lab.up("moon", "hosts")


def check(lab):
    lab.ping("moon", "fd00::2", count=20)
    text = lab.run("moon", "ip xfrm state")
    lab.expect(text.count("mode transport") == 2, "states that are not in transport mode")
    lab.expect_mirrored()
