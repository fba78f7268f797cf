package org.keyferry.daemon.radius.packet;

import static org.keyferry.daemon.radius.packet.RadiusPacket.AUTHENTICATOR_AT;
import static org.keyferry.daemon.radius.packet.RadiusPacket.AUTHENTICATOR_BYTES;
import static org.keyferry.daemon.radius.packet.RadiusPacket.HEADER_BYTES;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.keyferry.settings.model.SecretText;
import org.keyferry.wire.Bytes;

/// What a shared secret is good for: packets that are signed, and those of others checked.
///
/// An Access-Request carries a Message-Authenticator, as its first attribute, and answers to it
/// must have one: the Response Authenticator alone can be forged by collisions of MD5
/// (CVE-2024-3596).
public final class RadiusSeal {
    private static final Bytes NO_AUTHENTICATOR = Bytes.wrapOwned(new byte[AUTHENTICATOR_BYTES]);
    private static final RadiusAttribute UNSIGNED =
            RadiusAttribute.of(RadiusType.MESSAGE_AUTHENTICATOR, NO_AUTHENTICATOR);
    private static final int ATTRIBUTE_HEADER_BYTES = 2;

    private final SecretText secret;

    /// @throws IllegalArgumentException if the secret is empty
    public RadiusSeal(SecretText secret) {
        if (secret.length() == 0) {
            throw new IllegalArgumentException("an empty secret");
        }
        this.secret = secret;
    }

    /// A request ready to be sent.
    ///
    /// @param random 16 bytes, never used before; the Request Authenticator of an Access-Request
    public Bytes request(int code, int identifier, Bytes random, List<RadiusAttribute> attributes) {
        if (RadiusCode.requestIsDigested(code)) {
            Bytes unsigned =
                    new RadiusPacket(code, identifier, NO_AUTHENTICATOR, attributes).encode();
            return withAuthenticator(unsigned, digest(unsigned));
        }
        return signed(new RadiusPacket(code, identifier, random, signable(attributes)));
    }

    /// The Request Authenticator of a request that is ready to be sent.
    public static Bytes authenticatorOf(Bytes request) {
        return request.slice(AUTHENTICATOR_AT, HEADER_BYTES);
    }

    /// Takes an answer.
    ///
    /// @param request the request that it should answer, as it was sent
    /// @throws MalformedRadius unless it is a well-formed, authentic answer to that request
    public RadiusPacket openAnswer(Bytes datagram, Bytes request) throws MalformedRadius {
        RadiusPacket answer = RadiusPacket.decode(datagram);
        boolean access = request.u8(0) == RadiusCode.ACCESS_REQUEST;
        if (answer.identifier() != request.u8(1) || !answers(request.u8(0), answer.code())) {
            throw new MalformedRadius(
                    "%s is no answer to %s"
                            .formatted(
                                    RadiusCode.name(answer.code()),
                                    RadiusCode.name(request.u8(0))));
        }
        Bytes packet = datagram.slice(0, datagram.u16(2));
        Bytes asked = withAuthenticator(packet, authenticatorOf(request));
        if (!same(digest(asked), answer.authenticator())) {
            throw new MalformedRadius("wrong Response Authenticator, is the secret the same?");
        }
        boolean refusal = answer.code() == RadiusCode.ACCESS_REJECT;
        checkMessageAuthenticator(asked, answer, access && !refusal);
        return answer;
    }

    private static boolean answers(int request, int answer) {
        return switch (request) {
            case RadiusCode.ACCESS_REQUEST ->
                    answer == RadiusCode.ACCESS_ACCEPT
                            || answer == RadiusCode.ACCESS_REJECT
                            || answer == RadiusCode.ACCESS_CHALLENGE;
            case RadiusCode.ACCOUNTING_REQUEST -> answer == RadiusCode.ACCOUNTING_RESPONSE;
            case RadiusCode.DISCONNECT_REQUEST ->
                    answer == RadiusCode.DISCONNECT_ACK || answer == RadiusCode.DISCONNECT_NAK;
            case RadiusCode.COA_REQUEST ->
                    answer == RadiusCode.COA_ACK || answer == RadiusCode.COA_NAK;
            default -> false;
        };
    }

