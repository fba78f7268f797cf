package org.keyferry.daemon.lan;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/// Answers of ISC dhcpd 4.4 to a client that asked with the broadcast flag, from the IP header on,
/// as a packet socket saw them; UDP checksums are the network card's to make.
final class Captured {
    private static final String OFFER =
            "451001480000000080112f8c0a090001ffffffff00430044013410e902010600"
                    + "1122334400008000000000000a09003200000000000000007aa751cc224a"
                    + "00".repeat(202)
                    + "6382536335010236040a09000133040000025806080a0900350a0900362c040a"
                    + "09002c0104ffffff00ff00000000000000000000000000000000000000000000";
    private static final String ACK =
            "451001480000000080112f8c0a090001ffffffff0043004401340de902010600"
                    + "1122334400008000000000000a09003200000000000000007aa751cc224a"
                    + "00".repeat(202)
                    + "6382536335010536040a09000133040000025806080a0900350a0900362c040a"
                    + "09002c0104ffffff00ff00000000000000000000000000000000000000000000";

    static ByteBuffer offer() {
        return ByteBuffer.wrap(HexFormat.of().parseHex(OFFER));
    }

    static ByteBuffer ack() {
        return ByteBuffer.wrap(HexFormat.of().parseHex(ACK));
    }

    private Captured() {}
}
