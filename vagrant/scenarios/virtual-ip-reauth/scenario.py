"""Reauthentication, make before break and break before make: the client keeps its virtual IP, and no ping is lost."""
INITIATOR, RESPONDER = "carol", "moon"

VIP = "10.9.0.1"


def prepare(lab):
    lab.start("moon", "carol")
    lab.up("carol", "network")


def vips(lab, host):
    return lab.run(host, "swanctl --list-sas --raw").count(f"-vips=[{VIP}]")


def check(lab):
    lab.ping("alice", VIP)
    for _ in range(3):
        lab.run("carol", "swanctl --rekey --ike home --reauth")
        lab.ping_through_rekeyings("alice", VIP, 20)
        for host in ("carol", "moon"):
            lab.eventually(lambda: vips(lab, host) == 1, f"{host} has not one SA with the virtual IP")
            lab.expect_states(host, 2)
    leases = lab.run("moon", "swanctl --list-pools --leases --raw")
    lab.expect(leases.count("status=") == 1 and leases.count("status=online") == 1, "not one lease, online")
    count = lab.run("carol", "ip -o addr show dev eth0").count(f" {VIP}/")
    lab.expect(count == 1, f"carol has the virtual IP {count} times")

    conf = lab.run("carol", "cat /etc/strongswan.conf")
    lab.write("carol", "/etc/strongswan.conf", conf.replace("make_before_break = yes", "make_before_break = no"))
    lab.stop("carol")
    lab.expect(f" {VIP}/" not in lab.run("carol", "ip -o addr show"), "the virtual IP outlives the daemon")
    lab.start("carol")
    lab.up("carol", "network")
    lab.run("carol", "swanctl --rekey --ike home --reauth")
    lab.settle(8)  # charon asks again after 4 s
    lab.ping("alice", VIP)
    lab.expect_states("carol", 2)
