"""Two hosts in transport mode over IPv4."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      hosts {
        mode = transport
      }""")
    lab.start("sun", "moon")
    lab.up("moon", "hosts")


def check(lab):
    for host in ("moon", "sun"):
        lab.expect_states(host, 2)
        text = lab.run(host, "ip xfrm state")
        lab.expect(text.count("mode transport") == 2, f"{host}: states that are not in transport mode")
    lab.ping("moon", "192.168.0.2", count=20)
    lab.ping("sun", "192.168.0.1", count=20)
    lab.expect_mirrored()
    lab.down("moon", ike="gateways")
    lab.expect_empty("moon", "sun")
