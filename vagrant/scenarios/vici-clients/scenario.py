"""VICI clients other than swanctl: listings, set-up and events, 50 at once, and one that never reads."""
from vici_client import CMD_REQUEST, EVENT_REGISTER, Client

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-charon", "keyferry-keyferry"]

CLIENTS = 50


def client(lab, host):
    return Client(lab.daemons[host].socket_path)


def expect_event(lab, listener, event, up, child=None):
    """The next event: SAs go up and down in a fixed order."""
    name, message = listener.next_event()
    sa = message["gateways"]
    lab.expect(name == event, f"{name} came instead of {event}")
    lab.expect((message.get("up") == "yes") == up, f"{event}: up is {message.get('up')}")
    names = [inner["name"] for inner in sa.get("child-sas", {}).values()]
    lab.expect(names == ([child] if child else []), f"{event}: children {names}")
    lab.expect(sa["local-host"] == "192.168.0.1", f"{event}: local-host is {sa['local-host']}")


def prepare(lab):
    lab.start("sun", "moon")


def check(lab):
    one_client_does_all(lab)
    many_at_once(lab)
    one_never_reads(lab)
    lab.expect_empty("moon", "sun")


def one_client_does_all(lab):
    with client(lab, "moon") as listener, client(lab, "moon") as user:
        for event in ("ike-updown", "child-updown"):
            listener.register(event)
        conns = user.stream("list-conns", "list-conn")
        lab.expect([list(conn) for conn in conns] == [["gateways"]], f"connections: {conns}")
        answer = user.request("initiate", {"child": "nets", "loglevel": 1})
        lab.expect(answer == {"success": "yes"}, f"initiate: {answer}")
        expect_event(lab, listener, "ike-updown", True)
        expect_event(lab, listener, "child-updown", True, "nets")
        (sa,) = user.stream("list-sas", "list-sa")
        lab.expect(sa["gateways"]["state"] == "ESTABLISHED", f"list-sas: {sa}")
        lab.ping("alice", "bob")
        (sa,) = user.stream("list-sas", "list-sa")
        (inner,) = sa["gateways"]["child-sas"].values()
        lab.expect(int(inner["packets-out"]) >= 10, f"packets-out is {inner['packets-out']}")
        counters = user.request("get-counters", {"name": "gateways"})["counters"]["gateways"]
        lab.expect(len(counters) == 21, f"{len(counters)} counters")
        auth = [counters[key] for key in ("ike-auth-out-req", "ike-auth-in-resp", "ike-auth-in-req")]
        lab.expect(auth == ["1", "1", "0"], f"counters of IKE_AUTH: {auth}")
        log = user.stream("terminate", "control-log", {"ike": "gateways", "loglevel": 1})
        lab.expect(any("deleting" in line["msg"] for line in log), f"control-log: {log}")
        expect_event(lab, listener, "child-updown", False, "nets")
        expect_event(lab, listener, "ike-updown", False)


def many_at_once(lab):
    """All ask before any reads an answer."""
    lab.up("moon", "nets")
    clients = [client(lab, ("moon", "sun")[number % 2]) for number in range(CLIENTS)]
    for own in clients:
        for event in ("log", "list-sa"):
            own.register(event)
    for command in ("get-conns", "list-sas", "stats"):
        for own in clients:
            own.send(CMD_REQUEST, command)
    for own in clients:
        conns, _, stats = own.answer("get-conns"), own.answer("list-sas"), own.answer("stats")
        lab.expect(conns == {"conns": ["gateways"]}, f"connections: {conns}")
        lab.expect(stats["ikesas"] == {"total": "1", "half-open": "0"}, f"stats: {stats['ikesas']}")
        listed = [message for event, message in own.events() if event == "list-sa"]
        lab.expect(len(listed) == 1, f"{len(listed)} SAs listed to one of {CLIENTS} clients")
        own.close()
    lab.down("moon", ike="gateways")


def one_never_reads(lab):
    with client(lab, "moon") as deaf:
        for event in ("log", "list-conn", "list-sa"):
            deaf.send(EVENT_REGISTER, event)
        deaf.timeout(0)
        try:
            while True:
                deaf.send(CMD_REQUEST, "list-conns")
        except BlockingIOError:
            pass  # its requests are not taken as long as it takes no answers
        lab.up("moon", "nets")
        lab.ping("alice", "bob")
        with client(lab, "moon") as other:
            lab.expect(len(other.stream("list-sas", "list-sa")) == 1, "no SA beside a deaf client")
        lab.down("moon", ike="gateways")
