package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.PeerViolation;

class KeyExchangeTest {
    /// RFC 5903 §8, RFC 7027 Appendix A, RFC 6932 Appendix A.1, RFC 7748 §6.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "19, c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433,"
                + " dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
                + "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3,"
                + " c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53,"
                + " d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
                + "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab,"
                + " d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
        "20, 099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655"
                + "e35b538041e649ee3faef896783ab194,"
                + " 667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6"
                + "de3ac808acb4bdb4c88732aee95f41aa"
                + "9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38e"
                + "eb9fcff3c2c947dae69b4c634573a81c,"
                + " 41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942"
                + "e0308312916b8ed2960e4bd55a7448fc,"
                + " e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d"
                + "0d1ac43a0336def96fda41d0774a3571"
                + "dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1ff"
                + "f83fa40142209dff5eaad96db9e6386c,"
                + " 11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4"
                + "d603135569b9e9d09cf5d4a270f59746",
        "21, 0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a0"
                + "95aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d4a52,"
                + " 0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbe"
                + "e1e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176ced3e"
                + "017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10a"
                + "d8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582,"
                + " 0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e"
                + "9c677d600b343757a3bdbf2a3163e4c2f869cca7458aa4a4effc311f5cb151685eb9,"
                + " 00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a21"
                + "9b97c356436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9460f"
                + "015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852077b87"
                + "220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a,"
                + " 01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04"
                + "d1427e73ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea",
        "27, 7c4b7a2c8a4bad1fbb7d79cc0955db7c6a4660ca64cc4778159b495e,"
                + " b104a67a6f6e85e14ec1825e1539e8ecdbbf584922367dd88c6bdcf2"
                + "46d782e7fdb5f60cd8404301ac5949c58edb26bc68ba07695b750a94,"
                + " 63976d4aae6cd0f6dd18defef55d96569d0507c03e74d6486ffa28fb,"
                + " 2a97089a9296147b71b21a4b574e1278245b536f14d8c2b9d07a874e"
                + "9b900d7c77a709a797276b8ca1ba61bb95b546fc29f862e44d59d25b,"
                + " 312dfd98783f9fb77b9704945a73beb6dccbe3b65d0f967dcab574eb",
        "28, 81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d,"
                + " 44106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be5"
                + "8ab4846f11caccb73ce49cbdd120f5a900a69fd32c272223f789ef10eb089bdc,"
                + " 55e40bc41e37e3e2ad25c3c6654511ffa8474a91a0032087593852d3e7d76bd3,"
                + " 8d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f7b"
                + "990c57520812be512641e47034832106bc7d3e8dd0e4c7f1136d7006547cec6a,"
                + " 89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b",
        "29, 1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6"
                + "f15eb5d1ee1610df870795143627d042,"
                + " 68b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f885"
                + "ab698c852d4a6e77a252d6380fcaf068"
                + "55bc91a39c9ec01dee36017b7d673a931236d2f1f5c83942d049e3fa20607493"
                + "e0d038ff2fd30c2ab67d15c85f7faa59,"
                + " 032640bc6003c59260f7250c3db58ce647f98e1260acce4acda3dd869f74e01f"
                + "8ba5e0324309db6a9831497abac96670,"
                + " 4d44326f269a597a5b58bba565da5556ed7fd9a8a9eb76c25f46db69d19dc8ce"
                + "6ad18e404b15738b2086df37e71d1eb4"
                + "62d692136de56cbe93bf5fa3188ef58bc8a3a0ec6c1e151a21038a42e9185329"
                + "b5b275903d192f8d4e1f32fe9cc78c48,"
                + " 0bd9d3a7ea0b3d519d09d8e48d0785fb744a6b355e6304bc51c229fbbce239bb"
                + "adf6403715c35d4fb2a5444f575d4f42",
        "30, 16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59"
                + "b09e80279609ff333eb9d4c061231fb26f92eeb04982a5f1d1764cad57665422,"
                + " 0a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c614999"
                + "9397e91e029e06457db2d3e640668b392c2a7e737a7f0bf04436d11640fd09fd"
                + "72e6882e8db28aad36237cd25d580db23783961c8dc52dfa2ec138ad472a0fce"
                + "f3887cf62b623b2a87de5c588301ea3e5fc269b373b60724f5e82a6ad147fde7,"
                + " 230e18e1bcc88a362fa54e4ea3902009292f7f8033624fd471b5d8ace49d12cf"
                + "abbc19963dab8e2f1eba00bffb29e4d72d13f2224562f405cb80503666b25429,"
                + " 9d45f66de5d67e2e6db6e93a59ce0bb48106097ff78a081de781cdb31fce8ccb"
                + "aaea8dd4320c4119f1e9cd437a2eab3731fa9668ab268d871deda55a5473199f"
                + "2fdc313095bcdd5fb3a91636f07a959c8e86b5636a1e930e8396049cb481961d"
                + "365cc11453a06c719835475b12cb52fc3c383bce35e27ef194512b71876285fa,"
                + " a7927098655f1f9976fa50a9d566865dc530331846381c87256baf3226244b76"
                + "d36403c024d7bbf0aa0803eaff405d3d24f11a9b5c0bef679fe1454b21c4cd1f",
        "31, 77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a,"
                + " 8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a,"
                + " 5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb,"
                + " de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f,"
                + " 4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
        "32, 9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf5"
                + "74a9419744897391006382a6f127ab1d9ac2d8c0a598726b,"
                + " 9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bb"
                + "c836647241d953d40c5b12da88120d53177f80e532c41fa0,"
                + " 1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120"
                + "bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d,"
                + " 3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972"
                + "fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609,"
                + " 07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56"
                + "fd2464c335543936521c24403085d59a449a5037514a879d"
    })
    void publishedCurveExamples(
            int id, String privateA, String publicA, String privateB, String publicB, String shared)
            throws PeerViolation {
        KeyExchangeMethod method = KeyExchangeMethod.of(id).orElseThrow();
        KeyExchangeMethod.LocalKey local = method.initiate(entropyFor(method, privateA));
        assertEquals(Bytes.ofHex(publicA), local.publicValue());
        KeyExchangeMethod.Answer answer =
                method.respond(entropyFor(method, privateB), local.publicValue());
        assertEquals(Bytes.ofHex(publicB), answer.publicValue());
        assertArrayEquals(Hex.bytes(shared), answer.shared().array());
        assertArrayEquals(Hex.bytes(shared), local.complete(answer.publicValue()).array());
    }

    /// ECP private keys are entropy plus one, modulo the order less one.
    private static byte[] entropyFor(KeyExchangeMethod method, String privateHex) {
        BigInteger privateKey = new BigInteger(privateHex, 16);
        return method instanceof Ecp
                ? FixedLength.of(privateKey.subtract(BigInteger.ONE), method.entropyBytes())
                : Hex.bytes(privateHex);
    }

    /// The last three have subgroups of prime order (RFC 5114).
    @ParameterizedTest
    @CsvSource({
        "5, 1536",
        "14, 2048",
        "15, 3072",
        "16, 4096",
        "17, 6144",
        "18, 8192",
        "22, 1024s160",
        "23, 2048s224",
        "24, 2048s256"
    })
    void modpGroupsAgreeWithOpenSsl(int id, String name) throws IOException, PeerViolation {
        Properties values = new Properties();
        try (InputStream in =
                KeyExchangeTest.class.getResourceAsStream("modp-openssl.properties")) {
            values.load(in);
        }
        DiffieHellman method = (DiffieHellman) KeyExchangeMethod.of(id).orElseThrow();
        byte[] privateKey = Hex.bytes(values.getProperty(name + ".private"));
        byte[] peer = Hex.bytes(values.getProperty(name + ".peer"));
        assertArrayEquals(
                Hex.bytes(values.getProperty(name + ".public")), method.publicValue(privateKey));
        assertArrayEquals(
                Hex.bytes(values.getProperty(name + ".shared")), method.agree(privateKey, peer));
    }

    /// Two is a value between the bounds, but no power of the generator.
    @ParameterizedTest
    @ValueSource(ints = {22, 23, 24})
    void aValueOutsideOfTheSubgroupIsRefused(int id) {
        DiffieHellman method = (DiffieHellman) KeyExchangeMethod.of(id).orElseThrow();
        byte[] privateKey = method.privateKey(new byte[method.entropyBytes()]);
        byte[] two = new byte[method.publicValueBytes(true)];
        two[two.length - 1] = 2;
        assertThrows(PeerViolation.class, () -> method.agree(privateKey, two));
    }

    /// RFC 2409 §6.2 prints the prime.
    @Test
    void theSmallestModpPrimeIsAsPrinted() {
        Modp method = (Modp) KeyExchangeMethod.of(2).orElseThrow();
        String printed =
                "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"
                        + "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437"
                        + "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
                        + "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff";
        assertEquals(new BigInteger(printed, 16), method.prime());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 14, 15})
    void modpPrimesAreSafe(int id) {
        BigInteger prime = ((Modp) KeyExchangeMethod.of(id).orElseThrow()).prime();
        assertTrue(prime.isProbablePrime(40));
        assertTrue(prime.shiftRight(1).isProbablePrime(40));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                2, 5, 14, 15, 16, 22, 23, 24, 19, 20, 21, 26, 27, 28, 29, 30, 31, 32, 35, 36, 37
            })
    void bothSidesAgreeAndEntropyDecides(int id) throws PeerViolation {
        KeyExchangeMethod method = KeyExchangeMethod.of(id).orElseThrow();
        byte[] entropy = entropy(method, 1);
        KeyExchangeMethod.LocalKey local = method.initiate(entropy);
        assertArrayEquals(new byte[method.entropyBytes()], entropy);
        assertEquals(method.publicValueBytes(true), local.publicValue().length());
        assertEquals(local.publicValue(), method.initiate(entropy(method, 1)).publicValue());
        assertNotEquals(local.publicValue(), method.initiate(entropy(method, 2)).publicValue());

        KeyExchangeMethod.Answer answer = method.respond(entropy(method, 3), local.publicValue());
        KeyExchangeMethod.Answer again = method.respond(entropy(method, 3), local.publicValue());
        assertEquals(method.publicValueBytes(false), answer.publicValue().length());
        assertEquals(answer.publicValue(), again.publicValue());
        assertArrayEquals(answer.shared().array(), again.shared().array());
        assertArrayEquals(answer.shared().array(), local.complete(answer.publicValue()).array());
        assertThrows(IllegalStateException.class, () -> local.complete(answer.publicValue()));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 14, 19, 20, 21, 28, 29, 30, 31, 32, 35, 36, 37})
    void valuesOfAnotherLengthAreRefused(int id) {
        KeyExchangeMethod method = KeyExchangeMethod.of(id).orElseThrow();
        Bytes longer = Bytes.wrapOwned(new byte[method.publicValueBytes(true) + 1]);
        Bytes shorter = Bytes.wrapOwned(new byte[method.publicValueBytes(false) - 1]);
        assertThrows(PeerViolation.class, () -> method.respond(entropy(method, 1), longer));
        assertThrows(
                PeerViolation.class, () -> method.initiate(entropy(method, 1)).complete(shorter));
    }

    @Test
    void modpValuesThatConfineTheSecretAreRefused() {
        Modp method = (Modp) KeyExchangeMethod.of(14).orElseThrow();
        BigInteger prime = method.prime();
        for (BigInteger value :
                new BigInteger[] {
                    BigInteger.ZERO,
                    BigInteger.ONE,
                    prime.subtract(BigInteger.ONE),
                    prime,
                    prime.add(BigInteger.TWO)
                }) {
            Bytes peer = Bytes.wrapOwned(FixedLength.of(value, 256));
            assertThrows(PeerViolation.class, () -> method.respond(entropy(method, 1), peer));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {19, 20, 21, 26, 27, 28, 29, 30})
    void pointsOffTheCurveAreRefused(int id) {
        KeyExchangeMethod method = KeyExchangeMethod.of(id).orElseThrow();
        byte[] point = method.initiate(entropy(method, 1)).publicValue().toArray();
        point[point.length - 1] ^= 1;
        byte[] zero = new byte[point.length];
        byte[] tooLarge = new byte[point.length];
        Arrays.fill(tooLarge, (byte) 0xff);
        for (byte[] wrong : new byte[][] {point, zero, tooLarge}) {
            assertThrows(
                    PeerViolation.class, () -> method.respond(entropy(method, 2), Bytes.of(wrong)));
        }
    }

    /// Points of low order (RFC 7748 §6): 0, 1 and one of order 8.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"
            })
    void pointsOfLowOrderAreRefused(String point) {
        KeyExchangeMethod x25519 = KeyExchangeMethod.of(31).orElseThrow();
        assertThrows(
                PeerViolation.class, () -> x25519.respond(entropy(x25519, 1), Bytes.ofHex(point)));
        KeyExchangeMethod x448 = KeyExchangeMethod.of(32).orElseThrow();
        assertThrows(
                PeerViolation.class,
                () -> x448.respond(entropy(x448, 1), Bytes.wrapOwned(new byte[56])));
    }

    @Test
    void unknownMethodsAreNotThere() {
        for (int id : new int[] {0, 1, 25, 33, 38, 1024}) {
            assertTrue(KeyExchangeMethod.of(id).isEmpty());
        }
    }

    static byte[] entropy(KeyExchangeMethod method, long seed) {
        byte[] entropy = new byte[method.entropyBytes()];
        new Random(seed).nextBytes(entropy);
        return entropy;
    }
}
