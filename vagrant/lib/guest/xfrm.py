"""What `ip` tells about a host's IPsec state."""
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Sa:
    source: str
    destination: str
    spi: str
    encapsulated: bool
    byte_count: int
    packet_count: int


def states(host):
    """The host's ESP and AH states, with counters."""
    _, text = host.run(["ip", "-s", "xfrm", "state"], timeout=30)
    found = []
    for block in re.split(r"(?m)^(?=src )", text)[1:]:
        head = re.match(r"src (\S+) dst (\S+)\s+proto (?:esp|ah) spi (0x[0-9a-f]+)", block)
        current = re.search(r"lifetime current:\s+(\d+)\(bytes\), (\d+)\(packets\)", block)
        if head and current:
            found.append(Sa(*head.groups(), "encap type espinudp" in block, *map(int, current.groups())))
    return found


def policies(host):
    """Head lines of the host's policies, the sockets' own bypass policies not counted."""
    _, text = host.run(["ip", "xfrm", "policy"], timeout=30)
    blocks = re.split(r"(?m)^(?=src )", text)[1:]
    return [block.split("\n")[0].strip() for block in blocks if "\tsocket " not in block]


def keys(host):
    """The keys of all states, as lower-case hex without 0x."""
    _, text = host.run(["ip", "xfrm", "state"], timeout=30)
    return set(re.findall(r"(?:enc|aead|auth|auth-trunc) \S+ 0x([0-9a-f]{16,})", text))


def leftovers(host):
    """All that an ended daemon should have removed: states, policies, rules and routes of table 220."""
    script = (
        "ip xfrm state; ip xfrm policy; ip rule | grep 220; ip -6 rule | grep 220;"
        " ip route show table 220 2>/dev/null; ip -6 route show table 220 2>/dev/null; true")
    _, text = host.run(script, timeout=30)
    return text.strip()
