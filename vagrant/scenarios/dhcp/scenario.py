"""Virtual IPs from a DHCP server, which knows peers by their identity; hosts in its network find them by ARP."""
INITIATOR, RESPONDER = "carol", "moon"

# What charon and Keyferry make of carol@example.org
MAC = "7a:a7:2b:56:38:75"
LEASED, FIXED = "10.1.0.100", "10.1.0.30"
CONFIGURATION = """
default-lease-time 40;
max-lease-time 40;
subnet 10.1.0.0 netmask 255.255.0.0 {
  option domain-name-servers 10.1.0.53;
  range 10.1.0.100 10.1.0.109;
}
%s
"""


def serve(lab, hosts=""):
    lab.write("alice", "/tmp/dhcpd.conf", CONFIGURATION % hosts)
    lab.run("alice", "touch /tmp/leases && dhcpd -4 -q -cf /tmp/dhcpd.conf -lf /tmp/leases -pf /tmp/dhcpd.pid eth0")


def end(lab):
    lab.run("alice", "kill $(cat /tmp/dhcpd.pid)")
    ended = "[ -e /proc/$(cat /tmp/dhcpd.pid)/exe ] || echo ended"
    lab.eventually(lambda: "ended" in lab.run("alice", ended), "dhcpd does not end")
    lab.run("alice", "rm /tmp/dhcpd.pid")  # or the next takes the dead one for alive


def prepare(lab):
    lab.write("moon", "/etc/default/keyferry", "KEYFERRY_CAPABILITIES=+net_raw\n")
    serve(lab)
    lab.start("moon", "carol")
    lab.up("carol", "network")


def leases(lab):
    return lab.run("alice", "cat /tmp/leases")


def has(lab, address):
    return f"{address}/" in lab.run("carol", "ip -o addr show dev eth0")


def check(lab):
    lab.expect(has(lab, LEASED), "carol's eth0 lacks the leased address")
    lab.expect(MAC in leases(lab), f"the server does not know {MAC}")
    lab.ping("carol", "alice")
    lab.run("alice", "ip neigh flush dev eth0")
    lab.ping("alice", LEASED)  # moon answers for carol

    if lab.kind("moon") == "keyferry":
        asked = lambda: leases(lab).count("starts ")
        before = asked()
        lab.settle(50)  # longer than a lease
        lab.expect(asked() > before, "the lease was not renewed")
        lab.ping("alice", LEASED)

    # an address that the server keeps for carol
    lab.down("carol", ike="home")
    lab.eventually(lambda: "binding state free" in leases(lab), "the lease is not given back")
    end(lab)
    serve(lab, "host carol { hardware ethernet %s; fixed-address %s; }" % (MAC, FIXED))
    lab.up("carol", "network")
    lab.expect(has(lab, FIXED), "carol's eth0 lacks its own address")
    lab.ping("alice", FIXED)
    lab.down("carol", ike="home")

    # nobody answers: the IKE_SA is there, the address is not
    end(lab)
    lab.up_fails("carol", "network")
    if lab.kind("moon") == "keyferry":
        lab.expect_reason("moon", charon="", keyferry="no DHCP server offered an address")