    /// Takes a request whose authenticator is a digest, such as CoA-Request (RFC 5176 §2.3).
    ///
    /// @throws MalformedRadius unless it is well-formed and authentic
    public RadiusPacket openRequest(Bytes datagram) throws MalformedRadius {
        RadiusPacket request = RadiusPacket.decode(datagram);
        if (!RadiusCode.requestIsDigested(request.code())) {
            throw new MalformedRadius("unexpected " + RadiusCode.name(request.code()));
        }
        Bytes packet = datagram.slice(0, datagram.u16(2));
        Bytes unsigned = withAuthenticator(packet, NO_AUTHENTICATOR);
        if (!same(digest(unsigned), request.authenticator())) {
            throw new MalformedRadius("wrong Request Authenticator, is the secret the same?");
        }
        checkMessageAuthenticator(unsigned, request, false);
        return request;
    }

    /// An answer to a request, with a Message-Authenticator.
    public Bytes answer(int code, RadiusPacket request, List<RadiusAttribute> attributes) {
        Bytes signed =
                signed(
                        new RadiusPacket(
                                code,
                                request.identifier(),
                                request.authenticator(),
                                signable(attributes)));
        return withAuthenticator(signed, digest(signed));
    }

    /// Reveals the keys of [VendorAttribute#MS_MPPE_SEND_KEY] and its kin.
    ///
    /// @param request the request that was answered, as it was sent
    public HiddenValues hiddenValues(Bytes request) {
        return new HiddenValues(secret, authenticatorOf(request));
    }

    private static List<RadiusAttribute> signable(List<RadiusAttribute> attributes) {
        var all = new ArrayList<RadiusAttribute>(attributes.size() + 1);
        all.add(UNSIGNED);
        all.addAll(attributes);
        return all;
    }

    /// @param packet with the Message-Authenticator first
    private Bytes signed(RadiusPacket packet) {
        byte[] encoded = packet.encode().toArray();
        Bytes mac = hmac(encoded);
        mac.copyTo(encoded, HEADER_BYTES + ATTRIBUTE_HEADER_BYTES);
        return Bytes.wrapOwned(encoded);
    }

    /// @param asked the packet with the authenticator that was in force when it was signed
    private void checkMessageAuthenticator(Bytes asked, RadiusPacket packet, boolean required)
            throws MalformedRadius {
        List<Bytes> found = packet.all(RadiusType.MESSAGE_AUTHENTICATOR).toList();
        if (found.isEmpty() && !required && packet.eapMessage().isEmpty()) {
            return;
        }
        if (found.size() != 1 || found.getFirst().length() != AUTHENTICATOR_BYTES) {
            throw new MalformedRadius(
                    found.isEmpty() ? "no Message-Authenticator" : "Message-Authenticators");
        }
        byte[] unsigned = asked.toArray();
        int at = HEADER_BYTES;
        while (asked.u8(at) != RadiusType.MESSAGE_AUTHENTICATOR) {
            at += asked.u8(at + 1);
        }
        NO_AUTHENTICATOR.copyTo(unsigned, at + ATTRIBUTE_HEADER_BYTES);
        if (!same(hmac(unsigned), found.getFirst())) {
            throw new MalformedRadius("wrong Message-Authenticator");
        }
    }

    private static Bytes withAuthenticator(Bytes packet, Bytes authenticator) {
        byte[] changed = packet.toArray();
        authenticator.copyTo(changed, AUTHENTICATOR_AT);
        return Bytes.wrapOwned(changed);
    }

    private Bytes digest(Bytes packet) {
        MessageDigest md5 = md5();
        md5.update(packet.toArray());
        return Bytes.wrapOwned(md5.digest(secret.array()));
    }

    private Bytes hmac(byte[] packet) {
        try {
            Mac mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(secret.array(), "HmacMD5"));
            return Bytes.wrapOwned(mac.doFinal(packet));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacMD5", e);
        }
    }

    static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    private static boolean same(Bytes one, Bytes other) {
        return MessageDigest.isEqual(one.toArray(), other.toArray());
    }
}
