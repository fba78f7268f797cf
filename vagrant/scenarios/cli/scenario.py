"""keyferry drives both hosts' daemons, charon and keyferryd alike: load, plan, up, lists, down, exit codes."""
import json
import re

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-charon"]  # the longest scenario: each command is a JVM of its own
ADDRESSES = {"moon": 1, "sun": 2}
SWANCTL_CONF = "/etc/swanctl/swanctl.conf"
MISTAKE = "connections { gateways { mobike = perhaps\n} }\n"
LISTS = ("status", "status --short --down", "conns", "policies", "certs", "pools --leases", "authorities",
         "algorithms", "stats", "version")


def connections(own, child_options=""):
    peer = "sun" if own == "moon" else "moon"
    left, right = ADDRESSES[own], ADDRESSES[peer]
    return f"""
connections {{
  gateways {{
    version = 2
    local_addrs = 192.168.0.{left}
    remote_addrs = 192.168.0.{right}
    local {{
      auth = psk
      id = {own}.example.org
    }}
    remote {{
      auth = psk
      id = {peer}.example.org
    }}
    children {{
      nets {{
        local_ts = 10.{left}.0.0/16
        remote_ts = 10.{right}.0.0/16
        {child_options}
      }}
    }}
  }}
}}
secrets {{
  ike-gateways {{
    id-1 = moon.example.org
    id-2 = sun.example.org
    secret = "a lantern for the ferryman"
  }}
}}
"""


def keyferry(lab, host, arguments, status=0):
    """Runs keyferry on a host and expects its exit status; returns what it printed, errors included."""
    return lab.run(host, f"keyferry {arguments}; status=$?; [ $status = {status} ] ||"
                         f" {{ echo ended with $status, not {status}; exit 9; }}")


def prepare(lab):
    lab.start("sun", "moon")
    for host in ("sun", "moon"):
        lab.write(host, SWANCTL_CONF, connections(host))
        output = keyferry(lab, host, "load")
        lab.expect("loaded: 1 secret, 1 connection" in output, f"{host}: load said: {output}")


def check(lab):
    lab.expect("nets  down" in keyferry(lab, "moon", "status"), "what is down is not shown")
    lab.expect("nets is up" in keyferry(lab, "moon", "up nets"), "up does not say so")
    lab.ping("alice", "bob", count=10)
    for host in ("moon", "sun"):
        output = keyferry(lab, host, "status --short")
        lab.expect(re.search("gateways +nets +up", output), f"{host}: not shown as up: {output}")
        everything_is_listed(lab, host)
        mistakes_have_a_status(lab, host)
        plan_touches_nothing(lab, host)
    lab.ping("alice", "bob", count=10)
    events_are_followed(lab)
    lab.expect_empty("moon", "sun")
    for host in ("moon", "sun"):
        lab.write(host, SWANCTL_CONF, "")
        output = keyferry(lab, host, "load --clear")
        lab.expect("removed: connection gateways" in output, f"{host}: load said: {output}")
        lab.expect(json.loads(keyferry(lab, host, "conns --json")) == [], f"{host}: still has connections")


def everything_is_listed(lab, host):
    for command in LISTS:
        keyferry(lab, host, command)
        json.loads(keyferry(lab, host, f"{command} --json 2>/dev/null"))
    [connection] = json.loads(keyferry(lab, host, "status --json"))["connections"]
    lab.expect(connection["up"] and connection["children"][0]["up"], f"{host}: JSON says down: {connection}")
    sa = connection["ike-sas"][0]
    lab.expect(sa["remote-port"] in (500, 4500) and sa["child-sas"][0]["packets-in"] >= 10,
               f"{host}: JSON has other numbers: {sa}")


def mistakes_have_a_status(lab, host):
    keyferry(lab, host, "up nosuch", status=1)
    keyferry(lab, host, "down --ike nosuch", status=1)
    keyferry(lab, host, "rekey --child nosuch", status=1)
    keyferry(lab, host, "up", status=2)
    keyferry(lab, host, "status --uri unix:///nosuch", status=3)
    lab.write(host, "/etc/swanctl/broken.conf", MISTAKE)
    output = keyferry(lab, host, "load conns --file /etc/swanctl/broken.conf", status=1)
    lab.expect("broken.conf:1: connections.gateways: " in output and "mobike" in output,
               f"{host}: the mistake is not told: {output}")


def plan_touches_nothing(lab, host):
    """A daemon that cannot plan says so; either way nothing is changed, and loading does what was told."""
    before = sorted(state.spi for state in lab.states(host))
    lab.write(host, "/etc/swanctl/changed.conf", connections(host, "copy_df = no"))
    load = "load conns --file /etc/swanctl/changed.conf"
    output = lab.run(host, f"keyferry {load} --dry-run || true")
    if lab.kind(host) == "charon" or "plan-conns" in output:
        lab.expect("this daemon cannot plan" in output, f"{host}: {output}")
        keyferry(lab, host, load + " --dry-run", status=1)
    else:
        lab.expect("replaced: children.nets.copy_df" in output, f"{host}: {output}")
        lab.expect("no SA would be closed" in output, f"{host}: {output}")
        keyferry(lab, host, load)
    after = sorted(state.spi for state in lab.states(host))
    lab.expect(before == after, f"{host}: states {before} became {after}")


def events_are_followed(lab):
    lab.run("sun", "keyferry monitor --json --count 1 --event child-updown >/tmp/events 2>&1 &"
                   " keyferry log --json --count 1 --seconds 60 >/tmp/log 2>&1 & sleep 20")
    keyferry(lab, "moon", "down --ike gateways")
    lab.eventually(lambda: lab.run("sun", "cat /tmp/events") and lab.run("sun", "cat /tmp/log"),
                   "no event arrived")
    event = json.loads(lab.run("sun", "cat /tmp/events"))
    lab.expect(event["event"] == "child-updown" and "up" not in event, f"another event: {event}")
    line = json.loads(lab.run("sun", "cat /tmp/log"))
    lab.expect(line["event"] == "log" and line["msg"], f"another line: {line}")
