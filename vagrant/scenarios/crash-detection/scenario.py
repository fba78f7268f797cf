"""A gateway that was killed and started again: its peer notices with the first message, and the tunnel is back (RFC 6290)."""

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-keyferry"]  # charon does not know it
DPD_SECONDS = 30


def prepare(lab):
    lab.gateways("""
      nets {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
        dpd_action = restart
      }""", f"dpd_delay = {DPD_SECONDS}s")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.ping("alice", "bob")
    lab.kill("sun")
    lab.run("sun", "ip xfrm state flush; ip xfrm policy flush")
    lab.start("sun")
    lab.settle(DPD_SECONDS + 5)
    lab.expect_reason("moon", keyferry="peer has lost the IKE_SA, as its token proves")
    lab.expect_count("moon", "retransmit 1 of request", 0)
    lab.ping("alice", "bob")
