package org.keyferry.netlink;

import java.nio.ByteBuffer;
import java.util.Random;

/// Damages captured messages, always in the same ways for one seed.
public final class Mutations {
    private static final byte[] INTERESTING = {0, 1, 2, 4, 8, 10, 127, -128, -1};

    /// Decodes one damaged body; its content is not looked at.
    @FunctionalInterface
    public interface Target {
        void decode(NetlinkMessage message) throws MalformedKernelMessage;
    }

    private Mutations() {}

    /// Decodes many variants of every captured message; anything but [MalformedKernelMessage]
    /// flies.
    ///
    /// @return how many were refused
    public static int run(long seed, int variants, Target target) {
        var random = new Random(seed);
        int refused = 0;
        for (byte[] original : Captured.all().values()) {
            for (int i = 0; i < variants; i++) {
                byte[] body = mutate(random, original);
                int type = original[4] & 0xff;
                var reader = new StructReader(ByteBuffer.wrap(body));
                int flags = random.nextInt(0x400);
                try {
                    target.decode(new NetlinkMessage(type, flags, 1, 1, reader));
                } catch (MalformedKernelMessage e) {
                    refused++;
                }
            }
        }
        return refused;
    }

    private static byte[] mutate(Random random, byte[] message) {
        int bodyBytes = message.length - NetlinkMessage.HEADER_BYTES;
        int kept = random.nextInt(4) == 0 ? random.nextInt(bodyBytes + 1) : bodyBytes;
        byte[] body = new byte[kept];
        System.arraycopy(message, NetlinkMessage.HEADER_BYTES, body, 0, kept);
        int changes = random.nextInt(6);
        for (int i = 0; i < changes && kept > 0; i++) {
            byte value =
                    random.nextBoolean()
                            ? INTERESTING[random.nextInt(INTERESTING.length)]
                            : (byte) random.nextInt();
            body[random.nextInt(kept)] = value;
        }
        return body;
    }
}
