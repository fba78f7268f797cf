package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrfTest {
    /// Test case 1 of RFC 2202 §3 and RFC 4231 §4.2.
    @ParameterizedTest
    @CsvSource({
        "2, b617318655057264e28bc0b6fb378c8ef146be00",
        "5, b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        "6, afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
                + "faea9ea9076ede7f4af152e8b2fa9cb6",
        "7, 87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
    })
    void hmacWithShortKey(int id, String wanted) {
        byte[] key = new byte[20];
        Arrays.fill(key, (byte) 0x0b);
        assertArrayEquals(Hex.bytes(wanted), Prf.of(id).compute(key, ascii("Hi"), ascii(" There")));
    }

    /// Test case 6 of RFC 2202 §3 (key of 80 bytes) and RFC 4231 §4.7 (131 bytes).
    @ParameterizedTest
    @CsvSource({
        "2, 80, aa4ae5e15272d00e95705637ce8a3b55ed402112",
        "5, 131, 60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        "6, 131, 4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
                + "0c2ef6ab4030fe8296248df163f44952",
        "7, 131, 80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
    })
    void hmacWithLongKey(int id, int keyBytes, String wanted) {
        byte[] key = new byte[keyBytes];
        Arrays.fill(key, (byte) 0xaa);
        byte[] data = ascii("Test Using Larger Than Block-Size Key - Hash Key First");
        assertArrayEquals(Hex.bytes(wanted), Prf.of(id).compute(key, data));
    }

    /// RFC 4434 §2.1 and RFC 4615 §4: keys of 16, 10 and 18 bytes.
    @ParameterizedTest
    @CsvSource({
        "4, 000102030405060708090a0b0c0d0e0f, 47f51b4564966215b8985c63055ed308",
        "4, 00010203040506070809, 0fa087af7d866e7653434e602fdde835",
        "4, 000102030405060708090a0b0c0d0e0fedcb, 8cd3c93ae598a9803006ffb67c40e9e4",
        "8, 000102030405060708090a0b0c0d0e0f, 980ae87b5f4c9c5214f5b6a8455e4c2d",
        "8, 00010203040506070809, 290d9e112edb09ee141fcf64c0b72f3d",
        "8, 000102030405060708090a0b0c0d0e0fedcb, 84a348a4a45d235babfffc0d2b4da09a"
    })
    void aesPrfsTakeKeysOfAnyLength(int id, String key, String wanted) {
        byte[] message = Hex.bytes("000102030405060708090a0b0c0d0e0f10111213");
        assertArrayEquals(Hex.bytes(wanted), Prf.of(id).compute(Hex.bytes(key), message));
    }

    /// RFC 3566 §4.6, test cases 1 and 4 to 6.
    @ParameterizedTest
    @CsvSource({
        "0, 75f0251d528ac01c4573dfd584d79f29",
        "20, 47f51b4564966215b8985c63055ed308",
        "32, f54f0ec8d2b9f3d36807734bd5283fd4",
        "34, becbb3bccdb518a30677d5481fb6b4d8"
    })
    void xcbcOfManyLengths(int lengthBytes, String wanted) {
        byte[] counting =
                Hex.bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021");
        byte[] key = Arrays.copyOf(counting, 16);
        assertArrayEquals(
                Hex.bytes(wanted), Macs.AES_XCBC.get().compute(key, counting, 0, lengthBytes));
    }

    /// RFC 4493 §4, examples 1 and 4.
    @Test
    void cmacOfNothingAndOfWholeBlocks() {
        byte[] key = Hex.bytes("2b7e151628aed2a6abf7158809cf4f3c");
        byte[] data =
                Hex.bytes(
                        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        MacEngine cmac = Macs.AES_CMAC.get();
        assertArrayEquals(
                Hex.bytes("bb1d6929e95937287fa37d129b756746"), cmac.compute(key, data, 0, 0));
        assertArrayEquals(Hex.bytes("51f0bebf7e3b9d92fc49741779363cfe"), cmac.compute(key, data));
    }

    /// `T1 = prf(K, S | 1)`, `T2 = prf(K, T1 | S | 2)`.
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 6, 7, 8})
    void prfPlusIsAChain(int id) {
        Prf prf = Prf.of(id);
        byte[] key = ascii("sixteen byte key");
        byte[] seed = ascii("seed");
        byte[] t1 = prf.compute(key, seed, new byte[] {1});
        byte[] t2 = prf.compute(key, t1, seed, new byte[] {2});
        byte[] wanted = Arrays.copyOf(Concat.of(t1, t2), prf.outputBytes() + 3);
        assertArrayEquals(wanted, prf.plus(key, seed, wanted.length));
    }

    @Test
    void prfPlusHasAnEnd() {
        Prf prf = Prf.of(Prf.HMAC_SHA2_256);
        assertEquals(255 * 32, prf.plus(new byte[1], new byte[1], 255 * 32).length);
        assertThrows(
                IllegalArgumentException.class,
                () -> prf.plus(new byte[1], new byte[1], 255 * 32 + 1));
    }

    /// HMAC pads keys with zeros, so an empty one equals one of zeros.
    @Test
    void anEmptyKeyWorks() {
        byte[] data = ascii("data");
        Prf prf = Prf.of(Prf.HMAC_SHA2_256);
        assertArrayEquals(prf.compute(new byte[64], data), prf.compute(new byte[0], data));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
