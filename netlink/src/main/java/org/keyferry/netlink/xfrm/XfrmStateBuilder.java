package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// Collects what an [XfrmState] needs; what is not given is off, unlimited or empty.
public final class XfrmStateBuilder {
    private final XfrmMode mode;
    private XfrmStateId id;
    private InetAddress source;
    private int reqid;
    private int acquireSequence;
    private XfrmSelector selector = XfrmSelector.EMPTY;
    private XfrmLifetime lifetime = XfrmLifetime.UNLIMITED;
    private int replayWindowPackets;
    private Set<XfrmStateFlag> flags = EnumSet.noneOf(XfrmStateFlag.class);
    private List<XfrmAlgorithm> algorithms = new ArrayList<>();
    private Optional<XfrmEncap> encap = Optional.empty();
    private Optional<XfrmMark> setMark = Optional.empty();
    private int ifId;
    private OptionalInt tfcPaddingBytes = OptionalInt.empty();
    private Optional<XfrmSaDirection> direction = Optional.empty();
    private OptionalInt cpu = OptionalInt.empty();
    private Optional<XfrmReplay> replay = Optional.empty();
    private Optional<XfrmUsage> usage = Optional.empty();
    private Optional<XfrmOffload> offload = Optional.empty();
    private Optional<XfrmSecurityContext> securityContext = Optional.empty();
    private Optional<XfrmIptfs> iptfs = Optional.empty();
    private Optional<InetAddress> careOfAddress = Optional.empty();
    private OptionalInt mappingThresholdSeconds = OptionalInt.empty();
    private OptionalInt natKeepaliveSeconds = OptionalInt.empty();

    XfrmStateBuilder(XfrmStateId id, InetAddress source, XfrmMode mode) {
        this.id = id;
        this.source = source;
        this.mode = mode;
    }

    XfrmStateBuilder(XfrmState from) {
        this(from.id(), from.source(), from.mode());
        reqid = from.reqid();
        acquireSequence = from.acquireSequence();
        selector = from.selector();
        lifetime = from.lifetime();
        replayWindowPackets = from.replayWindowPackets();
        flags(from.flags());
        algorithms.addAll(from.algorithms());
        XfrmStateOptions options = from.options();
        encap = options.encap();
        setMark = options.setMark();
        ifId = options.ifId();
        tfcPaddingBytes = options.tfcPaddingBytes();
        direction = options.direction();
        cpu = options.cpu();
        replay = options.replay();
        usage = options.usage();
        offload = options.offload();
        securityContext = options.securityContext();
        iptfs = options.iptfs();
        careOfAddress = options.careOfAddress();
        mappingThresholdSeconds = options.mappingThresholdSeconds();
        natKeepaliveSeconds = options.natKeepaliveSeconds();
    }

    /// New outer addresses; both of one family.
    public XfrmStateBuilder addresses(InetAddress newSource, InetAddress newDestination) {
        source = newSource;
        id = new XfrmStateId(newDestination, id.spi(), id.protocol(), id.mark());
        return this;
    }

    public XfrmStateBuilder reqid(int value) {
        reqid = value;
        return this;
    }

    public XfrmStateBuilder acquireSequence(int value) {
        acquireSequence = value;
        return this;
    }

    public XfrmStateBuilder selector(XfrmSelector value) {
        selector = value;
        return this;
    }

    public XfrmStateBuilder lifetime(XfrmLifetime value) {
        lifetime = value;
        return this;
    }

    /// For windows up to 32 packets without ESN; else give a [XfrmReplay.Extended].
    public XfrmStateBuilder replayWindowPackets(int value) {
        replayWindowPackets = value;
        return this;
    }

    public XfrmStateBuilder flags(Set<XfrmStateFlag> value) {
        flags = value.isEmpty() ? EnumSet.noneOf(XfrmStateFlag.class) : EnumSet.copyOf(value);
        return this;
    }

    public XfrmStateBuilder flag(XfrmStateFlag value) {
        flags.add(value);
        return this;
    }

    /// One more, in the order they are given.
    public XfrmStateBuilder algorithm(XfrmAlgorithm value) {
        algorithms.add(value);
        return this;
    }

    public XfrmStateBuilder encap(XfrmEncap value) {
        encap = Optional.of(value);
        return this;
    }

    public XfrmStateBuilder noEncap() {
        encap = Optional.empty();
        return this;
    }

    public XfrmStateBuilder setMark(XfrmMark value) {
        setMark = Optional.of(value);
        return this;
    }

    public XfrmStateBuilder ifId(int value) {
        ifId = value;
        return this;
    }

    /// -1 for the MTU.
    public XfrmStateBuilder tfcPaddingBytes(int value) {
        tfcPaddingBytes = OptionalInt.of(value);
        return this;
    }

    public XfrmStateBuilder direction(XfrmSaDirection value) {
        direction = Optional.of(value);
        return this;
    }

    public XfrmStateBuilder cpu(int value) {
        cpu = OptionalInt.of(value);
        return this;
    }

    public XfrmStateBuilder replay(XfrmReplay value) {
        replay = Optional.of(value);
        return this;
    }

    /// Counters to go on with.
    public XfrmStateBuilder usage(XfrmUsage value) {
        usage = Optional.of(value);
        return this;
    }

    public XfrmStateBuilder offload(XfrmOffload value) {
        offload = Optional.of(value);
        return this;
    }

    public XfrmStateBuilder securityContext(XfrmSecurityContext value) {
        securityContext = Optional.of(value);
        return this;
    }

    public XfrmStateBuilder iptfs(XfrmIptfs value) {
        iptfs = Optional.of(value);
        return this;
    }

    public XfrmStateBuilder mappingThresholdSeconds(int value) {
        mappingThresholdSeconds = OptionalInt.of(value);
        return this;
    }

    public XfrmStateBuilder natKeepaliveSeconds(int value) {
        natKeepaliveSeconds = OptionalInt.of(value);
        return this;
    }

    public XfrmState build() {
        var options =
                new XfrmStateOptions(
                        encap,
                        setMark,
                        ifId,
                        tfcPaddingBytes,
                        direction,
                        cpu,
                        replay,
                        usage,
                        offload,
                        securityContext,
                        iptfs,
                        careOfAddress,
                        OptionalLong.empty(),
                        mappingThresholdSeconds,
                        natKeepaliveSeconds);
        return new XfrmState(
                id,
                source,
                mode,
                reqid,
                acquireSequence,
                selector,
                lifetime,
                XfrmUsage.NONE,
                XfrmStateFailures.NONE,
                replayWindowPackets,
                flags,
                algorithms,
                options);
    }
}
