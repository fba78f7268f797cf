"""hostapd of Debian as a RADIUS server for EAP-SIM and EAP-AKA, and a home register that it asks for challenges."""

import radius

DIRECTORY = "/tmp/hostapd"
REGISTER = f"{DIRECTORY}/register"

CONFIGURATION = """
interface=lo
driver=none
logger_stdout=-1
logger_stdout_level=1
eap_server=1
eap_user_file={directory}/users
eap_sim_db=unix:{register}
eap_sim_id=3
radius_server_clients={directory}/clients
radius_server_auth_port=1812
"""

# The home register, by hostapd's protocol: one datagram for a question, one for the answer. Milenage is that of
# 3GPP TS 35.206, with openssl for AES.
PROGRAM = r"""
import os, socket, subprocess, sys
K, OPC = bytes.fromhex(sys.argv[1]), bytes.fromhex(sys.argv[2])
sqn = int(sys.argv[3], 16)
def aes(block):
    return subprocess.run(["openssl", "enc", "-aes-128-ecb", "-nopad", "-K", K.hex()], input=block,
                          stdout=subprocess.PIPE, check=True).stdout
def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))
def turned(block, count):
    return block[count:] + block[:count]
def out(rand, count, constant):
    block = bytearray(turned(xor(aes(xor(rand, OPC)), OPC), count))
    block[15] ^= constant
    return xor(aes(bytes(block)), OPC)
def macs(rand, number, amf):
    block = turned(xor((number + amf) * 2, OPC), 8)
    return xor(aes(xor(aes(xor(rand, OPC)), block)), OPC)
def fold(data, size):
    part = bytes(size)
    for at in range(0, len(data), size):
        part = xor(part, data[at:at + size])
    return part
def answer(words):
    global sqn
    kind, imsi = words[0], words[1]
    rand = os.urandom(16)
    if kind == "SIM-REQ-AUTH":
        parts = []
        for _ in range(int(words[2])):
            rand = os.urandom(16)
            kc = fold(out(rand, 4, 2) + out(rand, 8, 4), 8)
            parts.append(f"{kc.hex()}:{fold(out(rand, 0, 1)[8:], 4).hex()}:{rand.hex()}")
        return f"SIM-RESP-AUTH {imsi} " + " ".join(parts)
    if kind == "AKA-REQ-AUTH":
        sqn += 32
        number, amf = sqn.to_bytes(6, "big"), bytes.fromhex("8000")
        second = out(rand, 0, 1)
        autn = xor(number, second[:6]) + amf + macs(rand, number, amf)[:8]
        return (f"AKA-RESP-AUTH {imsi} {rand.hex()} {autn.hex()} {out(rand, 8, 4).hex()} {out(rand, 4, 2).hex()}"
                f" {second[8:].hex()}")
    if kind == "AKA-AUTS":
        auts, rand = bytes.fromhex(words[2]), bytes.fromhex(words[3])
        number = xor(auts[:6], out(rand, 12, 8)[:6])
        if macs(rand, number, bytes(2))[8:] == auts[6:]:
            sqn = int.from_bytes(number, "big")
            print("resynchronised to", number.hex(), flush=True)
    return None
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[4])
while True:
    question, sender = server.recvfrom(1000)
    print(question.decode(), flush=True)
    said = answer(question.decode().split())
    if said:
        server.sendto(said.encode(), sender)
"""


def start(lab, host, k, opc, sqn):
    """Serves every subscriber with these keys. `sqn` is the register's last sequence number, in hexadecimal digits."""
    lab.write(host, f"{DIRECTORY}/register.py", PROGRAM)
    # permanent identities, pseudonyms and those for fast re-authentication (3GPP TS 23.003)
    digits = {"AKA": "024", "SIM": "135", "AKA'": "678"}
    lab.write(host, f"{DIRECTORY}/users",
              "".join(f"\"{digit}\"* {method}\n" for method, all in digits.items() for digit in all))
    lab.write(host, f"{DIRECTORY}/clients", f"10.1.0.1 {radius.SECRET}\n")
    lab.write(host, f"{DIRECTORY}/hostapd.conf", CONFIGURATION.format(directory=DIRECTORY, register=REGISTER))
    register(lab, host, k, opc, sqn)
    serve(lab, host)


def serve(lab, host):
    """Starts hostapd, in place of the one that runs: that one forgets whom it gave identities to."""
    pid = f"{DIRECTORY}/pid"
    lab.run(host, f"test ! -e {pid} || kill $(cat {pid})")
    lab.eventually(lambda: lab.run(host, f"test -e {pid} || echo no").strip() == "no", "hostapd does not end")
    lab.run(host, f"hostapd -B -P {pid} -dd -t -f {DIRECTORY}/log {DIRECTORY}/hostapd.conf || (cat {DIRECTORY}/log; false)")


def log(lab, host):
    """What hostapd itself says, since it began."""
    return lab.run(host, f"cat {DIRECTORY}/log")


def register(lab, host, k, opc, sqn):
    """Starts the home register, in place of the one that runs."""
    log, pid = f"{DIRECTORY}/register.log", f"{DIRECTORY}/register.pid"
    lab.run(host, f"test ! -e {pid} || kill $(cat {pid}); rm -f {REGISTER};"
                  f" setsid python3 {DIRECTORY}/register.py {k} {opc} {sqn} {REGISTER} >>{log} 2>&1 & echo $! >{pid}")
    lab.eventually(lambda: lab.run(host, f"test -S {REGISTER} && echo yes || true").strip() == "yes",
                   "the home register does not come up")


def said(lab, host):
    """What the home register was asked and did."""
    return lab.run(host, f"cat {DIRECTORY}/register.log")
