"""tfc_padding reaches the outbound states, and only those. How far packets are padded is up to the kernel: the
lab's (6.12) leaves forwarded ones as they are, with charon too."""

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
    for host, outbound in (("moon", "src 192.168.0.1 dst 192.168.0.2"), ("sun", "src 192.168.0.2 dst 192.168.0.1")):
        states = lab.run(host, "ip xfrm state").split("\nsrc ")
        padded = [state for state in states if f"tfcpad {PADDED_BYTES}" in state]
        lab.expect(len(padded) == 1 and outbound[4:] in padded[0], f"{host}: padded states: {padded}")
    lab.ping("alice", "bob", count=20)
    lab.expect_mirrored()
