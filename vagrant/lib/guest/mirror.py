"""Two gateways that mirror each other: moon's words turned into sun's, and what both kernels hold compared.

Where one of them runs charon and the other Keyferry, every difference between their kernels is one between
the daemons.
"""
import re

_SWAPPED = re.compile(
    r"192\.168\.0\.[12](?!\d)|\b10\.[12]\.|\bfd00::[12](?![0-9a-f:])|\bfd00:[12]:|\bmoon\b|\bsun\b")
_OTHER = {"1": "2", "2": "1", "moon": "sun", "sun": "moon"}

_GATEWAYS = """\
connections {
  gateways {
    local_addrs = %(moon)s
    remote_addrs = %(sun)s
%(connection)s
    local {
      auth = psk
      id = moon.example.org
    }
    remote {
      auth = psk
      id = sun.example.org
    }
    children {
%(children)s
    }
  }
}
secrets {
  ike-gateways {
    id-1 = moon.example.org
    id-2 = sun.example.org
    secret = "a lantern for the ferryman"
  }
}
"""

# What differs by nature: keys, SPIs, counters, clocks.
_MASKS = [
    (re.compile(r"(spi|proto comp spi) 0x[0-9a-f]+\(\d+\)"), r"spi SPI"),
    (re.compile(r"((?:enc|aead|auth|auth-trunc) \S+) 0x([0-9a-f]*)(?: \(\d+ bits\))?"),
     lambda m: f"{m[1]} {4 * len(m[2])} bits"),
    (re.compile(r"index \d+"), "index N"),
    (re.compile(r"(?s)\tlifetime current:.*?(?=\n\S|\Z|\n\t[a-ks-z])"), ""),
    (re.compile(r"\n\s*add \S+ \S+ use \S+(?: \S+)?"), ""),
    (re.compile(r"\n\s*lastused .*"), ""),
    (re.compile(r"\n\s*stats:\n.*"), ""),
    (re.compile(r"\n\s*\d+\(bytes\), \d+\(packets\)"), ""),
    (re.compile(r"(seq|oseq|oseq_hi|seq_hi|bitmap) 0x[0-9a-f]+"), r"\1 N"),
]
_BITMAP = re.compile(r"\n\s*(?:[0-9a-f]{8} ?)+(?=\n|\Z)")


# What Debian's charon (5.9.8) does otherwise, and why Keyferry does not follow it.
EXPLAINED = [
    # It forgets copy_ecn and copy_df for the state of IPComp, which is the one that makes the outer header. The
    # kernel makes states of protocol 4 from those.
    (r"flag(?: noecn nopmtudisc)?(.*) \(0x[0-9a-f]+\)(?=\n comp deflate)", r"flag\1"),
    (r"(proto 4 spi .*\n.*flag)(?: noecn nopmtudisc)?(.*) \(0x[0-9a-f]+\)", r"\1\2"),
    # It sets the flag on inbound states too, where it means nothing and newer kernels refuse it, as it does not
    # tell states' directions; newer charons do as Keyferry does.
    (r"(?m)(^src 192.168.0.1 dst 192.168.0.2\n.*\n.* flag noecn) nopmtudisc( .*) \(0x[0-9a-f]+\)", r"\1\2"),
    (r"(?m)(^src 192.168.0.1 dst 192.168.0.2\n.*\n.* flag noecn af-unspec) \(0x[0-9a-f]+\)", r"\1"),
    # For the same reason its outbound states with ESN need a replay window of one packet.
    (r"replay_window [01], bitmap-length [01]\n", "replay_window none\n"),
]


def mirrored(text):
    """The same as the other gateway says it."""
    def other(match):
        word = match[0]
        if word in _OTHER:
            return _OTHER[word]
        at = max(i for i, c in enumerate(word) if c in "12" and word[i - 1] in ".:")
        return word[:at] + _OTHER[word[at]] + word[at + 1:]
    return _SWAPPED.sub(other, text)


def configuration(children, connection="", v6=False):
    """moon's swanctl.conf for a connection `gateways` with these children."""
    return _GATEWAYS % {
        "moon": "fd00::1" if v6 else "192.168.0.1", "sun": "fd00::2" if v6 else "192.168.0.2",
        "children": children, "connection": connection}


def _objects(text):
    """Blocks of `ip`'s output with what differs by nature left out, sorted."""
    blocks = [b for b in re.split(r"(?m)^(?=src )", text) if b.strip() and "\tsocket " not in b]
    plain = []
    for block in blocks:
        for pattern, replacement in _MASKS:
            block = pattern.sub(replacement, block)
        plain.append(re.sub(r"[ \t]+", " ", _BITMAP.sub("", block)).strip())
    return sorted(plain)


def kernel(host):
    """States, policies, and routes of table 220 of a host, each a list of texts."""
    def run(command):
        return host.run(command, timeout=60)[1]
    routes = run("ip route show table 220 2>/dev/null; ip -6 route show table 220 2>/dev/null; true")
    return {
        "state": _objects(run("ip -s xfrm state")),
        "policy": _objects(run("ip -s xfrm policy")),
        "route": sorted(line.strip() for line in routes.split("\n") if line.strip()),
    }
