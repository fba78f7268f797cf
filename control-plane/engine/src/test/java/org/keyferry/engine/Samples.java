package org.keyferry.engine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.settings.model.SecretText;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Configured values for tests.
public final class Samples {
    private static final Lifetime FOR_EVER =
            new Lifetime(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, 0, 0);

    public static Child child(String name, String local, String remote) {
        return child(name, local, remote, ChildMode.TUNNEL);
    }

    public static Child child(String name, String local, String remote, ChildMode mode) {
        return child(name, local, remote, mode, esp(20, 128));
    }

    static Child child(
            String name, String local, String remote, ChildMode mode, Proposal... proposals) {
        return Child.of(
                name,
                List.of(proposals),
                List.of(new TsSpec.Fixed(TrafficSelector.parse(local))),
                List.of(new TsSpec.Fixed(TrafficSelector.parse(remote))),
                mode,
                FOR_EVER);
    }

    static Proposal esp(int encrId, int keyBits) {
        return new Proposal(
                1,
                ProtocolId.ESP,
                Bytes.EMPTY,
                List.of(
                        new Transform(TransformType.ENCR, encrId, keyBits),
                        new Transform(TransformType.ESN, 0, 0)));
    }

    /// AES-GCM-128, HMAC-SHA-256 and these key exchange methods.
    static Proposal ike(int... methods) {
        return ikeWith(20, 128, methods);
    }

    static Proposal ikeWith(int encrId, int keyBits, int... methods) {
        var transforms = new java.util.ArrayList<Transform>();
        transforms.add(new Transform(TransformType.ENCR, encrId, keyBits));
        transforms.add(new Transform(TransformType.PRF, 5, 0));
        for (int method : methods) {
            transforms.add(new Transform(TransformType.KE, method, 0));
        }
        return new Proposal(1, ProtocolId.IKE, Bytes.EMPTY, transforms);
    }

    static Connection connection(String name, String local, String remote) {
        return connection(name, local, remote, 500, List.of(ike(31)), List.of());
    }

    /// @param local comma list of `%any`, addresses, subnets, ranges, or names
    static Connection connection(
            String name,
            String local,
            String remote,
            int port,
            List<Proposal> ike,
            List<Child> children) {
        return new Connection(
                name,
                addresses(local),
                addresses(remote),
                port,
                port,
                ike,
                false,
                false,
                Duration.ZERO,
                Fragmentation.YES,
                1,
                UniquePolicy.NO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                InterfaceId.NONE,
                InterfaceId.NONE,
                List.of(new AuthRound(AuthMethod.PSK, Identification.ANY)),
                List.of(new AuthRound(AuthMethod.PSK, Identification.ANY)),
                children);
    }

    private static List<AddressSpec> addresses(String text) {
        return Stream.of(text.split(","))
                .filter(word -> !word.isEmpty())
                .map(Samples::spec)
                .toList();
    }

    private static AddressSpec spec(String word) {
        if (word.equals("%any")) {
            return new AddressSpec.Any();
        }
        return Character.isDigit(word.charAt(0))
                ? new AddressSpec.Range(AddressRange.parse(word))
                : new AddressSpec.HostName(word);
    }

    static SharedSecret secret(String id, String... owners) {
        return new SharedSecret(
                id,
                SharedSecret.Kind.IKE,
                SecretText.owned(id.getBytes(StandardCharsets.UTF_8)),
                Stream.of(owners).map(Identification::parse).toList());
    }

    private Samples() {}
}
