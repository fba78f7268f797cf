package org.keyferry.sim;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Addressing;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.CertExchange;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Childless;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.settings.model.KeyRenewal;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.settings.model.OcspExchange;
import org.keyferry.settings.model.PpkTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Redirects;
import org.keyferry.settings.model.SecretText;
import org.keyferry.settings.model.SendCert;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.TcpUse;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Builds connections as a test wants them: sensible values, and one method for each that a story
/// changes.
public final class SimConnection {
    public static final int AES_GCM_16 = 20;
    private static final int KEY_BITS = 128;
    private static final int PRF_HMAC_SHA2_256 = 5;
    public static final int X25519 = 31;
    public static final int ECP_256 = 19;
    public static final int MODP_2048 = 14;

    private String name = "office";
    private AddressSpec remoteAddress = new AddressSpec.Any();
    private List<Proposal> ike = List.of(ikeProposal(AES_GCM_16, X25519));
    private List<Proposal> esp = List.of(espProposal(AES_GCM_16));
    private Duration dpdDelay = Duration.ZERO;
    private int keyingTries = 1;
    private UniquePolicy unique = UniquePolicy.NO;
    private boolean encap;
    private boolean mobike = true;
    private TcpUse tcp = TcpUse.NEVER;
    private Set<Action> startAction = Set.of();
    private Set<Action> closeAction = Set.of();
    private Set<Action> dpdAction = Set.of();
    private Fragmentation fragmentation = Fragmentation.YES;
    private Childless childless = Childless.ALLOW;
    private PpkTerms ppk = PpkTerms.NONE;
    private OcspExchange ocsp = OcspExchange.REPLY;
    private final Identification localId;
    private final Identification remoteId;
    private List<TsSpec> localTs = List.of(fixed("10.1.0.0/16"));
    private List<TsSpec> remoteTs = List.of(fixed("10.2.0.0/16"));
    private ChildMode mode = ChildMode.TUNNEL;
    private boolean ipcomp;
    private final java.util.Map<String, Bytes> labels = new java.util.HashMap<>();
    private KernelOptions kernel = KernelOptions.DEFAULT;
    private InterfaceId interfaceId = InterfaceId.NONE;

    private record Selectors(List<TsSpec> local, List<TsSpec> remote) {}

    private final java.util.Map<String, Selectors> further = new java.util.LinkedHashMap<>();
    private Duration childRekey = Duration.ofHours(1);
    private Duration childLife = Duration.ofMinutes(66);
    private Duration childRand = Duration.ofMinutes(6);
    private Duration ikeRekey = Duration.ofHours(4);
    private Duration ikeOver = Duration.ofMinutes(24);
    private Duration ikeRand = Duration.ofMinutes(24);
    private Duration reauth = Duration.ZERO;
    private KeyRenewal keyRenewal = KeyRenewal.ALWAYS;
    private Addressing addressing = Addressing.NONE;
    private Redirects redirects = Redirects.NONE;
    private boolean resumption;
    private Optional<AuthRound> local = Optional.empty();
    private Optional<AuthRound> remote = Optional.empty();
    private Optional<List<AuthRound>> localRounds = Optional.empty();
    private Optional<List<AuthRound>> remoteRounds = Optional.empty();

    private SimConnection(Identification localId, Identification remoteId) {
        this.localId = localId;
        this.remoteId = remoteId;
    }

    /// A connection `office` between two identities, with one child `net`.
    public static SimConnection between(String localId, String remoteId) {
        return new SimConnection(Identification.parse(localId), Identification.parse(remoteId));
    }

    public static Proposal ikeProposal(int encrId, int... methods) {
        var transforms = new java.util.ArrayList<Transform>();
        transforms.add(new Transform(TransformType.ENCR, encrId, KEY_BITS));
        transforms.add(new Transform(TransformType.PRF, PRF_HMAC_SHA2_256, 0));
        for (int method : methods) {
            transforms.add(new Transform(TransformType.KE, method, 0));
        }
        return new Proposal(1, ProtocolId.IKE, Bytes.EMPTY, transforms);
    }

    public static Proposal espProposal(int encrId) {
        return new Proposal(
                1,
                ProtocolId.ESP,
                Bytes.EMPTY,
                List.of(
                        new Transform(TransformType.ENCR, encrId, KEY_BITS),
                        new Transform(TransformType.ESN, 0, 0)));
    }

    /// With these methods for a key exchange of CREATE_CHILD_SA.
    public static Proposal espProposal(int encrId, int... methods) {
        var transforms = new java.util.ArrayList<>(espProposal(encrId).transforms());
        for (int method : methods) {
            transforms.add(new Transform(TransformType.KE, method, 0));
        }
        return new Proposal(1, ProtocolId.ESP, Bytes.EMPTY, transforms);
    }

    public static TsSpec fixed(String range) {
        return new TsSpec.Fixed(TrafficSelector.of(AddressRange.parse(range)));
    }

