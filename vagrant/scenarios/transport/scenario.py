"""Two hosts in transport mode over IPv4; networks get tunnel mode although they ask for transport mode."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      hosts {
        mode = transport
      }
      nets {
        mode = transport
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
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
    lab.up("moon", "nets")
    text = lab.run("sun", "ip xfrm state")
    lab.expect(text.count("mode tunnel") == 2, "states of networks that are not in tunnel mode")
    lab.ping("alice", "bob", count=10)
    lab.down("moon", ike="gateways")
    lab.expect_empty("moon", "sun")
