package org.keyferry.bench;

import java.time.Duration;
import java.util.List;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// The tunnels that the generator asks for, and the responder's side of them as swanctl.conf:
/// X25519, AES-GCM, a host behind each initiator.
final class BenchTunnels {
    static final String CHILD = "net";
    private static final int FIRST_HOST = 10 << 24;

    private static final Proposal IKE =
            new Proposal(
                    1,
                    ProtocolId.IKE,
                    Bytes.EMPTY,
                    List.of(
                            new Transform(TransformType.ENCR, 20, 128),
                            new Transform(TransformType.PRF, 5, 0),
                            new Transform(TransformType.KE, 31, 0)));
    private static final Proposal ESP =
            new Proposal(
                    1,
                    ProtocolId.ESP,
                    Bytes.EMPTY,
                    List.of(
                            new Transform(TransformType.ENCR, 20, 128),
                            new Transform(TransformType.ESN, 0, 0)));

    /// The responder's swanctl.conf.
    ///
    /// @param childOption a line more for its child
    static String responderConf(BenchIdentities identities, String childOption) {
        return """
            connections {
              bench {
                version = 2
                unique = never
                mobike = no
                rekey_time = 0
                proposals = aes128gcm16-prfsha256-x25519
                %s
                children {
                  net {
                    local_ts = 192.168.77.0/24
                    remote_ts = 10.0.0.0/8
                    esp_proposals = aes128gcm16
                    rekey_time = 0
                    %s
                  }
                }
              }
            }
            %s
            """
                .formatted(
                        identities.responderRounds(), childOption, identities.responderSecrets());
    }

    static Connection connection(BenchIdentities identities, int number) {
        var host = new IpAddress(0, FIRST_HOST + 1 + number, false);
        var child =
                Child.of(
                        CHILD,
                        List.of(ESP),
                        List.of(new TsSpec.Fixed(TrafficSelector.of(AddressRange.host(host)))),
                        List.of(
                                new TsSpec.Fixed(
                                        TrafficSelector.of(AddressRange.parse("192.168.77.0/24")))),
                        ChildMode.TUNNEL,
                        new Lifetime(
                                Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, 0, 0));
        return new Connection(
                "bench-" + number,
                List.of(new AddressSpec.Any()),
                List.of(new AddressSpec.Any()),
                500,
                500,
                List.of(IKE),
                false,
                false,
                Duration.ZERO,
                Fragmentation.NO,
                1,
                UniquePolicy.NEVER,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                InterfaceId.NONE,
                InterfaceId.NONE,
                List.of(identities.initiatorsRound(number)),
                List.of(identities.respondersRound()),
                List.of(child));
    }

    private BenchTunnels() {}
}