    public static SharedSecret secret(String id, String value, String... owners) {
        return new SharedSecret(
                id,
                SharedSecret.Kind.IKE,
                SecretText.owned(value.getBytes(StandardCharsets.UTF_8)),
                List.of(owners).stream().map(Identification::parse).toList());
    }

    /// A password of EAP.
    public static SharedSecret password(String id, String value, String... owners) {
        var secret = secret(id, value, owners);
        return new SharedSecret(id, SharedSecret.Kind.EAP, secret.secret(), secret.owners());
    }

    /// The same connection as the other end has it.
    public SimConnection mirrored() {
        var other = new SimConnection(/* localId= */ remoteId, /* remoteId= */ localId);
        other.name = name;
        other.ike = ike;
        other.esp = esp;
        other.dpdDelay = dpdDelay;
        other.unique = unique;
        other.encap = encap;
        other.mobike = mobike;
        other.fragmentation = fragmentation;
        other.localTs = remoteTs;
        other.remoteTs = localTs;
        further.forEach(
                (child, ts) ->
                        other.further.put(
                                child,
                                new Selectors(/* local= */ ts.remote(), /* remote= */ ts.local())));
        other.childRekey = childRekey;
        other.childLife = childLife;
        other.childRand = childRand;
        other.ikeRekey = ikeRekey;
        other.ikeOver = ikeOver;
        other.ikeRand = ikeRand;
        other.reauth = reauth;
        other.keyRenewal = keyRenewal;
        other.mode = mode;
        other.ipcomp = ipcomp;
        other.labels.putAll(labels);
        other.kernel = kernel;
        other.interfaceId = interfaceId;
        other.resumption = resumption;
        return other;
    }

    public SimConnection named(String other) {
        name = other;
        return this;
    }

    public SimConnection to(String address) {
        remoteAddress = new AddressSpec.Range(AddressRange.host(IpAddress.parse(address)));
        return this;
    }

    public SimConnection ike(Proposal... proposals) {
        ike = List.of(proposals);
        return this;
    }

    public SimConnection esp(Proposal... proposals) {
        esp = List.of(proposals);
        return this;
    }

    public SimConnection dpd(Duration delay) {
        dpdDelay = delay;
        return this;
    }

    public SimConnection keyingTries(int tries) {
        keyingTries = tries;
        return this;
    }

    public SimConnection unique(UniquePolicy policy) {
        unique = policy;
        return this;
    }

    public SimConnection starts() {
        startAction = Set.of(Action.START);
        return this;
    }

    public SimConnection whenClosed(Action... actions) {
        closeAction = Set.of(actions);
        return this;
    }

    public SimConnection whenDead(Action... actions) {
        dpdAction = Set.of(actions);
        return this;
    }

    public SimConnection withoutMobike() {
        mobike = false;
        return this;
    }

    public SimConnection tcp(TcpUse.When when) {
        tcp = new TcpUse(when, TcpUse.PORT);
        return this;
    }

    public SimConnection encap() {
        encap = true;
        return this;
    }

    public SimConnection fragmentation(Fragmentation wanted) {
        fragmentation = wanted;
        return this;
    }

    /// So many selectors on each side that messages become large.
    public SimConnection manySelectors(int count) {
        localTs =
                java.util.stream.IntStream.range(0, count)
                        .mapToObj(i -> fixed("10.1.%d.0/24".formatted(i)))
                        .toList();
        remoteTs =
                java.util.stream.IntStream.range(0, count)
                        .mapToObj(i -> fixed("10.2.%d.0/24".formatted(i)))
                        .toList();
        return this;
    }

    public SimConnection selectors(String local, String remote) {
        localTs = List.of(fixed(local));
        remoteTs = List.of(fixed(remote));
        return this;
    }

    /// A further child.
    public SimConnection child(String childName, String local, String remote) {
        further.put(childName, new Selectors(List.of(fixed(local)), List.of(fixed(remote))));
        return this;
    }

    public SimConnection childLifetime(Duration rekey, Duration life, Duration rand) {
        childRekey = rekey;
        childLife = life;
        childRand = rand;
        return this;
    }

    /// Which rekeyings of children have a key exchange.
    public SimConnection keyRenewal(int every, Duration time) {
        keyRenewal = new KeyRenewal(every, time);
        return this;
    }

    public SimConnection ikeLifetime(Duration rekey, Duration over, Duration rand) {
        ikeRekey = rekey;
        ikeOver = over;
        ikeRand = rand;
        return this;
    }

    public SimConnection reauth(Duration time) {
        reauth = time;
        return this;
    }

    /// Selectors that are the hosts themselves.
    public SimConnection hosts() {
        localTs = List.of(new TsSpec.Dynamic(0, PortRange.ANY));
        remoteTs = localTs;
        return this;
    }

    public SimConnection mode(ChildMode wanted) {
        mode = wanted;
        return this;
    }

    /// The security label of a child.
    public SimConnection label(String childName, String text) {
        labels.put(childName, Bytes.utf8(text + '\0'));
        return this;
    }

