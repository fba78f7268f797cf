"""Start scripts have swanctl load everything; log files, syslog, rotation, and a stop script at the end."""
import re

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-charon", "keyferry-keyferry"]

LOG = "/var/log/ferry.log"
# Stands in for the host's syslog daemon, one line for each datagram
SYSLOG = r"""
import socket
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("/dev/log")
with open("/var/log/syslog", "ab", buffering=0) as log:
    while True:
        log.write(receiver.recv(65536).rstrip(b"\n") + b"\n")
"""
STAMP = r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d "


def prepare(lab):
    lab.hosts["moon"].popen(["python3", "-S", "-c", SYSLOG])
    lab.run("moon", "while [ ! -S /dev/log ]; do sleep 0.1; done")
    lab.start("sun", "moon")
    lab.eventually(lambda: "gateways: IKEv2" in lab.run("moon", "swanctl --list-conns"),
                   "moon: the start script has not loaded the connection")
    lab.up("moon", "nets")


def expect_line(lab, pattern, path):
    text = lab.run("moon", f"cat {path}")
    lab.expect(re.search(pattern, text, re.MULTILINE), f"moon: {path} has no line /{pattern}/")


def check(lab):
    lab.ping("alice", "bob")
    expect_line(lab, STAMP + r"00\[DMN1\] executing start script 'load' \(swanctl --load-all --noprompt\)$", LOG)
    expect_line(lab, STAMP + r"\d\d\[DMN1\] begin: the lab begins$", LOG)
    expect_line(lab, STAMP + r"\d\d\[DMN1\] load: successfully loaded 1 connections, 0 unloaded$", LOG)
    expect_line(lab, STAMP + r"\d\d\[IKE\d\] <gateways\|1> initiating IKE_SA gateways\[1\] to 192.168.0.2", LOG)
    lab.eventually(lambda: "CHILD_SA nets{1} established" in lab.run("moon", "cat /var/log/syslog"),
                   "moon: syslog has not heard of the CHILD_SA")
    expect_line(lab, r"^<29>" + STAMP[1:] + r"ferry: \d\d\[DMN\] begin: the lab begins$", "/var/log/syslog")

    lab.run("moon", f"mv {LOG} {LOG}.1; swanctl --reload-settings")
    lab.down("moon", ike="gateways")
    expect_line(lab, r"\[IKE\d\] <gateways\|1> deleting IKE_SA gateways\[1\]", LOG)
    old = lab.run("moon", f"cat {LOG}.1")
    lab.expect("deleting IKE_SA" not in old, "moon: the rotated file still gets lines")

    if lab.kind("moon") == "keyferry":
        threads = lab.run("moon", "cat /proc/$(cat /run/charon.pid)/task/*/status")
        bounds = set(re.findall(r"CapBnd:\s*(\w+)", threads))
        lab.expect(bounds == {"0000000000001401"}, f"moon: capabilities within {bounds}")
        held = re.findall(r"Name:\s*(?:shard-\d|udp)\n(?:.*\n)*?CapPrm:\s*(\w+)", threads)
        lab.expect(held and set(held) == {"0000000000001400"}, f"moon: its threads hold {held}")
    lab.stop("moon")
    lab.expect(lab.run("moon", "cat /var/log/stopped").strip() == "1", "moon: the stop script did not meet the daemon")
