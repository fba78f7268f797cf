"""BEET mode, which the peers agree on by a private notify: one inner address at each end."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      hosts {
        mode = beet
        local_ts = 10.1.0.1/32
        remote_ts = 10.2.0.1/32
      }""", strongswan="charon-systemd { \n send_vendor_id = yes \n }\n")
    lab.start("sun", "moon")
    lab.up("moon", "hosts")


def check(lab):
    for host in ("moon", "sun"):
        text = lab.run(host, "ip xfrm state")
        lab.expect(text.count("mode beet") == 2, f"{host}: states that are not in BEET mode")
    lab.ping("moon", "10.2.0.1", count=20, source="10.1.0.1")
    lab.ping("sun", "10.1.0.1", count=20, source="10.2.0.1")
    lab.expect_mirrored()
