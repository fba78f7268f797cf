package org.keyferry.crypto.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.TlsClientProtocol;

/// The library's client, but for a mistake of charon 5.9.8 as server that it does not forgive.
final class ClientProtocol extends TlsClientProtocol {
    /// It may send a list of no authorities, which TLS 1.3 does not have (RFC 8446 §4.2.4).
    @Override
    protected void receive13CertificateRequest(ByteArrayInputStream message, boolean later)
            throws IOException {
        byte[] body = withoutEmptyAuthorities(message.readAllBytes());
        super.receive13CertificateRequest(new ByteArrayInputStream(body), later);
    }

    /// The same body of a CertificateRequest (RFC 8446 §4.3.2), but for extensions
    /// `certificate_authorities` with an empty list. What is not well-formed stays as it is, for
    /// others to refuse.
    static byte[] withoutEmptyAuthorities(byte[] body) {
        var in = ByteBuffer.wrap(body);
        if (!skip(in, 1) || in.remaining() < 2) {
            return body;
        }
        int at = in.position();
        if (Short.toUnsignedInt(in.getShort()) != in.remaining()) {
            return body;
        }
        var kept = new ByteArrayOutputStream(body.length);
        while (in.hasRemaining()) {
            int start = in.position();
            if (in.remaining() < 4) {
                return body;
            }
            int type = Short.toUnsignedInt(in.getShort());
            if (!skip(in, 2)) {
                return body;
            }
            int bytes = in.position() - start;
            boolean empty = bytes == 6 && body[start + 4] == 0 && body[start + 5] == 0;
            if (type != ExtensionType.certificate_authorities || !empty) {
                kept.write(body, start, bytes);
            }
        }
        return ByteBuffer.allocate(at + 2 + kept.size())
                .put(body, 0, at)
                .putShort((short) kept.size())
                .put(kept.toByteArray())
                .array();
    }

    /// Over a vector whose length has so many bytes; false if there is not all of it.
    private static boolean skip(ByteBuffer in, int lengthBytes) {
        if (in.remaining() < lengthBytes) {
            return false;
        }
        int bytes =
                lengthBytes == 1
                        ? Byte.toUnsignedInt(in.get())
                        : Short.toUnsignedInt(in.getShort());
        if (bytes > in.remaining()) {
            return false;
        }
        in.position(in.position() + bytes);
        return true;
    }
}
