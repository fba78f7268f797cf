"""Sends one IKE_SA_INIT request that is fit to be answered: half_open.py ADDRESS."""
import os
import socket
import struct
import sys

SA, KE, NONCE = 33, 34, 40
IKE_SA_INIT, INITIATOR_FLAG = 34, 8
X25519 = 31
# AES-CBC with 128 bits, PRF-HMAC-SHA2-256, HMAC-SHA2-256-128, X25519: in everybody's defaults
TRANSFORMS = [(1, 12, struct.pack(">HH", 0x800E, 128)), (2, 5, b""), (3, 12, b""), (4, X25519, b"")]


def payload(following, body):
    return struct.pack(">BBH", following, 0, 4 + len(body)) + body


def proposal():
    transforms = b""
    for index, (kind, number, attributes) in enumerate(TRANSFORMS):
        more = 3 if index < len(TRANSFORMS) - 1 else 0
        transforms += struct.pack(">BBHBBH", more, 0, 8 + len(attributes), kind, 0, number) + attributes
    return struct.pack(">BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, len(TRANSFORMS)) + transforms


def request():
    chain = payload(KE, proposal())
    chain += payload(NONCE, struct.pack(">HH", X25519, 0) + os.urandom(32))
    chain += payload(0, os.urandom(32))
    header = os.urandom(8) + bytes(8) + struct.pack(
        ">BBBBII", SA, 0x20, IKE_SA_INIT, INITIATOR_FLAG, 0, 28 + len(chain))
    return header + chain


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.bind(("", 500))
    sender.settimeout(5)
    sender.sendto(request(), (sys.argv[1], 500))
    answer = sender.recv(65535)
    if answer[18] != IKE_SA_INIT or answer[16] != SA:
        sys.exit("the answer is no IKE_SA_INIT with an SA payload")
