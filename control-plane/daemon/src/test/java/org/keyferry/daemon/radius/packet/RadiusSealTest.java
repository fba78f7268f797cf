package org.keyferry.daemon.radius.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.settings.model.SecretText;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

class RadiusSealTest {
    /// Captured from Debian's FreeRADIUS 3.2.1, whose secret is `gv6URkSs`.
    static final Bytes IDENTITY_REQUEST =
            Bytes.ofHex(
                    "0107003f0708090a0b0c0d0e0f101112131415165012ec4ae390f7beead5467efe65a8d1"
                            + "120401076361726f6c20066d6f6f6e4f0c0200000a016361726f6c");

    static final Bytes CHALLENGE =
            Bytes.ofHex(
                    "0b07005a5cdb28c6afd9a06e754637e8e964d301190a52657365617263684f180101001604"
                            + "106e5f1b4112687903df402d7c64eb3efb5012091d73e50151cd6a99d7e7eae9df4b8b18"
                            + "12e645c78fe644c3808c80b4da461578d0");

    private static final Bytes RESPONSE_REQUEST =
            Bytes.ofHex(
                    "0108005d08090a0b0c0d0e0f10111213141516175012dc188520c725d02db3f68c3ce0ab96"
                            + "1401076361726f6c20066d6f6f6e1812e645c78fe644c3808c80b4da461578d04f180201"
                            + "001604108731dfb8e452675f48e90be0fe9bcfe3");

    private static final Bytes ACCEPT =
            Bytes.ofHex(
                    "0208003d124c0ac81316a9dd98be410c5008325d190a52657365617263684f060301000450"
                            + "12298d6b17f6121e18c676ec6ae83e425601076361726f6c");

    private static final Bytes ACCOUNTING_REQUEST =
            Bytes.ofHex(
                    "0409002c51b132981ffc004b1eeb8dbecb2319912806000000012c05312d31"
                            + "01076361726f6c20066d6f6f6e");

    private static final Bytes ACCOUNTING_RESPONSE =
            Bytes.ofHex("05090014b2c21787940cfac9210a605214064879");

    /// With MS-MPPE keys, without a Message-Authenticator, as no EAP was spoken.
    private static final Bytes PLAIN_REQUEST =
            Bytes.ofHex(
                    "01070033000102030405060708090a0b0c0d0e0f501202b60c60d870ef92ec6452b6675a49"
                            + "b001076361726f6c20066d6f6f6e");

    static final Bytes PLAIN_ACCEPT =
            Bytes.ofHex(
                    "020700c8a327da93281791029e7724633731b3fd1a3a0000013710348189314194b51f6410"
                            + "277906a2d6481fd1c631523d69aaef56c36824021d1ac8aa61e69dd26c38522dd23fd7d6"
                            + "8d7334184d1a3a000001371134895e9f2f99cd993da8909bdf20823f2e3e88bce9266460"
                            + "7e2dc2c701ede92cc24b845f7b38b3e961f29e8d84f49461e914ef190a52657365617263"
                            + "6808060a03000745150193231b63a79bb86747a49bb72e9b5209c1a41a0c000001371c06"
                            + "0a010035120977656c636f6d651b0600000e10");

    private final RadiusSeal freeradius = seal("gv6URkSs");

    static RadiusSeal seal(String secret) {
        return new RadiusSeal(SecretText.owned(secret.getBytes(StandardCharsets.UTF_8)));
    }

    /// RFC 5997 §6.1, the one RFC that shows a Message-Authenticator.
    @Test
    void signsTheRequestOfTheRfc() {
        assertEquals(
                "0cda00268a54f4686fb394c52866e302185d062350125a665e2e1e8411f3e243822097c84fa3",
                seal("xyzzy5461")
                        .request(
                                12,
                                0xda,
                                Bytes.ofHex("8a54f4686fb394c52866e302185d0623"),
                                List.of())
                        .hex());
    }

    /// RFC 2865 §7.1: the authenticator is right, but there is no Message-Authenticator.
    @Test
    void refusesAnAcceptanceWithoutMessageAuthenticator() {
        Bytes request =
                Bytes.ofHex(
                        "010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce"
                                + "3196e43f782a0aee0406c0a80110050600000003");
        Bytes accept =
                Bytes.ofHex(
                        "0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a8"
                                + "0103");
        assertEquals(
                "no Message-Authenticator",
                refused(() -> seal("xyzzy5461").openAnswer(accept, request)));
        assertEquals(
                "wrong Response Authenticator, is the secret the same?",
                refused(() -> seal("xyzzy5462").openAnswer(accept, request)));
    }

    @Test
    void takesWhatARealServerAnswers() throws Exception {
        RadiusPacket challenge = freeradius.openAnswer(CHALLENGE, IDENTITY_REQUEST);
        assertEquals(
                "0101001604106e5f1b4112687903df402d7c64eb3efb",
                challenge.eapMessage().orElseThrow().hex());
        assertEquals(
                "e645c78fe644c3808c80b4da461578d0",
                challenge.first(RadiusType.STATE).orElseThrow().hex());
        RadiusPacket accept = freeradius.openAnswer(ACCEPT, RESPONSE_REQUEST);
        assertEquals(RadiusCode.ACCESS_ACCEPT, accept.code());
        assertEquals("Research", accept.text(RadiusType.CLASS).orElseThrow());
        assertEquals(
                RadiusCode.ACCOUNTING_RESPONSE,
                freeradius.openAnswer(ACCOUNTING_RESPONSE, ACCOUNTING_REQUEST).code());
    }

