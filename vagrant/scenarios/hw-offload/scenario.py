"""hw_offload: a device that can takes the states; one that cannot is named, or done without."""
import glob
import re
import time

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-charon", "keyferry-keyferry"]

CHILD = """
      {name} {{
        esp_proposals = aes128gcm16
        hw_offload = {wanted}
        local_ts = 10.1.{number}.0/24
        remote_ts = 10.2.{number}.0/24
      }}"""


def simulated_device(lab):
    """A device that pretends to do ESP, given to moon as nsim0."""
    with open("/sys/bus/netdevsim/new_device", "w") as f:
        f.write("1 1")
    found = []
    for _ in range(100):
        found = glob.glob("/sys/bus/netdevsim/devices/netdevsim1/net/*")
        if found:
            break
        time.sleep(0.1)
    lab.expect(found, "no simulated network device")
    name = found[0].rsplit("/", 1)[-1]
    import subprocess
    subprocess.run(["ip", "link", "set", name, "name", "nsim0", "netns", str(lab.hosts["moon"].pid)], check=True)
    lab.run("moon", "ip addr add 192.168.7.1/24 dev nsim0 && ip link set nsim0 up")
    lab.run("sun", "ip route add 192.168.7.1 via 192.168.0.1")


def prepare(lab):
    simulated_device(lab)
    children = "".join(CHILD.format(name=f"{wanted}", wanted=wanted, number=number)
                       for number, wanted in enumerate(("crypto", "packet", "auto"), start=1))
    moon = lab.mirror.configuration(children).replace("local_addrs = 192.168.0.1", "local_addrs = 192.168.7.1")
    veth = lab.mirror.configuration(re.sub(r"(crypto|packet|auto) \{", r"\1-veth {", children))
    veth = veth.replace("gateways {", "veth {", 1)
    connections = veth[veth.index("  veth {"):veth.index("}\nsecrets {")]
    lab.write("moon", "/etc/swanctl/swanctl.conf", moon.replace("}\nsecrets {", connections + "}\nsecrets {", 1))
    sun = lab.mirror.mirrored(lab.mirror.configuration(children.replace("hw_offload", "#")))
    lab.write("sun", "/etc/swanctl/swanctl.conf", sun.replace("remote_addrs = 192.168.0.1", "remote_addrs = %any"))
    lab.start("sun", "moon")


def offloads(lab):
    return lab.run("moon", "keyferry xfrm states")


def check(lab):
    lab.up("moon", "crypto")
    text = offloads(lab)
    lab.expect(text.count("nsim0") == 2, f"states are not listed with their device: {text}")
    lab.down("moon", child="crypto")
    output = lab.up_fails("moon", "packet")
    lab.expect_reason("moon", output, keyferry=r"packet offload to device nsim0: .*[Uu]nsupported")
    lab.up("moon", "auto")
    lab.expect(offloads(lab).count("nsim0") == 2, "auto does not use what the device can")
    for wanted in ("crypto", "packet"):
        output = lab.up_fails("moon", f"{wanted}-veth")
        lab.expect_reason("moon", output, keyferry=rf"{wanted} offload to device eth0: .+")
    lab.up("moon", "auto-veth")
    lab.expect("eth0" not in offloads(lab), "states of a device that offloads nothing")
