package org.keyferry.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Messages that iproute2 and the kernel wrote, by name (`captured.txt`).
public final class Captured {
    private static final Map<String, byte[]> MESSAGES = load();

    private Captured() {}

    public static Map<String, byte[]> all() {
        return MESSAGES;
    }

    public static NetlinkMessage message(String name) throws MalformedKernelMessage {
        return NetlinkMessage.split(ByteBuffer.wrap(MESSAGES.get(name))).getFirst();
    }

    public static StructReader body(String name) throws MalformedKernelMessage {
        return message(name).body();
    }

    /// The body as its fixed part and attributes, whose order has no meaning.
    ///
    /// @param fixedBytes length of the struct that comes first
    public static Map<String, String> parts(String name, int fixedBytes)
            throws MalformedKernelMessage {
        return parts(body(name), fixedBytes);
    }

    /// The same of what an encoder writes.
    public static Map<String, String> parts(Consumer<ByteBuffer> encoder, int fixedBytes)
            throws MalformedKernelMessage {
        return parts(new StructReader(encoded(encoder)), fixedBytes);
    }

    public static ByteBuffer encoded(Consumer<ByteBuffer> encoder) {
        ByteBuffer out = ByteBuffer.allocate(8_192).order(ByteOrder.nativeOrder());
        encoder.accept(out);
        return out.flip();
    }

    private static Map<String, String> parts(StructReader in, int fixedBytes)
            throws MalformedKernelMessage {
        var parts = new TreeMap<String, String>();
        parts.put("fixed", HexFormat.of().formatHex(in.bytes("fixed", fixedBytes)));
        Attributes attributes = Attributes.readAll(in);
        for (int type = 0; type < 64; type++) {
            var value = attributes.find(type);
            if (value.isPresent())
                parts.put("attribute " + type, HexFormat.of().formatHex(value.get().rest()));
        }
        return parts;
    }

    private static Map<String, byte[]> load() {
        var messages = new LinkedHashMap<String, byte[]>();
        try (var in = Captured.class.getResourceAsStream("captured.txt")) {
            for (String line : new String(in.readAllBytes(), UTF_8).split("\n", -1)) {
                if (line.isEmpty() || line.startsWith("#")) continue;
                int space = line.indexOf(' ');
                byte[] bytes = HexFormat.of().parseHex(line.substring(space + 1));
                messages.put(line.substring(0, space), bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }
}
