"""Every option of a child that only the kernel sees: charon and Keyferry install the same."""

import re

INITIATOR, RESPONDER = "moon", "sun"

# Each child has a pair of networks of its own, the first one with the gateways' own addresses in it.
OPTIONS = {
    "plain": "",
    "manual": "priority = 1234",
    "reqid": "reqid = 77",
    "nowindow": "replay_window = 0",
    "window": "replay_window = 128",
    "esn": "esp_proposals = aes128gcm16-esn",
    "esncbc": "esp_proposals = aes128-sha256-esn\n replay_window = 64",
    "ccm": "esp_proposals = aes256ccm12",
    "chacha": "esp_proposals = chacha20poly1305",
    "sha1": "esp_proposals = aes256-sha1",
    "sha384": "esp_proposals = aes128ctr-sha384",
    "shortsha": "esp_proposals = aes128-sha256\n sha256_96 = yes",
    "null": "esp_proposals = null-sha512",
    "marks": "mark_in = 0x11\n mark_out = 0x12/0xff",
    "marksa": "mark_in = 0x21/0xff\n mark_out = 0x22\n mark_in_sa = yes",
    "unique": "mark_in = %unique\n mark_out = %unique",
    "uniquedir": "mark_in = %unique-dir\n mark_out = %unique-dir",
    "setmarks": "mark_in = 0x31\n mark_out = 0x31\n set_mark_in = 0x5/0xf\n set_mark_out = %same/0xff",
    "ifid": "if_id_in = 41\n if_id_out = 42",
    "ifunique": "if_id_in = %unique\n if_id_out = %unique",
    "ecndf": "copy_ecn = no\n copy_df = no",
    "dscpin": "copy_dscp = in",
    "dscpyes": "copy_dscp = yes",
    "dscpno": "copy_dscp = no",
    "padded": "tfc_padding = 500",
    "mtu": "tfc_padding = mtu",
    "limits": "rekey_bytes = 1000000\n life_bytes = 2000000\n rand_bytes = 0\n"
              " rekey_packets = 5000\n life_packets = 6000\n rand_packets = 0",
    "fwdout": "policies_fwd_out = yes",
    "device": "interface = eth0",
    "nopolicies": "policies = no",
    "auto": "hw_offload = auto",
    "compressed": "ipcomp = yes",
    "header": "ah_proposals = sha256",
    "headeresn": "ah_proposals = sha1-esn",
}
# Selectors that the priority formula looks at.
SELECTORS = {
    "tcp": ("10.1.101.0/24[tcp]", "10.2.101.0/24[tcp]"),
    "port": ("10.1.102.0/24[tcp/80]", "10.2.102.0/24[tcp/80]"),
    "range": ("10.1.103.0/24[udp/1024-2047]", "10.2.103.0/24[udp/1024-2047]"),
    "ping": ("10.1.104.0/24[icmp]", "10.2.104.0/24[icmp]"),
    "several": ("10.1.105.0/24,10.1.106.0/28", "10.2.105.0/24,10.2.106.0/28"),
    "six": ("fd00:1:7::/64", "fd00:2:7::/64"),
    "host": ("10.1.0.1/32", "10.2.0.1/32"),
}
MODES = {
    "transport": "mode = transport\n local_ts = 192.168.0.1/32[udp/9]\n remote_ts = 192.168.0.2/32[udp/9]",
    "transportcomp": "mode = transport\n ipcomp = yes\n local_ts = 192.168.0.1/32[udp/10]\n"
                     " remote_ts = 192.168.0.2/32[udp/10]",
    "transportah": "mode = transport\n ah_proposals = sha384\n local_ts = 192.168.0.1/32[udp/11]\n"
                   " remote_ts = 192.168.0.2/32[udp/11]",
    "beet": "mode = beet\n local_ts = 10.1.0.20/32\n remote_ts = 10.2.0.20/32",
}
TIMES = "rekey_time = 3600\n life_time = 3960\n rand_time = 0\n"
PRIVATE = "charon-systemd { \n send_vendor_id = yes \n }\n"


def children():
    texts = []
    for number, (name, options) in enumerate(OPTIONS.items()):
        selectors = f"local_ts = 10.1.{number}.0/24\n remote_ts = 10.2.{number}.0/24"
        texts.append(f"{name} {{\n {TIMES} {selectors}\n {options}\n}}")
    for name, (local, remote) in SELECTORS.items():
        texts.append(f"{name} {{\n {TIMES} local_ts = {local}\n remote_ts = {remote}\n}}")
    for name, options in MODES.items():
        texts.append(f"{name} {{\n {TIMES} {options}\n}}")
    return "\n".join(texts)


def prepare(lab):
    lab.gateways(children(), strongswan=PRIVATE)
    lab.start("sun", "moon")
    lab.up_all("moon", (*OPTIONS, *SELECTORS, *MODES))


def priorities(lab, host):
    """The numbers of outbound policies by their selectors."""
    text = lab.run(host, "ip xfrm policy")
    return dict(re.findall(r"(?m)^src (\S+ dst \S+)(?: proto \S+.*?)? \n\tdir out priority (\d+)", text))


def check(lab):
    numbers = priorities(lab, "moon")
    lab.expect(numbers.get("10.1.0.0/24 dst 10.2.0.0/24") == "375423", f"priority of /24 to /24: {numbers}")
    lab.expect(numbers.get("10.1.0.1/32 dst 10.2.0.1/32") == "367231", f"priority of host to host: {numbers}")
    lab.expect(numbers.get("10.1.1.0/24 dst 10.2.1.0/24") == "1234", f"manual priority: {numbers}")
    lab.expect_mirrored(exact_times=True)
