package org.keyferry.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One proposal of an SA payload (RFC 7296 §3.3.1).
///
/// @param number 1 to 255; an answer repeats the number of the proposal it chose
/// @param spi of the sender: empty or 8 bytes for IKE, 4 for AH and ESP
public record Proposal(int number, int protocolId, Bytes spi, List<Transform> transforms) {
    private static final int HEADER_BYTES = 8;
    private static final int TRANSFORM_HEADER_BYTES = 4;
    private static final List<Integer> PRINTED_ORDER =
            List.of(1, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12);

    public Proposal {
        Objects.checkIndex(number, 0x100);
        Objects.checkIndex(protocolId, 0x100);
        Objects.requireNonNull(spi, "spi");
        transforms = List.copyOf(transforms);
    }

    public List<Transform> ofType(int type) {
        var found = new ArrayList<Transform>(2);
        for (Transform transform : transforms) {
            if (transform.type() == type) {
                found.add(transform);
            }
        }
        return List.copyOf(found);
    }

    public Proposal withNumber(int newNumber) {
        return new Proposal(newNumber, protocolId, spi, transforms);
    }

    public Proposal withSpi(Bytes newSpi) {
        return new Proposal(number, protocolId, newSpi, transforms);
    }

    static List<Proposal> decodeAll(WireReader in) throws PeerViolation {
        List<Proposal> proposals = new ArrayList<>(2);
        boolean more = true;
        while (more) {
            Limits.check(proposals.size() + 1, Limits.PROPOSALS, "proposals");
            more = moreFollows(in, 2, "proposal");
            int lengthBytes = in.u16("proposal length");
            if (lengthBytes < HEADER_BYTES) {
                throw PeerViolation.malformed("proposal length", in.offset() - 2);
            }
            proposals.add(decode(in.sub(lengthBytes - 4, "proposal length")));
        }
        in.expectEnd("last proposal");
        return proposals;
    }

    private static Proposal decode(WireReader in) throws PeerViolation {
        int number = in.u8("proposal number");
        int protocolId = in.u8("proposal protocol");
        int spiBytes = in.u8("proposal SPI size");
        int count = in.u8("transform count");
        checkSpiBytes(protocolId, spiBytes, in.offset() - 2);
        Bytes spi = in.bytes(spiBytes, "proposal SPI");
        if (ProtocolId.isChild(protocolId) && ChildSpi.isReserved(spi.i32(0))) {
            throw PeerViolation.malformed("proposal SPI", in.offset() - spiBytes);
        }
        List<Transform> transforms = new ArrayList<>(Math.min(count, in.remaining() / 8));
        for (int i = 0; i < count; i++) {
            boolean more = moreFollows(in, 3, "transform");
            if (more != i < count - 1) {
                throw PeerViolation.malformed("transform count", in.offset() - 2);
            }
            int lengthBytes = in.u16("transform length");
            if (lengthBytes < TRANSFORM_HEADER_BYTES) {
                throw PeerViolation.malformed("transform length", in.offset() - 2);
            }
            int bodyBytes = lengthBytes - TRANSFORM_HEADER_BYTES;
            transforms.add(Transform.decode(in.sub(bodyBytes, "transform length")));
        }
        in.expectEnd("last transform");
        return new Proposal(number, protocolId, spi, transforms);
    }

    /// The size is fixed by the protocol where Keyferry knows it; other protocols are never chosen.
    private static void checkSpiBytes(int protocolId, int spiBytes, int offset)
            throws PeerViolation {
        boolean fits =
                switch (protocolId) {
                    case ProtocolId.IKE -> spiBytes == 0 || spiBytes == IkeSpi.LENGTH_BYTES;
                    case ProtocolId.AH, ProtocolId.ESP -> spiBytes == ChildSpi.LENGTH_BYTES;
                    default -> true;
                };
        if (!fits) {
            throw PeerViolation.malformed("proposal SPI size", offset);
        }
    }

    /// "Last Substruc" and the reserved byte behind it.
    private static boolean moreFollows(WireReader in, int moreValue, String what)
            throws PeerViolation {
        int value = in.u8(what);
        if (value != 0 && value != moreValue) {
            throw PeerViolation.malformed(what + " chaining", in.offset() - 1);
        }
        in.skip(1, what + " reserved");
        return value != 0;
    }

    void encode(WireWriter out, boolean last) {
        int start = out.length();
        out.u8(last ? 0 : 2)
                .zeros(3)
                .u8(number)
                .u8(protocolId)
                .u8(spi.length())
                .u8(transforms.size())
                .bytes(spi);
        for (int i = 0; i < transforms.size(); i++) {
            transforms.get(i).encode(out, i == transforms.size() - 1);
        }
        out.patchU16(start + 2, out.length() - start);
    }

    /// As charon prints it: `ESP:AES_GCM_16_256/NO_EXT_SEQ`. The number and SPI are left out.
    @Override
    public String toString() {
        IntStream unknown =
                transforms.stream()
                        .mapToInt(Transform::type)
                        .filter(type -> !PRINTED_ORDER.contains(type))
                        .distinct();
        return IntStream.concat(PRINTED_ORDER.stream().mapToInt(Integer::intValue), unknown)
                .boxed()
                .flatMap(type -> ofType(type).stream())
                .map(Transform::toString)
                .collect(Collectors.joining("/", ProtocolId.name(protocolId) + ":", ""));
    }
}
