"""The public network as seen by someone on it: every packet is captured, kept as pcap and classified."""
import fcntl
import ipaddress
import socket
import struct
from dataclasses import dataclass, replace

from network import PUBLIC, PUBLIC_PREFIXES

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
RECEIVE_BUFFER_BYTES = 64 << 20
ETHERNET_BYTES = 14
TCP, UDP, ESP, AH, ICMP, ICMPV6 = 6, 17, 50, 51, 1, 58
IKE_PORT, NATT_PORT = 500, 4500
SIOCGSTAMP = 0x8906  # when the kernel saw the last frame
IKE_SA_INIT = 34
NOTIFY = 41

_NOT_INNER = [ipaddress.ip_network(p) for p in (*PUBLIC_PREFIXES, "fe80::/10", "ff00::/8", "::/128")]


@dataclass(frozen=True)
class Packet:
    """`kind`: esp, ah, udp-esp, ike, keepalive, tcp, clear (an inner packet without protection), other.

    `ike` is the IKE message without the non-ESP marker, empty for other kinds.
    """

    kind: str
    source: str
    destination: str
    ike: bytes = b""
    length_bytes: int = 0

    def is_init_with_notify(self, notify_type):
        """An IKE_SA_INIT message whose first payload is that notify (RFC 7296 §3.10)."""
        if len(self.ike) < 36 or self.ike[18] != IKE_SA_INIT or self.ike[16] != NOTIFY:
            return False
        return struct.unpack_from(">H", self.ike, 34)[0] == notify_type


def classify(frame):
    """The Packet in an Ethernet frame, or None if it holds no IP."""
    ether_type = struct.unpack_from(">H", frame, 12)[0]
    ip = frame[ETHERNET_BYTES:]
    if ether_type == 0x0800:
        protocol, payload = ip[9], ip[(ip[0] & 15) * 4 :]
        source, destination = socket.inet_ntop(2, ip[12:16]), socket.inet_ntop(2, ip[16:20])
    elif ether_type == 0x86DD:
        protocol, payload = ip[6], ip[40:]
        source, destination = socket.inet_ntop(10, ip[8:24]), socket.inet_ntop(10, ip[24:40])
    else:
        return None
    ends = [ipaddress.ip_address(a) for a in (source, destination)]
    if not all(any(end in net for net in _NOT_INNER if net.version == end.version) for end in ends):
        return Packet("clear", source, destination)
    if protocol in (ESP, AH):
        return Packet("esp" if protocol == ESP else "ah", source, destination)
    if protocol == TCP:
        return Packet("tcp", source, destination)
    if protocol != UDP:
        return Packet("other", source, destination)
    ports, data = struct.unpack_from(">HH", payload), payload[8:]
    if IKE_PORT in ports and NATT_PORT not in ports:
        return Packet("ike", source, destination, data)
    if NATT_PORT not in ports:
        return Packet("other", source, destination)
    if data == b"\xff":
        return Packet("keepalive", source, destination)
    if data[:4] == b"\0\0\0\0":
        return Packet("ike", source, destination, data[4:])
    return Packet("udp-esp", source, destination)


class Wire:
    """Captures from its creation on. The socket holds what arrived until somebody looks."""

    def __init__(self, pcap_path):
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        self._socket.bind((PUBLIC, 0))
        self._socket.setblocking(False)
        self._packets = []
        self._pcap = open(pcap_path, "wb")
        self._pcap.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))

    def packets(self, start=0):
        """All packets so far, from the one with number `start` on."""
        self._drain()
        return self._packets[start:]

    def mark(self):
        """The number that the next packet will get."""
        self._drain()
        return len(self._packets)

    def close(self):
        self._drain()
        self._pcap.close()

    def _drain(self):

        while True:
            try:
                frame = self._socket.recv(65535)
            except BlockingIOError:
                break
            stamp = fcntl.ioctl(self._socket, SIOCGSTAMP, b"\0" * 16)
            seconds, micros = struct.unpack("<qq", stamp)
            length = len(frame)
            self._pcap.write(struct.pack("<IIII", seconds & 0xFFFFFFFF, micros, length, length) + frame)
            packet = classify(frame)
            if packet:
                self._packets.append(replace(packet, length_bytes=length - ETHERNET_BYTES))
        self._pcap.flush()