    @Test
    void signsWhatARealServerTook() throws Exception {
        RadiusPacket accounting = RadiusPacket.decode(ACCOUNTING_REQUEST);
        assertEquals(
                ACCOUNTING_REQUEST,
                freeradius.request(
                        RadiusCode.ACCOUNTING_REQUEST,
                        9,
                        accounting.authenticator(),
                        accounting.attributes()));
        RadiusPacket access = RadiusPacket.decode(IDENTITY_REQUEST);
        assertEquals(
                IDENTITY_REQUEST,
                freeradius.request(
                        RadiusCode.ACCESS_REQUEST,
                        7,
                        access.authenticator(),
                        access.attributes().subList(1, access.attributes().size())));
    }

    @Test
    void refusesAnAnswerToAnotherRequest() {
        assertEquals(
                "wrong Response Authenticator, is the secret the same?",
                refused(
                        () ->
                                freeradius.openAnswer(
                                        Bytes.ofHex("0b07" + CHALLENGE.hex().substring(4)),
                                        Bytes.ofHex(
                                                "0107" + RESPONSE_REQUEST.hex().substring(4)))));
        assertEquals(
                "Accounting-Response is no answer to Access-Request",
                refused(() -> freeradius.openAnswer(ACCOUNTING_RESPONSE, RESPONSE_REQUEST)));
    }

    /// Each byte that is changed is noticed.
    @Test
    void refusesWhatWasChangedOnTheWay() {
        for (int at = 0; at < ACCEPT.length(); at++) {
            byte[] changed = ACCEPT.toArray();
            changed[at] ^= 1;
            assertThrows(
                    MalformedRadius.class,
                    () -> freeradius.openAnswer(Bytes.of(changed), RESPONSE_REQUEST));
        }
    }

    /// Who knows a collision of MD5 does not know the key: the digest fits, the HMAC does not.
    @Test
    void refusesAWrongMessageAuthenticatorUnderARightDigest() {
        RadiusPacket request = decoded(RESPONSE_REQUEST);
        byte[] answer = freeradius.answer(RadiusCode.ACCESS_ACCEPT, request, List.of()).toArray();
        answer[30] ^= 1;
        byte[] signed = redigested(answer, request);
        assertEquals(
                "wrong Message-Authenticator",
                refused(() -> freeradius.openAnswer(Bytes.of(signed), RESPONSE_REQUEST)));
    }

    private static byte[] redigested(byte[] answer, RadiusPacket request) {
        request.authenticator().copyTo(answer, 4);
        var md5 = RadiusSeal.md5();
        md5.update(answer);
        byte[] digest = md5.digest("gv6URkSs".getBytes(StandardCharsets.UTF_8));
        System.arraycopy(digest, 0, answer, 4, 16);
        return answer;
    }

    @Test
    void revealsTheKeysThatARealServerHid() throws Exception {
        HiddenValues hidden = freeradius.hiddenValues(PLAIN_REQUEST);
        List<VendorAttribute> found = VendorAttribute.of(decoded(PLAIN_ACCEPT));
        assertEquals(List.of(16, 17, 28), found.stream().map(VendorAttribute::type).toList());
        assertArrayEquals(counting(0), revealed(hidden, found.get(0)));
        assertArrayEquals(counting(32), revealed(hidden, found.get(1)));
        assertEquals(IpAddress.parse("10.1.0.53"), IpAddress.ofBytes(found.get(2).value()));
        Bytes tunnelPassword = decoded(PLAIN_ACCEPT).first(69).orElseThrow();
        try (var password = hidden.reveal(tunnelPassword.slice(1, tunnelPassword.length()))) {
            assertEquals("keyferry", new String(password.array(), StandardCharsets.UTF_8));
        }
    }

    private static byte[] revealed(HiddenValues hidden, VendorAttribute key) throws Exception {
        try (var secret = hidden.reveal(key.value())) {
            return secret.array().clone();
        }
    }

    private static byte[] counting(int from) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    /// The plain length is a byte that whoever has another secret decides by chance.
    @ParameterizedTest
    @CsvSource({"8001, 2", "8001" + "00000000000000000000000000000000" + "00, 19"})
    void refusesHiddenValuesOfImpossibleSizes(String hex, int bytes) {
        HiddenValues hidden = freeradius.hiddenValues(PLAIN_REQUEST);
        assertEquals(
                "a hidden value of " + bytes + " bytes",
                refused(() -> hidden.reveal(Bytes.ofHex(hex))));
    }

    @Test
    void refusesAHiddenValueThatIsShorterThanItSays() {
        HiddenValues other = seal("another").hiddenValues(PLAIN_REQUEST);
        Bytes value = VendorAttribute.of(decoded(PLAIN_ACCEPT)).getFirst().value();
        assertEquals(
                "a hidden value that says it is longer than it is",
                refused(() -> other.reveal(value)));
    }

    static RadiusPacket decoded(Bytes packet) {
        try {
            return RadiusPacket.decode(packet);
        } catch (MalformedRadius e) {
            throw new AssertionError(HexFormat.of().formatHex(packet.toArray()), e);
        }
    }

    private interface Attempt {
        Object run() throws MalformedRadius;
    }

    private static String refused(Attempt attempt) {
        return assertThrows(MalformedRadius.class, attempt::run).getMessage();
    }
}
