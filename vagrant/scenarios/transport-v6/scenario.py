"""Two hosts in transport mode over IPv6; the responder is content with tunnel mode where it is asked for."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      hosts {
        mode = transport
        local_ts = fd00::1/128[udp],dynamic[ipv6-icmp]
        remote_ts = fd00::2/128[udp],dynamic[ipv6-icmp]
      }
      nets {
        mode = transport
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }""", v6=True)
    lab.start("sun", "moon")
    lab.up("moon", "hosts")


def check(lab):
    lab.ping("moon", "fd00::2", count=20)
    text = lab.run("moon", "ip xfrm state")
    lab.expect(text.count("mode transport") == 2, "states that are not in transport mode")
    lab.expect_mirrored()
    # A network is no host: whoever is asked for transport mode answers with tunnel mode.
    lab.up("moon", "nets")
    text = lab.run("sun", "ip xfrm state")
    lab.expect(text.count("mode tunnel") == 2, "states of networks that are not in tunnel mode")
    lab.ping("alice", "bob", count=10)
