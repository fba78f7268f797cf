"""Debian's swanctl, unchanged, drives the daemon: loads all, lists all, up, log, down, and a reload that touches nothing."""
import os
import re
import threading

INITIATOR, RESPONDER = "moon", "sun"

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTORIES = ["x509", "x509ca", "x509ocsp", "x509aa", "x509ac", "x509crl", "pubkey",
               "private", "rsa", "ecdsa", "bliss", "pkcs8", "pkcs12"]
CREDENTIALS = {"x509ca/ca.pem": "ca.pem", "x509/moon.pem": "moon.pem", "pkcs8/moon.pem": "moon-key.pem",
               "x509crl/ca.pem": "ca-crl.pem"}
# `pki --keyid` prints this for moon-key.pem, and OpenSSL for the key in moon.pem
KEY_ID = "c041e2793a56119bf870d553e5edbc6c81a982ba"
PINGS = 100


def swanctl(lab, host, *options):
    return lab.run(host, ["swanctl", *options])


def expect_lines(lab, output, *patterns):
    for pattern in patterns:
        lab.expect(re.search(pattern, output, re.M), f"swanctl does not print {pattern}: {output[:300]}")


def load_all(lab, host):
    expect_lines(
        lab, swanctl(lab, host, "--load-all", "--noprompt"),
        "^loaded certificate from '/etc/swanctl/x509/moon.pem'$",
        "^loaded certificate from '/etc/swanctl/x509ca/ca.pem'$",
        "^loaded certificate from '/etc/swanctl/x509crl/ca.pem'$",
        "^loaded (ECDSA|pkcs8) key from '/etc/swanctl/pkcs8/moon.pem'$",
        "^loaded ike secret 'ike-gateways'$",
        "^successfully loaded 1 authorities, 0 unloaded$",
        "^successfully loaded 1 pools, 0 unloaded$",
        "^successfully loaded 1 connections, 0 unloaded$")


def prepare(lab):
    for host in ("moon", "sun"):
        lab.run(host, "mkdir -p " + " ".join(f"/etc/swanctl/{name}" for name in DIRECTORIES))
        for path, name in CREDENTIALS.items():
            with open(f"{HERE}/{name}") as f:
                lab.write(host, "/etc/swanctl/" + path, f.read())
    lab.start("sun", "moon")
    for host in ("sun", "moon"):
        load_all(lab, host)


def check(lab):
    for host in ("moon", "sun"):
        lists_what_was_loaded(lab, host)
    expect_lines(lab, swanctl(lab, "moon", "--initiate", "--child", "nets"),
                 r"^\[IKE\] initiating IKE_SA gateways\[\d+\] to 192\.168\.0\.2",
                 r"^initiate completed successfully$")
    lab.ping("alice", "bob")
    for host in ("moon", "sun"):
        lists_the_tunnel(lab, host)
    reloads_under_a_ping(lab)
    follows_the_log(lab)
    lab.expect_empty("moon", "sun")


def lists_what_was_loaded(lab, host):
    expect_lines(lab, swanctl(lab, host, "--list-conns"),
                 r"^gateways: IKEv(1/)?2, no reauthentication, rekeying every 14400s",
                 r"^  local pre-shared key authentication:$", r"^  nets: TUNNEL, rekeying every 3600s$")
    expect_lines(lab, swanctl(lab, host, "--list-certs"),
                 r'^  subject:  "C=CH, O=Keyferry, CN=moon"$', r'^  subject:  "C=CH, O=Keyferry, CN=Lab CA"$',
                 r"^  pubkey:    ECDSA 384 bits, has private key$", r"^List of X.509 CRLs$",
                 "subjkey:   " + ":".join(re.findall("..", KEY_ID)))
    expect_lines(lab, swanctl(lab, host, "--list-authorities"),
                 "^lab:$", r"^  cacert: C=CH, O=Keyferry, CN=Lab CA$",
                 "^  crl_uris: +http://crl.example.org/a.crl$", "^  ocsp_uris: +http://ocsp.example.org$")
    expect_lines(lab, swanctl(lab, host, "--list-pools"), r"^guests +10\.9\.0\.0 +0 / 0 / 14$")
    expect_lines(lab, swanctl(lab, host, "--list-algs"), "^encryption:$", "AES_CBC", "CURVE_25519")
    expect_lines(lab, swanctl(lab, host, "--stats"), "^uptime: ", "^IKE_SAs: 0 total, 0 half-open$")


def lists_the_tunnel(lab, host):
    own, peer = ("moon", "sun") if host == "moon" else ("sun", "moon")
    expect_lines(lab, swanctl(lab, host, "--list-sas"),
                 r"^gateways: #\d+, ESTABLISHED, IKEv2, [0-9a-f]{16}_[ir]\*? [0-9a-f]{16}_[ir]\*?$",
                 rf"^  local  '{own}\.example\.org' @ 192\.168\.0\.\d\[\d+\]$",
                 rf"^  remote '{peer}\.example\.org' @ 192\.168\.0\.\d\[\d+\]$",
                 r"^  nets: #\d+, reqid \d+, INSTALLED, TUNNEL, ESP:",
                 r"^    in  [0-9a-f]{8}, +840 bytes, +10 packets")
    if lab.kind(host) == "keyferry":  # the lab's charon does without the plugin
        expect_lines(lab, swanctl(lab, host, "--counters", "--raw"), "ike-auth-(in|out)-req=1")


def reloads_under_a_ping(lab):
    before = [sa.spi for sa in lab.states("moon")]
    pinger = threading.Thread(target=lab.ping_through_rekeyings, args=("alice", "bob", PINGS))
    pinger.start()
    for host in ("moon", "sun"):
        load_all(lab, host)
    pinger.join()
    lab.expect(before == [sa.spi for sa in lab.states("moon")], "loading the same again touched the SA")


def follows_the_log(lab):
    output = lab.run("moon", "timeout -s INT 5 swanctl --log >/tmp/log 2>&1 & sleep 1;"
                     " swanctl --terminate --ike gateways; wait; cat /tmp/log")
    expect_lines(lab, output, "^terminate completed successfully$", r"\[IKE\].* deleting IKE_SA gateways")
