"""Extended sequence numbers with a large replay window; a packet that comes again is dropped."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      nets {
        esp_proposals = aes128gcm16-esn
        replay_window = 256
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }""")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    for host in ("moon", "sun"):
        text = lab.run(host, "ip xfrm state")
        lab.expect(text.count("esn") >= 2, f"{host}: states without ESN")
        lab.expect("replay_window 256" in text, f"{host}: no window of 256 packets")
    lab.ping("alice", "bob", count=50)
    lab.ping("bob", "alice", count=50)
    lab.expect_mirrored()
