"""The lab's networks, and what connects the hosts to them.

                 public: 192.168.0.0/24, fd00::/64 (the bridge where packets are captured)
      moon .1 ──────┬──── sun .2 ──────┬──── carol .100 ────┬──── nat .200
    10.1.0.1 │                │ 10.2.0.1                          │ 10.3.0.1  (masquerades)
       alice 10.1.0.10      bob 10.2.0.10                       dave 10.3.0.10, erin .11

The IPv6 addresses are numbered likewise: moon fd00::1, alice fd00:1::10, dave fd00:3::10. All
default routes of the public side lead to .254 (fd00::fe), which forwards nothing: what a gateway
fails to encrypt is seen on the wire and goes nowhere.
"""
import subprocess

PUBLIC = "public"
PUBLIC_PREFIXES = ("192.168.0.0/24", "fd00::/64")
# host: {interface: (bridge, IPv4, IPv6)}, then its gateways
HOSTS = {
    "moon": {"eth0": (PUBLIC, "192.168.0.1/24", "fd00::1/64"), "eth1": ("left", "10.1.0.1/16", "fd00:1::1/64")},
    "sun": {"eth0": (PUBLIC, "192.168.0.2/24", "fd00::2/64"), "eth1": ("right", "10.2.0.1/16", "fd00:2::1/64")},
    "carol": {"eth0": (PUBLIC, "192.168.0.100/24", "fd00::100/64")},
    "nat": {"eth0": (PUBLIC, "192.168.0.200/24", "fd00::200/64"), "eth1": ("home", "10.3.0.1/24", "fd00:3::1/64")},
    "alice": {"eth0": ("left", "10.1.0.10/16", "fd00:1::10/64")},
    "bob": {"eth0": ("right", "10.2.0.10/16", "fd00:2::10/64")},
    "dave": {"eth0": ("home", "10.3.0.10/24", "fd00:3::10/64")},
    "erin": {"eth0": ("home", "10.3.0.11/24", "fd00:3::11/64")},
}
GATEWAYS = {
    "alice": ("10.1.0.1", "fd00:1::1"),
    "bob": ("10.2.0.1", "fd00:2::1"),
    "dave": ("10.3.0.1", "fd00:3::1"),
    "erin": ("10.3.0.1", "fd00:3::1"),
}
PUBLIC_GATEWAY = ("192.168.0.254", "fd00::fe")

SYSCTLS = {
    "net/ipv4/ip_forward": "1",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv6/conf/all/accept_dad": "0",
    "net/ipv6/conf/default/accept_dad": "0",
}

# The port changes too, as it does behind most home routers.
MASQUERADE = """
table inet lab {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "eth0" masquerade fully-random
    }
}
"""


def addresses(host, interface="eth0"):
    """A host's IPv4 and IPv6 address on an interface, without prefix lengths."""
    _, v4, v6 = HOSTS[host][interface]
    return v4.split("/")[0], v6.split("/")[0]


def _batch(commands):
    subprocess.run(["ip", "-batch", "-"], input="\n".join(commands) + "\n", text=True, check=True)


def build(hosts):
    """Connects the hosts (name to Host). Runs in the guest's root namespaces."""
    bridges = sorted({link[0] for links in HOSTS.values() for link in links.values()})
    with open("/proc/sys/net/ipv6/conf/default/accept_dad", "w") as f:
        f.write("0")
    commands = ["link set lo up"]
    for bridge in bridges:
        commands += [f"link add {bridge} type bridge", f"link set {bridge} up"]
    # promiscuous: the bridge device itself then sees, once, every packet that crosses it
    commands += [
        f"link set {PUBLIC} promisc on",
        f"addr add {PUBLIC_GATEWAY[0]}/24 dev {PUBLIC}",
        f"addr add {PUBLIC_GATEWAY[1]}/64 dev {PUBLIC} nodad",
    ]
    for name, links in HOSTS.items():
        for interface, (bridge, _, _) in links.items():
            port = f"{name}.{interface}"
            commands += [
                f"link add {port} type veth peer name {interface} netns {hosts[name].pid}",
                f"link set {port} master {bridge} up",
            ]
    _batch(commands)
    for name in HOSTS:
        _configure(hosts[name])


def _configure(host):
    script = [f"echo {value} >/proc/sys/{key}" for key, value in SYSCTLS.items()]
    batch = ["link set lo up"]
    for interface, (_, v4, v6) in HOSTS[host.name].items():
        batch += [
            f"link set {interface} up",
            f"addr add {v4} dev {interface}",
            f"addr add {v6} dev {interface} nodad",
        ]
    gateway4, gateway6 = GATEWAYS.get(host.name, PUBLIC_GATEWAY)
    batch += [f"route add default via {gateway4}", f"route add ::/0 via {gateway6}"]
    script.append("ip -batch - <<'END'\n" + "\n".join(batch) + "\nEND")
    if host.name == "nat":
        script.append(f"nft -f - <<'END'{MASQUERADE}END")
    status, output = host.run("set -e\n" + "\n".join(script), timeout=30)
    if status:
        raise RuntimeError(f"network of {host.name}: {output}")
