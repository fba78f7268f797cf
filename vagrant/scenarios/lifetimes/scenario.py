"""Limits of packets reach the kernel: it asks for a new CHILD_SA after the soft one, with traffic going on."""

INITIATOR, RESPONDER = "moon", "sun"
SOFT_PACKETS, HARD_PACKETS = 40, 1000


def prepare(lab):
    lab.gateways(f"""
      nets {{
        rekey_packets = {SOFT_PACKETS}
        life_packets = {HARD_PACKETS}
        rand_packets = 0
        rekey_bytes = 1000000
        life_bytes = 2000000
        rand_bytes = 0
        rekey_time = 3600
        rand_time = 0
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }}""")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.expect_mirrored()
    for host in ("moon", "sun"):
        text = lab.run(host, "ip -s xfrm state")
        for wanted in (f"limit: soft {SOFT_PACKETS}(packets), hard {HARD_PACKETS}(packets)",
                       "limit: soft 1000000(bytes), hard 2000000(bytes)"):
            lab.expect(text.count(wanted) == 2, f"{host}: no '{wanted}' in each state")
        lab.run(host, "ip xfrm monitor expire >/tmp/expired 2>&1 &")
    lab.settle()
    lab.ping_through_rekeyings("alice", "bob", SOFT_PACKETS + 10)
    for host in ("moon", "sun"):
        text = lab.run(host, "cat /tmp/expired; pkill -x ip; true")
        lab.expect("hard 0" in text, f"{host}: no soft expiry")
