"""tfc_padding: short and long packets look the same on the wire."""

INITIATOR, RESPONDER = "moon", "sun"
PADDED_BYTES = 500


def prepare(lab):
    lab.gateways(f"""
      nets {{
        tfc_padding = {PADDED_BYTES}
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }}""")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    mark = lab.wire.mark()
    for size in (10, 100, 300):
        output = lab.run("alice", f"ping -n -c 5 -i 0.2 -W 2 -s {size} 10.2.0.10")
        lab.expect("5 received" in output, f"pings of {size} bytes were lost: {output[-200:]}")
    lengths = {packet.length_bytes for packet in lab.wire.packets(mark) if packet.kind == "esp"}
    lab.expect(len(lengths) == 1 and min(lengths) > PADDED_BYTES, f"ESP packets of {sorted(lengths)} bytes")
    lab.expect_mirrored()
