package org.keyferry.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Messages to start mutations from, and seeded random ones: together they use every payload type.
final class SampleMessages {
    private SampleMessages() {}

    /// The captured datagrams, their decrypted payloads as if sent in clear, and one of each other
    /// payload.
    static List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>();
        Captured.DATAGRAMS.forEach(name -> corpus.add(Captured.read(name).toArray()));
        corpus.add(inClear(Payload.IdInitiator.TYPE, Captured.read("ike-auth-request-inner")));
        corpus.add(inClear(Payload.IdResponder.TYPE, Captured.read("ike-auth-response-inner")));
        corpus.add(message(others()).toArray());
        corpus.add(
                message(
                                List.of(
                                        new Payload.EncryptedFragment(
                                                35, 1, 3, Bytes.ofHex("ab".repeat(40)))))
                        .toArray());
        return corpus;
    }

    private static byte[] inClear(int firstType, Bytes chain) {
        byte[] datagram = message(List.of()).concat(chain).toArray();
        datagram[16] = (byte) firstType;
        datagram[26] = (byte) (datagram.length >>> 8);
        datagram[27] = (byte) datagram.length;
        return datagram;
    }

    static Bytes message(List<Payload> payloads) {
        return IkeMessage.encode(
                new IkeSpi(0x0102030405060708L),
                new IkeSpi(0x1112131415161718L),
                ExchangeType.INFORMATIONAL,
                true,
                false,
                5,
                payloads);
    }

    private static List<Payload> others() {
        return List.of(
                Payload.Delete.ikeSa(),
                Payload.Delete.child(
                        ProtocolId.ESP, List.of(new ChildSpi(0xc0ffee01), new ChildSpi(0x7000))),
                new Payload.Configuration(
                        Payload.Configuration.REPLY,
                        List.of(
                                new ConfigAttribute(1, Bytes.ofHex("0a000001")),
                                new ConfigAttribute(8, Bytes.ofHex("fd".repeat(16) + "40")),
                                new ConfigAttribute(14, Bytes.ofHex("00010008")))),
                new Payload.Eap(Bytes.ofHex("0107000a01" + "68656c6c6f")),
                new Payload.Certificate(4, Bytes.ofHex("3003020101")),
                new Payload.CertificateRequest(4, Bytes.ofHex("c0".repeat(20))),
                new Payload.VendorId(Bytes.utf8("vendor")),
                new Payload.Unrecognized(200, false, Bytes.ofHex("0102")),
                new Payload.IdResponder(Identification.parse("user@example.org")),
                new Payload.Encrypted(42, Bytes.ofHex("0000000801000000")));
    }

    /// Valid payloads with random content, at most 12 of them.
    static List<Payload> random(RandomGenerator random) {
        List<Payload> payloads = new ArrayList<>();
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            payloads.add(randomPayload(random));
        }
        if (random.nextInt(4) == 0) {
            payloads.add(new Payload.Encrypted(random.nextInt(256), bytes(random, 0, 200)));
        }
        return payloads;
    }

    private static Payload randomPayload(RandomGenerator random) {
        return switch (random.nextInt(17)) {
            case 0 -> new Payload.SecurityAssociation(proposals(random));
            case 1 -> new Payload.KeyExchange(random.nextInt(65_536), bytes(random, 0, 1200));
            case 2 -> new Payload.IdInitiator(identity(random));
            case 3 -> new Payload.IdResponder(identity(random));
            case 4 -> new Payload.Certificate(random.nextInt(256), bytes(random, 0, 900));
            case 5 -> new Payload.CertificateRequest(random.nextInt(256), bytes(random, 0, 60));
            case 6 -> new Payload.Authentication(random.nextInt(256), bytes(random, 0, 300));
            case 7 -> new Payload.Nonce(bytes(random, 16, 256));
            case 8 -> Payload.Notify.of(random.nextInt(40_960, 65_536), bytes(random, 0, 64));
            case 9 ->
                    new Payload.Notify(
                            ProtocolId.ESP,
                            childSpi(random).bytes(),
                            NotifyType.REKEY_SA,
                            Bytes.EMPTY);
            case 10 ->
                    Payload.Delete.child(
                            ProtocolId.AH, List.of(childSpi(random), childSpi(random)));
            case 11 -> new Payload.TsInitiator(selectors(random), List.of(Bytes.utf8("label")));
            case 12 -> new Payload.TsResponder(selectors(random));
            case 13 ->
                    new Payload.Configuration(
                            random.nextInt(256),
                            List.of(
                                    new ConfigAttribute(
                                            random.nextInt(30, 32_768), bytes(random, 0, 40))));
            case 14 -> new Payload.VendorId(bytes(random, 0, 40));
            case 15 -> puzzleSolution(random);
            default ->
                    new Payload.Unrecognized(random.nextInt(55, 256), false, bytes(random, 0, 50));
        };
    }

    private static Payload puzzleSolution(RandomGenerator random) {
        int keyBytes = random.nextInt(1, 65);
        return new Payload.PuzzleSolution(
                Stream.generate(() -> bytes(random, keyBytes, keyBytes)).limit(4).toList());
    }

    private static List<Proposal> proposals(RandomGenerator random) {
        List<Proposal> proposals = new ArrayList<>();
        int count = random.nextInt(1, 5);
        for (int number = 1; number <= count; number++) {
            boolean ike = random.nextBoolean();
            List<Transform> transforms = new ArrayList<>();
            for (int i = random.nextInt(20); i > 0; i--) {
                transforms.add(
                        new Transform(
                                random.nextInt(256),
                                random.nextInt(65_536),
                                random.nextInt(65_536)));
            }
            proposals.add(
                    new Proposal(
                            number,
                            ike ? ProtocolId.IKE : ProtocolId.ESP,
                            ike ? bytes(random, 8, 8) : childSpi(random).bytes(),
                            transforms));
        }
        return proposals;
    }

    private static List<TrafficSelector> selectors(RandomGenerator random) {
        List<TrafficSelector> selectors = new ArrayList<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            IpAddress address =
                    random.nextBoolean()
                            ? IpAddress.v4(random.nextInt())
                            : new IpAddress(random.nextLong(), random.nextLong(), true);
            int first = random.nextInt(65_536);
            selectors.add(
                    new TrafficSelector(
                            random.nextInt(256),
                            random.nextInt(4) == 0
                                    ? PortRange.OPAQUE
                                    : new PortRange(first, random.nextInt(first, 65_536)),
                            AddressRange.ofPrefix(address, random.nextInt(address.bits() + 1))));
        }
        return selectors;
    }

    private static Identification identity(RandomGenerator random) {
        return random.nextBoolean()
                ? Identification.ofAddress(IpAddress.v4(random.nextInt()))
                : new Identification(IdType.KEY_ID, bytes(random, 0, 100));
    }

    private static ChildSpi childSpi(RandomGenerator random) {
        return new ChildSpi(random.nextInt(256, Integer.MAX_VALUE));
    }

    private static Bytes bytes(RandomGenerator random, int minLength, int maxLength) {
        byte[] bytes = new byte[random.nextInt(minLength, maxLength + 1)];
        random.nextBytes(bytes);
        return Bytes.wrapOwned(bytes);
    }
}
