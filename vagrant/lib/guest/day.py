"""A day of pings through SAs that are rekeyed all the time."""
import re

HOURS = 24
HOUR_SECONDS = 3600
LIFETIMES = "rekey_time = 1h\nover_time = 6m\nrand_time = {ike_spread}"
CHILD = """
  nets {{
    local_ts = 10.1.0.0/16
    remote_ts = 10.2.0.0/16
    rekey_time = 10m
    life_time = 12m
    rand_time = {child_spread}
  }}"""
REKEYED = {
    "charon": {"CHILD": r"inbound CHILD_SA nets\{\d+\} established", "IKE": r"IKE_SA gateways\[\d+\] rekeyed"},
    "keyferry": {"CHILD": r"CHILD_SA nets\{\d+\} rekeyed as", "IKE": r"IKE_SA gateways\[\d+\] rekeyed"},
}


def configure(lab, ike_spread, child_spread):
    """CHILD_SAs of 10 minutes, IKE_SAs of an hour at both ends, less up to that much at random."""
    lab.gateways(CHILD.format(child_spread=child_spread), LIFETIMES.format(ike_spread=ike_spread))


def _echoes(lab, host):
    """Echo requests that came to a host, and answers that it sent."""
    names, values = re.findall(r"(?m)^Icmp: (.*)$", lab.run(host, "cat /proc/net/snmp"))
    counters = dict(zip(names.split(), map(int, values.split())))
    return counters["InEchos"], counters["OutEchoReps"]


def pass_by(lab):
    """24 hours, a ping each second; each must come, be answered, and the answer must come."""
    pings = HOURS * HOUR_SECONDS
    before = _echoes(lab, "bob")
    lab.run("alice", f"ping -n -q -c {pings} -i 1 -W 2 10.2.0.10 >/tmp/pings 2>&1 </dev/null &")
    mark = lab.wire.mark()
    for _ in range(HOURS):  # the capture has to be emptied now and then
        lab.settle(HOUR_SECONDS)
        clear = [packet for packet in lab.wire.packets(mark) if packet.kind == "clear"]
        lab.expect(not clear, f"{len(clear)} packets crossed the wire in the clear: {clear[:1]}")
        mark = lab.wire.mark()
    lab.eventually(lambda: "received" in lab.run("alice", "cat /tmp/pings"), "ping does not end", HOUR_SECONDS)  # it lags
    answered = int(re.search(r"(\d+) received", lab.run("alice", "cat /tmp/pings"))[1])
    came, sent = (now - then for now, then in zip(_echoes(lab, "bob"), before))
    lab.note(f"{pings} pings: {came} came to bob, he sent {sent} answers, {answered} came to alice")
    lab.expect(came == sent == answered == pings,
               f"of {pings} pings {came} came to bob, he sent {sent} answers, {answered} came to alice")
    for host in ("moon", "sun"):
        rekeyed = {kind: len(re.findall(p, lab.log(host))) for kind, p in REKEYED[lab.kind(host)].items()}
        lab.note(f"{host}: rekeyed {rekeyed}")
        lab.expect(rekeyed["CHILD"] >= 6 * (HOURS - 1) and rekeyed["IKE"] >= HOURS - 1,
                   f"{host}: rekeyed only {rekeyed}")
        lab.eventually(lambda: len(lab.states(host)) == 2, f"{host} has more than one CHILD_SA", 30)
