package org.keyferry.vici;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// One VICI packet: a type byte, for named types a name (8-bit length, printable ASCII), for some a
/// message. On the socket a 4-byte big-endian length goes before it.
public sealed interface ViciPacket {
    /// A longer packet is a protocol violation, in either direction.
    int MAX_BYTES = 512 * 1024;

    /// Client to server.
    record CommandRequest(String command, ViciMessage message) implements ViciPacket {
        static final int TYPE = 0;
    }

    /// Server to client.
    record CommandResponse(ViciMessage message) implements ViciPacket {
        static final int TYPE = 1;
    }

    /// Server to client: there is no such command.
    record CommandUnknown() implements ViciPacket {
        static final int TYPE = 2;
    }

    /// Client to server.
    record EventRegister(String event) implements ViciPacket {
        static final int TYPE = 3;
    }

    /// Client to server.
    record EventUnregister(String event) implements ViciPacket {
        static final int TYPE = 4;
    }

    /// Server to client.
    record EventConfirm() implements ViciPacket {
        static final int TYPE = 5;
    }

    /// Server to client: no such event, or it was not registered.
    record EventUnknown() implements ViciPacket {
        static final int TYPE = 6;
    }

    /// Server to client.
    record Event(String event, ViciMessage message) implements ViciPacket {
        static final int TYPE = 7;
    }

    /// Refuses anything malformed.
    static ViciPacket decode(byte[] packet) throws MalformedVici {
        var fault = new AtomicReference<MalformedVici>();
        ViciPacket decoded = decode(packet, fault::set);
        if (fault.get() != null) {
            throw fault.get();
        }
        return decoded;
    }

    /// Refuses a malformed head. A fault in the message part goes to `messageFault` and what was
    /// read before it counts: a server runs such requests all the same.
    static ViciPacket decode(byte[] packet, Consumer<MalformedVici> messageFault)
            throws MalformedVici {
        var in = new PacketReader(packet);
        int type = in.u8("packet type");
        return switch (type) {
            case CommandRequest.TYPE ->
                    new CommandRequest(
                            in.packetName("command name"), MessageCodec.decode(in, messageFault));
            case CommandResponse.TYPE -> new CommandResponse(MessageCodec.decode(in, messageFault));
            case CommandUnknown.TYPE -> ended(in, new CommandUnknown(), messageFault);
            case EventRegister.TYPE ->
                    ended(in, new EventRegister(in.packetName("event name")), messageFault);
            case EventUnregister.TYPE ->
                    ended(in, new EventUnregister(in.packetName("event name")), messageFault);
            case EventConfirm.TYPE -> ended(in, new EventConfirm(), messageFault);
            case EventUnknown.TYPE -> ended(in, new EventUnknown(), messageFault);
            case Event.TYPE ->
                    new Event(in.packetName("event name"), MessageCodec.decode(in, messageFault));
            default -> throw new MalformedVici("unknown packet type " + type, 0);
        };
    }

    private static ViciPacket ended(
            PacketReader in, ViciPacket packet, Consumer<MalformedVici> fault) {
        if (in.hasRemaining()) {
            fault.accept(new MalformedVici("bytes left over", in.offset()));
        }
        return packet;
    }

    /// The bytes without the length before them; may exceed `MAX_BYTES`, which the sender checks.
    default byte[] encode() {
        return switch (this) {
            case CommandRequest(var command, var message) ->
                    encode(CommandRequest.TYPE, command, message);
            case CommandResponse(var message) -> encode(CommandResponse.TYPE, null, message);
            case CommandUnknown() -> encode(CommandUnknown.TYPE, null, ViciMessage.EMPTY);
            case EventRegister(var event) -> encode(EventRegister.TYPE, event, ViciMessage.EMPTY);
            case EventUnregister(var event) ->
                    encode(EventUnregister.TYPE, event, ViciMessage.EMPTY);
            case EventConfirm() -> encode(EventConfirm.TYPE, null, ViciMessage.EMPTY);
            case EventUnknown() -> encode(EventUnknown.TYPE, null, ViciMessage.EMPTY);
            case Event(var event, var message) -> encode(Event.TYPE, event, message);
        };
    }

    private static byte[] encode(int type, String nameOrNull, ViciMessage message) {
        byte[] name = nameOrNull == null ? new byte[0] : nameOrNull.getBytes(US_ASCII);
        if (name.length > ViciMessage.MAX_NAME_BYTES) {
            throw new IllegalArgumentException("VICI packet name of " + name.length + " bytes");
        }
        int nameBytes = nameOrNull == null ? 0 : 1 + name.length;
        ByteBuffer out = ByteBuffer.allocate(1 + nameBytes + MessageCodec.sizeBytes(message));
        out.put((byte) type);
        if (nameOrNull != null) {
            out.put((byte) name.length).put(name);
        }
        MessageCodec.encode(message, out);
        return out.array();
    }
}
