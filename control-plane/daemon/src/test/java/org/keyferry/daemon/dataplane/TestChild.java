package org.keyferry.daemon.dataplane;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.engine.KernelOp.InstallChild;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// A CHILD_SA between 192.0.2.1 (here) and 192.0.2.2 for 10.1.0.0/16 and 10.2.0.0/16, of which a
/// test changes what it is about.
final class TestChild {
    static final Transform AES_GCM_16_128 = new Transform(TransformType.ENCR, 20, 128);
    static final Transform AES_CBC_128 = new Transform(TransformType.ENCR, 12, 128);
    static final Transform HMAC_SHA2_256_128 = Transform.of(TransformType.INTEG, 12);

    String local = "192.0.2.1";
    String remote = "192.0.2.2";
    int port = 500;
    int remotePort = 501;
    boolean encap;
    int uniqueId = 1;
    int reqid = 1;
    int spiIn = 0xc000_0001;
    int spiOut = 0xd000_0001;
    Transform encr = AES_GCM_16_128;
    Transform integ;
    boolean esn;
    int protocolId = ProtocolId.ESP;
    Optional<Ipcomp> ipcomp = Optional.empty();
    boolean padding = true;
    boolean patient;
    int acquireSequence;
    List<String> localTs = List.of("10.1.0.0/16");
    List<String> remoteTs = List.of("10.2.0.0/16");
    ChildMode mode = ChildMode.TUNNEL;
    KernelOptions.Builder kernel = KernelOptions.builder();
    Mark markIn = Mark.NONE;
    Mark markOut = Mark.NONE;
    Mark setMarkIn = Mark.NONE;
    Mark setMarkOut = Mark.NONE;
    int ifIdIn;
    int ifIdOut;
    long softSeconds = 3_000;
    long hardSeconds = 3_960;
    Lifetime lifetime =
            new Lifetime(
                    Duration.ofMinutes(60),
                    Duration.ofMinutes(66),
                    Duration.ofMinutes(6),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0);

    ChildInstallation build() {
        return new ChildInstallation(
                "gw",
                1,
                uniqueId,
                config(),
                mode,
                protocolId,
                ipcomp,
                padding,
                new ChildTags(markIn, markOut, setMarkIn, setMarkOut, ifIdIn, ifIdOut),
                reqid,
                new ChildSpi(spiIn),
                new ChildSpi(spiOut),
                new Endpoint(IpAddress.parse(local), port),
                new Endpoint(IpAddress.parse(remote), remotePort),
                encap,
                encr,
                integ,
                esn,
                localTs.stream().map(TrafficSelector::parse).toList(),
                remoteTs.stream().map(TrafficSelector::parse).toList(),
                softSeconds,
                hardSeconds,
                patient,
                acquireSequence,
                List.of());
    }

    InstallChild install() {
        return new InstallChild(build(), keys(20, 32));
    }

    /// Keys of 1, 2, 3 and 4 all over: encryption in, integrity in, and both out.
    DirectionKeys keys(int encrBytes, int integBytes) {
        return new DirectionKeys(
                secret(encrBytes, 1),
                integ == null ? null : secret(integBytes, 2),
                secret(encrBytes, 3),
                integ == null ? null : secret(integBytes, 4));
    }

    private static Secret secret(int lengthBytes, int content) {
        byte[] key = new byte[lengthBytes];
        Arrays.fill(key, (byte) content);
        return Secret.owned(key);
    }

    private Child config() {
        return Child.of("net", List.of(), List.of(), List.of(), mode, lifetime)
                .withKernel(kernel.build());
    }
}
