"""VICI clients other than swanctl: listings, set-up and events, 50 at once, and one that never reads."""
import threading

from vici_client import CMD_REQUEST, EVENT_REGISTER, Client, encode

INITIATOR, RESPONDER = "moon", "sun"

CLIENTS = 50
UNREAD_REQUESTS = 200


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
        if lab.kind("moon") == "keyferry":  # the lab's charon does without the plugin
            counters = user.request("get-counters", {"name": "gateways"})["counters"]["gateways"]
            lab.expect(len(counters) == 21, f"{len(counters)} counters")
            auth = [counters[key] for key in ("ike-auth-out-req", "ike-auth-in-resp", "ike-auth-in-req")]
            lab.expect(auth == ["1", "1", "0"], f"counters of IKE_AUTH: {auth}")
        log = user.stream("terminate", "control-log", {"ike": "gateways", "loglevel": 1})
        lab.expect(any("deleting" in line["msg"] for line in log), f"control-log: {log}")
        expect_event(lab, listener, "child-updown", False, "nets")
        expect_event(lab, listener, "ike-updown", False)


def many_at_once(lab):
    wrong = []

    def work(number):
        try:
            with client(lab, ("moon", "sun")[number % 2]) as own:
                own.register("log")
                own.request("stats")
                if own.request("get-conns") != {"conns": ["gateways"]}:
                    wrong.append("other connections")
                for _ in range(5):
                    if not own.stream("list-sas", "list-sa"):
                        wrong.append("no SA")
        except Exception as error:
            wrong.append(repr(error))

    lab.up("moon", "nets")
    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lab.expect(not wrong, f"{len(wrong)} of {CLIENTS} clients failed, the first: {wrong[:1]}")
    lab.down("moon", ike="gateways")


def one_never_reads(lab):
    with client(lab, "moon") as deaf:
        for event in ("log", "list-conn", "list-sa"):
            deaf.send(EVENT_REGISTER, event)

        def ask():
            try:
                for _ in range(UNREAD_REQUESTS):
                    deaf.send(CMD_REQUEST, "list-conns", encode({}))
            except OSError:
                pass  # its requests are not taken as long as it takes no answers

        threading.Thread(target=ask, daemon=True).start()
        lab.up("moon", "nets")
        lab.ping("alice", "bob")
        with client(lab, "moon") as other:
            lab.expect(len(other.stream("list-sas", "list-sa")) == 1, "no SA beside a deaf client")
        lab.down("moon", ike="gateways")
