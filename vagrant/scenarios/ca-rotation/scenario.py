"""Another CA takes the place of the one in use, with new certificates for both: the tunnel stays up all the time."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
NAMES = {host: f"{host}-net.example.org" for host in ("moon", "sun")}


def prepare(lab):
    former = authority.Authority(lab, "carol", "former-ca")
    for host, name in NAMES.items():
        authority.give(lab, host, name, *former.issue(name, "ecdsa"))
        authority.trust(lab, host, former)
    for host, text in zip(NAMES, authority.moon_and_sun(["net"])):
        lab.write(host, "/etc/swanctl/swanctl.conf", text)
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")
    lab.up("moon", "net")


def check(lab):
    lab.ping("alice", "bob")
    before = spis(lab)
    later = authority.Authority(lab, "carol", "later-ca")
    for host in NAMES:
        authority.trust(lab, host, later)
    authority.load(lab, "sun", "moon")  # both CAs are trusted before anybody uses the new one
    for host, name in NAMES.items():
        authority.give(lab, host, name, *later.issue(name, "ecdsa"))
        authority.load(lab, host)
        lab.ping("alice", "bob")
    for host in NAMES:
        lab.run(host, "rm /etc/swanctl/x509ca/former-ca.pem && swanctl --load-all --clear --noprompt")
    lab.ping("alice", "bob")
    lab.expect(spis(lab) == before, "the tunnel did not live through the change")
    lab.run("moon", "swanctl --rekey --ike net --reauth")
    said = "using trusted ca certificate \"CN=later-ca\""
    for host in NAMES:
        lab.eventually(lambda host=host: said in lab.log(host).replace("using trusted certificate", ""),
                       f"{host} did not use the new CA")
    lab.eventually(lambda: not spis(lab) & before, "no new CHILD_SA came up")
    lab.ping("alice", "bob")


def spis(lab):
    return {sa.spi for sa in lab.states("moon")}
