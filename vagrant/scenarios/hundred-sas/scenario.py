"""One hundred connections between two gateways, up and down twice; the kernels end empty."""

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-keyferry"]

COUNT = 100
ROUNDS = 2


def connection(number, own, peer):
    """One connection of its own identities, secret and pair of networks."""
    left, right = {"moon": (1, 2), "sun": (2, 1)}[own]
    return f"""
connections {{
  c{number} {{
    local_addrs = 192.168.0.{left}
    remote_addrs = 192.168.0.{right}
    local {{
      auth = psk
      id = {own}-{number}.example.org
    }}
    remote {{
      auth = psk
      id = {peer}-{number}.example.org
    }}
    children {{
      n{number} {{
        local_ts = 10.{left}.{number}.0/24
        remote_ts = 10.{right}.{number}.0/24
      }}
    }}
  }}
}}
secrets {{
  ike-{number} {{
    id-1 = {own}-{number}.example.org
    id-2 = {peer}-{number}.example.org
    secret = "lantern {number} of one hundred"
  }}
}}
"""


def prepare(lab):
    numbers = range(1, COUNT + 1)
    for own, peer in (("moon", "sun"), ("sun", "moon")):
        text = "".join(connection(number, own, peer) for number in numbers)
        lab.write(own, "/etc/swanctl/swanctl.conf", text)
    for host, net in (("alice", 1), ("bob", 2)):
        batch = "".join(f"addr add 10.{net}.{number}.10/16 dev eth0\n" for number in numbers)
        lab.write(host, "/tmp/addresses", batch)
        lab.run(host, "ip -batch /tmp/addresses")
    lab.start("sun", "moon")


def check(lab):
    numbers = range(1, COUNT + 1)
    for _ in range(ROUNDS):
        lab.up_all("moon", [f"n{number}" for number in numbers])
        lab.expect_states("moon", 2 * COUNT)
        lab.expect_states("sun", 2 * COUNT)
        for number in range(10, COUNT + 1, 10):
            lab.ping("alice", f"10.2.{number}.10", count=3, source=f"10.1.{number}.10")
        lab.down_all("moon", [f"c{number}" for number in numbers])
        lab.expect_empty("moon", "sun")
