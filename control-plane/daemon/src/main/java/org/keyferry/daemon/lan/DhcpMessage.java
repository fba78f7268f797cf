package org.keyferry.daemon.lan;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

/// A DHCP message (RFC 2131 §2) for Ethernet.
///
/// @param xid by which a client knows the answers to what it asked
/// @param broadcast answers are to be broadcast, as the client has no address yet
/// @param client the address that it has already
/// @param yours the address that it is given
/// @param relay the agent to which servers answer, or unspecified
/// @param mac of the client, 6 bytes
/// @param options by number (RFC 2132), none longer than 255 bytes when encoded
record DhcpMessage(
        boolean reply,
        int xid,
        boolean broadcast,
        IpAddress client,
        IpAddress yours,
        IpAddress relay,
        Bytes mac,
        Map<Integer, Bytes> options) {
    static final int REQUESTED_ADDRESS = 50;
    static final int LEASE_TIME = 51;
    static final int MESSAGE_TYPE = 53;
    static final int SERVER_ID = 54;
    static final int PARAMETERS = 55;
    static final int CLIENT_ID = 61;
    static final int NAME_SERVERS = 6;
    static final int WINS_SERVERS = 44;

    /// Longest that is taken; servers send 576 bytes unless they are asked for more.
    static final int MAX_BYTES = 1_500;

    private static final int FIXED_BYTES = 236;
    private static final int MIN_BYTES = 300; // BOOTP's; some relays drop what is shorter
    private static final int MAC_BYTES = 6;
    private static final int CLIENT_HARDWARE_BYTES = 16;
    private static final int SERVER_NAME_AT = 44;
    private static final int FILE_AT = 108;
    private static final int COOKIE = 0x63825363;
    private static final int PAD = 0;
    private static final int OVERLOAD = 52;
    private static final int END = 255;

    DhcpMessage {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
        if (mac.length() != MAC_BYTES) {
            throw new IllegalArgumentException("MAC of " + mac.length() + " bytes");
        }
    }

    Optional<DhcpType> type() {
        return Optional.ofNullable(options.get(MESSAGE_TYPE))
                .filter(value -> value.length() == 1)
                .flatMap(value -> DhcpType.of(value.u8(0)));
    }

    /// The first address that an option has.
    Optional<IpAddress> address(int option) {
        return Optional.ofNullable(options.get(option))
                .filter(value -> value.length() >= 4)
                .map(value -> IpAddress.ofBytes(value.slice(0, 4)));
    }

    /// Seconds, unsigned; all ones is for ever.
    Optional<Long> leaseSeconds() {
        return Optional.ofNullable(options.get(LEASE_TIME))
                .filter(value -> value.length() == 4)
                .map(value -> Integer.toUnsignedLong(value.i32(0)));
    }

    /// @param in from the header to the end of the datagram; its position is not kept
    static DhcpMessage decode(ByteBuffer in) throws Malformed {
        int begin = in.position();
        if (in.remaining() < FIXED_BYTES + Integer.BYTES) {
            throw new Malformed("DHCP message of " + in.remaining() + " bytes");
        }
        int operation = in.get();
        int hardware = in.get();
        int macBytes = in.get();
        if (operation != 1 && operation != 2) {
            throw new Malformed("DHCP operation " + Byte.toUnsignedInt((byte) operation));
        }
        if (hardware != 1 || macBytes != MAC_BYTES) {
            throw new Malformed("DHCP for other than Ethernet");
        }
        in.get(); // hops
        int xid = in.getInt();
        in.getShort(); // seconds
        boolean broadcast = in.getShort() < 0;
        IpAddress client = IpAddress.v4(in.getInt());
        IpAddress yours = IpAddress.v4(in.getInt());
        in.getInt(); // the next server to boot from
        IpAddress relay = IpAddress.v4(in.getInt());
        byte[] mac = new byte[MAC_BYTES];
        in.get(mac);
        in.position(begin + FIXED_BYTES);
        if (in.getInt() != COOKIE) {
            throw new Malformed("BOOTP without DHCP");
        }
        var options = new TreeMap<Integer, Bytes>();
        readOptions(in.slice(), options);
        int overload = options.containsKey(OVERLOAD) ? options.get(OVERLOAD).u8(0) : 0;
        if ((overload & 1) != 0) {
            readOptions(in.slice(begin + FILE_AT, FIXED_BYTES - FILE_AT), options);
        }
        if ((overload & 2) != 0) {
            readOptions(in.slice(begin + SERVER_NAME_AT, FILE_AT - SERVER_NAME_AT), options);
        }
        options.remove(OVERLOAD);
        return new DhcpMessage(
                operation == 2,
                xid,
                broadcast,
                client,
                yours,
                relay,
                Bytes.wrapOwned(mac),
                options);
    }

    /// An option that comes again goes on (RFC 3396).
    private static void readOptions(ByteBuffer in, Map<Integer, Bytes> into) throws Malformed {
        while (in.hasRemaining()) {
            int option = Byte.toUnsignedInt(in.get());
            if (option == END) {
                return;
            }
            if (option == PAD) {
                continue;
            }
            int length = in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : 0xff;
            if (length > in.remaining() || (option == OVERLOAD && length == 0)) {
                throw new Malformed("DHCP option " + option + " is cut off");
            }
            byte[] value = new byte[length];
            in.get(value);
            into.merge(option, Bytes.wrapOwned(value), Bytes::concat);
        }
    }

    /// @throws IllegalArgumentException if an option is longer than 255 bytes
    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        out.put((byte) (reply ? 2 : 1)).put((byte) 1).put((byte) MAC_BYTES).put((byte) 0);
        out.putInt(xid).putShort((short) 0).putShort((short) (broadcast ? 0x8000 : 0));
        out.put(client.toBytes()).put(yours.toBytes()).putInt(0).put(relay.toBytes());
        out.put(mac.toArray()).put(new byte[CLIENT_HARDWARE_BYTES - MAC_BYTES]);
        out.position(FIXED_BYTES).putInt(COOKIE);
        options.forEach(
                (option, value) -> {
                    if (value.length() > 0xff) {
                        throw new IllegalArgumentException("option " + option + " is too long");
                    }
                    out.put(option.byteValue()).put((byte) value.length()).put(value.toArray());
                });
        out.put((byte) END);
        return Arrays.copyOf(out.array(), Math.max(MIN_BYTES, out.position()));
    }
}
