"""A VICI client written from the protocol's description alone: whole messages, streamed and raised events.

It shares nothing with Keyferry's own code, so that what the two misunderstand they do not misunderstand together.
Sections are dicts, lists are lists, values are text (bytes where they are not UTF-8).
"""
import socket
import struct

CMD_REQUEST, CMD_RESPONSE, CMD_UNKNOWN = 0, 1, 2
EVENT_REGISTER, EVENT_UNREGISTER, EVENT_CONFIRM, EVENT_UNKNOWN, EVENT = 3, 4, 5, 6, 7
SECTION_START, SECTION_END, KEY_VALUE, LIST_START, LIST_ITEM, LIST_END = 1, 2, 3, 4, 5, 6


class ViciError(Exception):
    pass


def _named(element, name):
    raw = name.encode()
    return bytes([element, len(raw)]) + raw


def _value(value):
    raw = value if isinstance(value, bytes) else str(value).encode()
    return struct.pack(">H", len(raw)) + raw


def encode(message):
    out = b""
    for name, value in message.items():
        if isinstance(value, dict):
            out += _named(SECTION_START, name) + encode(value) + bytes([SECTION_END])
        elif isinstance(value, list):
            items = b"".join(bytes([LIST_ITEM]) + _value(item) for item in value)
            out += _named(LIST_START, name) + items + bytes([LIST_END])
        else:
            out += _named(KEY_VALUE, name) + _value(value)
    return out


class _Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        if self.at + length > len(self.data):
            raise ViciError(f"message ends within {length} bytes at {self.at}")
        self.at += length
        return self.data[self.at - length : self.at]

    def name(self):
        return self.take(self.take(1)[0]).decode()

    def value(self):
        raw = self.take(struct.unpack(">H", self.take(2))[0])
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw

    @property
    def done(self):
        return self.at == len(self.data)


def _items(reader):
    items = []
    while (element := reader.take(1)[0]) != LIST_END:
        if element != LIST_ITEM:
            raise ViciError(f"element {element} in a list")
        items.append(reader.value())
    return items


def _section(reader, nested):
    section = {}
    while nested or not reader.done:
        element = reader.take(1)[0]
        if element == SECTION_END and nested:
            return section
        if element not in (SECTION_START, KEY_VALUE, LIST_START):
            raise ViciError(f"element {element} at {reader.at - 1}")
        name = reader.name()
        if element == SECTION_START:
            section[name] = _section(reader, True)
        elif element == LIST_START:
            section[name] = _items(reader)
        else:
            section[name] = reader.value()
    return section


def decode(data):
    return _section(_Reader(data), False)


class Client:
    """One connection. Events that arrive while something else is awaited are kept for `next_event`."""

    def __init__(self, path, timeout=120):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)  # blocking: waits while charon's backlog of 3 is full
        self._socket.settimeout(timeout)
        self._events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._socket.close()

    def timeout(self, seconds):
        """For each wait from now on; 0 never waits."""
        self._socket.settimeout(seconds)

    def send(self, packet_type, name, message=b""):
        packet = _named(packet_type, name) + message
        self._socket.sendall(struct.pack(">I", len(packet)) + packet)

    def _exactly(self, length):
        data = b""
        while len(data) < length:
            part = self._socket.recv(length - len(data))
            if not part:
                raise ViciError("the daemon closed the connection")
            data += part
        return data

    def receive(self):
        """The next packet: its type, its name if it has one, its message."""
        packet = self._exactly(struct.unpack(">I", self._exactly(4))[0])
        if packet[0] != EVENT:
            return packet[0], None, decode(packet[1:])
        end = 2 + packet[1]
        return EVENT, packet[2:end].decode(), decode(packet[end:])

    def _answer(self, wanted, refused, what):
        while True:
            packet_type, name, message = self.receive()
            if packet_type == EVENT:
                self._events.append((name, message))
            elif packet_type == wanted:
                return message
            elif packet_type == refused:
                raise ViciError(f"the daemon does not know {what}")
            else:
                raise ViciError(f"packet of type {packet_type} in answer to {what}")

    def request(self, command, message=None):
        self.send(CMD_REQUEST, command, encode(message or {}))
        return self.answer(command)

    def answer(self, command):
        """The answer to a request that was sent before."""
        return self._answer(CMD_RESPONSE, CMD_UNKNOWN, command)

    def events(self):
        """Takes those that came while something else was awaited: names and messages."""
        events, self._events = self._events, []
        return events

    def register(self, event):
        self.send(EVENT_REGISTER, event)
        self._answer(EVENT_CONFIRM, EVENT_UNKNOWN, event)

    def unregister(self, event):
        self.send(EVENT_UNREGISTER, event)
        self._answer(EVENT_CONFIRM, EVENT_UNKNOWN, event)

    def stream(self, command, event, message=None):
        """The events of a streaming command."""
        self.register(event)
        self.request(command, message)
        self.unregister(event)
        mine = [content for name, content in self._events if name == event]
        self._events = [kept for kept in self._events if kept[0] != event]
        return mine

    def next_event(self):
        if self._events:
            return self._events.pop(0)
        packet_type, name, message = self.receive()
        if packet_type != EVENT:
            raise ViciError(f"packet of type {packet_type} instead of an event")
        return name, message