    private Bytes label(String childName) {
        return labels.getOrDefault(childName, Bytes.EMPTY);
    }

    public SimConnection ipcomp(boolean wanted) {
        ipcomp = wanted;
        return this;
    }

    public SimConnection kernel(KernelOptions options) {
        kernel = options;
        return this;
    }

    /// Of the connection, in both directions.
    public SimConnection interfaceId(InterfaceId wanted) {
        interfaceId = wanted;
        return this;
    }

    public static Proposal ahProposal(int integId) {
        return new Proposal(
                1,
                ProtocolId.AH,
                Bytes.EMPTY,
                List.of(
                        Transform.of(TransformType.INTEG, integId),
                        new Transform(TransformType.ESN, 0, 0)));
    }

    /// As initiator it asks for these virtual IPs, and uses them in the tunnel.
    public SimConnection vips(String... addresses) {
        addressing =
                new Addressing(
                        java.util.Arrays.stream(addresses).map(IpAddress::parse).toList(),
                        List.of());
        localTs = List.of(new TsSpec.Dynamic(0, PortRange.ANY));
        return this;
    }

    /// As responder it has peers use addresses of these pools.
    public SimConnection pools(String... names) {
        addressing = new Addressing(List.of(), List.of(names));
        remoteTs = List.of(new TsSpec.Dynamic(0, PortRange.ANY));
        return this;
    }

    /// With public keys instead of a shared one.
    public SimConnection publicKeys(PublicKeyTerms own, PublicKeyTerms ofPeer) {
        return ownKey(own).peersKey(ofPeer);
    }

    public SimConnection ownKey(PublicKeyTerms terms) {
        local = Optional.of(new AuthRound(AuthMethod.PUBKEY, localId, terms));
        return this;
    }

    public SimConnection peersKey(PublicKeyTerms terms) {
        remote = Optional.of(new AuthRound(AuthMethod.PUBKEY, remoteId, terms));
        return this;
    }

    /// As initiator with that PPK.
    public SimConnection ocsp(OcspExchange policy) {
        ocsp = policy;
        return this;
    }

    public SimConnection ppk(String id, boolean required) {
        ppk = new PpkTerms(Optional.of(Identification.parse(id)), required);
        return this;
    }

    public SimConnection childless(Childless policy) {
        childless = policy;
        return this;
    }

    /// As responder it sends peers there, at once or when they have proved who they are.
    public SimConnection redirects(String init, String auth) {
        redirects =
                new Redirects(
                        Optional.ofNullable(init).map(Gateway::parse),
                        Optional.ofNullable(auth).map(Gateway::parse));
        return this;
    }

    /// Sessions are taken up again by tickets.
    public SimConnection resumption() {
        resumption = true;
        return this;
    }

    public static SharedSecret ppkSecret(String id, String value) {
        return new SharedSecret(
                "ppk-" + id,
                SharedSecret.Kind.PPK,
                SecretText.owned(value.getBytes(StandardCharsets.UTF_8)),
                List.of(Identification.parse(id)));
    }

    /// Rounds as given instead of the pre-shared key.
    public SimConnection rounds(List<AuthRound> own, List<AuthRound> ofPeer) {
        localRounds = Optional.of(own);
        remoteRounds = Optional.of(ofPeer);
        return this;
    }

    public Connection build() {
        var lifetime = new Lifetime(childRekey, childLife, childRand, 0, 0, 0, 0, 0, 0, keyRenewal);
        var children = new java.util.ArrayList<Child>();
        children.add(
                new Child(
                        "net",
                        esp,
                        localTs,
                        remoteTs,
                        mode,
                        lifetime,
                        startAction,
                        closeAction,
                        dpdAction,
                        Duration.ZERO,
                        Optional.empty(),
                        false,
                        ipcomp,
                        kernel,
                        label("net")));
        further.forEach(
                (childName, ts) ->
                        children.add(
                                Child.of(
                                                childName,
                                                esp,
                                                ts.local(),
                                                ts.remote(),
                                                ChildMode.TUNNEL,
                                                lifetime)
                                        .withActions(startAction, closeAction, dpdAction)
                                        .withLabel(label(childName))));
        return new Connection(
                        name,
                        List.of(new AddressSpec.Any()),
                        List.of(remoteAddress),
                        500,
                        500,
                        ike,
                        encap,
                        mobike,
                        dpdDelay,
                        fragmentation,
                        keyingTries,
                        unique,
                        reauth,
                        ikeRekey,
                        ikeOver,
                        ikeRand,
                        0,
                        interfaceId,
                        interfaceId,
                        localRounds.orElse(
                                List.of(local.orElse(new AuthRound(AuthMethod.PSK, localId)))),
                        remoteRounds.orElse(
                                List.of(remote.orElse(new AuthRound(AuthMethod.PSK, remoteId)))),
                        children)
                .with(childless, ppk)
                .with(addressing)
                .with(tcp)
                .with(new CertExchange(true, SendCert.IFASKED, ocsp))
                .with(redirects, resumption);
    }
}
