"""Routes in table 220 with their metrics, for what this host itself sends: as charon installs them."""

INITIATOR, RESPONDER = "moon", "sun"

CONF = """
charon {
  plugins {
    kernel-netlink {
      mtu = 1300
      mss = 1240
      install_routes_xfrmi = yes
    }
  }
}
"""


def prepare(lab):
    for host in ("moon", "sun"):
        lab.run(host, "ip link add ipsec7 type xfrm dev eth0 if_id 7 && ip link set ipsec7 up")
    lab.gateways("""
      nets {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }
      six {
        local_ts = fd00:1::/64
        remote_ts = fd00:2::/64
      }
      port {
        local_ts = 10.1.0.0/24[tcp/80]
        remote_ts = 10.2.0.0/24[tcp/80]
      }
      noaddress {
        local_ts = 10.1.77.0/24
        remote_ts = 10.2.77.0/24
      }
      interface {
        if_id_in = 7
        if_id_out = 7
        local_ts = 10.1.0.0/25
        remote_ts = 10.2.0.0/25
      }
      hosts {
        mode = transport
      }""", strongswan=CONF)
    lab.start("sun", "moon")
    for child in ("nets", "six", "port", "noaddress", "interface", "hosts"):
        lab.up("moon", child)


# Debian's charon (5.9.8) knows no install_routes_xfrmi.
THROUGH_INTERFACE = "10.2.0.0/25 dev ipsec7 proto static src 10.1.0.1 mtu 1300 advmss 1240"


def check(lab):
    table = lab.run("moon", "ip route show table 220; ip -6 route show table 220").replace("scope link ", "")
    wanted = ["10.2.0.0/16 via 192.168.0.2 dev eth0 proto static src 10.1.0.1 mtu 1300 advmss 1240", "fd00:2::/64"]
    if lab.kind("moon") == "keyferry":
        wanted.append(THROUGH_INTERFACE)
    for route in wanted:
        lab.expect(route in table, f"no route {route}: {table}")
    lab.expect(len(table.strip().split("\n")) == len(wanted), f"routes that should not be: {table}")
    lab.expect_mirrored(explained=[(r"^10\.[12]\.0\.0/25 dev ipsec7 .*", "")])
    lab.ping("moon", "bob", count=20)
