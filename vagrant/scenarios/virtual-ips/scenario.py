"""Virtual IPs of both families from several pools, DNS servers with them, leases kept by identity, a pool that is used up."""
INITIATOR, RESPONDER = "carol", "moon"

V4, V6 = "10.9.0.1", "fd00:9::1"
DNS = "10.1.0.53"


def sas(lab, host):
    return lab.run(host, "swanctl --list-sas --raw")


def leases(lab):
    return lab.run("moon", "swanctl --list-pools --leases --raw")


def prepare(lab):
    lab.write("carol", "/etc/resolv.conf", "nameserver 192.0.2.53\n")
    lab.start("moon", "carol")
    lab.up("carol", "network")


def has(lab, host, address):
    return f"{address}/" in lab.run(host, "ip -o addr show dev eth0")


def check(lab):
    lab.expect(has(lab, "carol", V4) and has(lab, "carol", V6), "carol's eth0 lacks a virtual IP")
    lab.expect(f"local-vips=[{V4} {V6}]" in sas(lab, "carol"), "carol does not list its virtual IPs")
    lab.expect(f"remote-vips=[{V4} {V6}]" in sas(lab, "moon"), "moon does not list carol's virtual IPs")
    for address in (V4, V6):
        lease = f"address={address} identity=carol@example.org status=online"
        lab.expect(lease in leases(lab), f"no lease {address}")
    names = lambda: lab.run("carol", "cat /etc/resolv.conf")
    lab.expect_reason("carol", charon=r"CPRP\(ADDR ADDR6 DNS NBNS SUBNET", keyferry=f"installing DNS server {DNS}")
    if lab.kind("carol") == "keyferry":  # the lab's charon goes without the plugin
        lab.eventually(lambda: f"nameserver {DNS}" in names(), "carol does not use moon's DNS server")
    lab.expect("src " + V4 in lab.run("carol", "ip route show table 220"), "no route from the virtual IP")
    lab.ping("carol", "alice")  # from the virtual IP: nothing else fits the policies
    lab.ping("alice", V4)
    lab.ping6("carol", "alice")
    lab.ping("alice", V6)

    # the pools are used up: one more is refused, with the reason, and keeps its IKE_SA
    lab.start("sun")
    lab.up_fails("sun", "network")
    lab.expect_reason("moon", charon="sending INTERNAL_ADDRESS_FAILURE",
                      keyferry="no virtual IP: pool 'four' is full, pool 'six' is full")
    lab.expect_states("sun", 0)

    # what rekeying replaces keeps the addresses
    for host in ("carol", "moon"):
        lab.run(host, "swanctl --rekey --ike home" if host == "carol" else "swanctl --rekey --ike roadwarriors")
        lab.settle(2)
        lab.expect(f"remote-vips=[{V4} {V6}]" in sas(lab, "moon"), "the addresses are lost by rekeying")
        lab.ping("carol", "alice")

    lab.down("carol", ike="home")
    lab.eventually(lambda: not has(lab, "carol", V4) and not has(lab, "carol", V6),
                   "carol's eth0 still has a virtual IP")
    lab.eventually(lambda: names() == "nameserver 192.0.2.53\n", lambda: "carol's resolver: " + names())
    lab.eventually(lambda: "status=online" not in leases(lab), "moon has a lease online")
    lab.up("carol", "network")
    lab.ping("alice", V4)
