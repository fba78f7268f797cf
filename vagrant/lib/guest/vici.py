"""As much of VICI as the lab needs: named commands with flat arguments, flat parts of the answer."""
import socket
import struct

CMD_REQUEST, CMD_RESPONSE = 0, 1
KEY_VALUE = 3


class ViciError(Exception):
    pass


def _receive_exactly(connection, length):
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise ViciError("the daemon closed the connection")
        data += part
    return data


def _top_level(message):
    """The key/value pairs outside all sections and lists."""
    values, depth, at = {}, 0, 0
    while at < len(message):
        element = message[at]
        at += 1
        key = value = ""
        if element in (1, 3, 4):  # SECTION_START, KEY_VALUE, LIST_START have a name
            key = message[at + 1 : at + 1 + message[at]].decode()
            at += 1 + message[at]
        if element in (3, 5):  # KEY_VALUE, LIST_ITEM have a value
            length = struct.unpack_from(">H", message, at)[0]
            value = message[at + 2 : at + 2 + length].decode(errors="replace")
            at += 2 + length
        depth += {1: 1, 4: 1, 2: -1, 6: -1}.get(element, 0)
        if element == KEY_VALUE and depth == 0:
            values[key] = value
    return values


def call(path, command, timeout=60, **arguments):
    """One command on a connection of its own; returns the answer's top-level values."""
    name = command.encode()
    packet = bytes([CMD_REQUEST, len(name)]) + name
    for key, value in arguments.items():
        text = str(value).encode()
        packet += bytes([KEY_VALUE, len(key)]) + key.encode() + struct.pack(">H", len(text)) + text
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(path)
        connection.sendall(struct.pack(">I", len(packet)) + packet)
        length = struct.unpack(">I", _receive_exactly(connection, 4))[0]
        answer = _receive_exactly(connection, length)
    if answer[0] != CMD_RESPONSE:
        raise ViciError(f"{command}: packet type {answer[0]}")
    return _top_level(answer[1:])
