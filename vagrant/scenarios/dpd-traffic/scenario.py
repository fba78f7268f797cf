"""A peer from which packets come is not asked whether it is there; a silent one is, each dpd_delay."""

INITIATOR, RESPONDER = "moon", "sun"
DPD_SECONDS = 10
PINGS = 200  # in 40 s


def exchanges(lab, mark):
    return sum(1 for packet in lab.wire.packets(mark) if packet.kind == "ike") // 2


def prepare(lab):
    lab.gateways("""
      nets {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }""", f"dpd_delay = {DPD_SECONDS}s")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    mark = lab.wire.mark()
    lab.ping("alice", "bob", count=PINGS)
    busy = exchanges(lab, mark)
    mark = lab.wire.mark()
    lab.settle(4 * DPD_SECONDS)
    silent = exchanges(lab, mark)
    lab.note(f"IKE exchanges in 40 s: {busy} with traffic, {silent} without")
    lab.expect(busy == 0, f"{busy} exchanges although packets came")
    lab.expect(3 <= silent <= 8, f"{silent} exchanges in 40 s of silence")
