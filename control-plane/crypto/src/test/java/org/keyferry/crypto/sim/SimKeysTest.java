package org.keyferry.crypto.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// Keys against the examples of the RFCs.
class SimKeysTest {
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static void assertKeys(SimKeys keys, String encr, String aut, String msk) {
        assertEquals(encr, hex(keys.encr()));
        assertEquals(aut, hex(keys.aut()));
        try (Secret told = keys.msk()) {
            assertEquals(msk, hex(told.array()));
        }
    }

    /// RFC 4186 Appendix A.
    private static SimKeys ofRfc4186() {
        return SimKeys.ofSim(
                Bytes.utf8("1244070100000001@eapsim.foo"),
                List.of(
                        Bytes.ofHex("a0a1a2a3a4a5a6a7"),
                        Bytes.ofHex("b0b1b2b3b4b5b6b7"),
                        Bytes.ofHex("c0c1c2c3c4c5c6c7")),
                Bytes.ofHex("0123456789abcdeffedcba9876543210"),
                Bytes.ofU16(1),
                Bytes.ofU16(1));
    }

    @Test
    void eapSim() {
        assertKeys(
                ofRfc4186(),
                "536e5ebc4465582aa6a8ec9986ebb620",
                "25af1942efcbf4bc72b3943421f2a974",
                "39d45aeaf4e30601983e972b6cfd46d1c363773365690d09cd44976b525f47d3"
                        + "a60a985e955c53b090b2e4b73719196a402542968fd14a888f46b9a7886e4488");
    }

    /// The generator alone, from MK to all that RFC 4186's example makes of it.
    @Test
    void generatorOfFips186() {
        byte[] mk = HexFormat.of().parseHex("e576d5ca332e9930018bf1baee2763c795b3c712");
        assertEquals(
                "536e5ebc4465582aa6a8ec9986ebb62025af1942efcbf4bc72b3943421f2a974"
                        + "39d45aeaf4e30601983e972b6cfd46d1c363773365690d09cd44976b525f47d3"
                        + "a60a985e955c53b090b2e4b73719196a402542968fd14a888f46b9a7886e4488"
                        + "5949eab0fff69d52315c6c634fd14a7f0d52023d56f79698fa6596abeed4f93f"
                        + "bb48eb534d985414ceed0d9a8ed33c387c9dfdab92ffbdf240fcecf65a2c93b9",
                hex(SimKeys.fips186(mk, 160)));
    }

    /// As FreeRADIUS computes them for the challenge of 3GPP TS 35.208, test set 19: RFC 4187 has
    /// no example.
    @Test
    void eapAka() {
        assertKeys(
                SimKeys.ofAka(
                        Bytes.utf8("0555444333222111"),
                        Bytes.ofHex("9744871ad32bf9bbd1dd5ce54e3e2e5a"),
                        Bytes.ofHex("5349fbe098649f948f5d2e973a81c00f")),
                "18e8b20bcda70486fd5959586a9e7c3d",
                "18c044070e5e642a2643876ff7a83812",
                "352ffaef2df120cb22410b9c0b70623cb5a35bc9fcd6bca0fc337b48b1763089"
                        + "0a03375cfd1e64cbd6bf8304374dd2e139d64ed1a6d618ffefb08c26a6bb3585");
    }

    private static final String TEST_19 =
            "bb52e91c747ac3ab2a5c23d15ee351d5,5349fbe098649f948f5d2e973a81c00f,"
                    + "9744871ad32bf9bbd1dd5ce54e3e2e5a";
    private static final String PLAIN =
            "a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0,c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0,"
                    + "b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0";

    /// RFC 5448 Appendix C, cases 1 to 4; RFC 9048 Appendix D has the same.
    @ParameterizedTest
    @CsvSource({
        "WLAN,"
                + TEST_19
                + ",0093962d0dd84aa5684b045c9edffa04ccfc230ca74fcc96c0a5d61164f5a76c"
                + ",766fa0a6c317174b812d52fbcd11a179"
                + ",0842ea722ff6835bfa2032499fc3ec23c2f0e388b4f07543ffc677f1696d71ea"
                + ",67c42d9aa56c1b79e295e3459fc3d187d42be0bf818d3070e362c5e967a4d544"
                + "e8ecfe19358ab3039aff03b7c930588c055babee58a02650b067ec4e9347c75a",
        "HRPD,"
                + TEST_19
                + ",3820f0277fa5f77732b1fb1d90c1a0dadb94a0ab557ef6c9ab48619ca05b9a9f"
                + ",05ad73ac915fce89ac77e1520d82187b"
                + ",5b4acaef62c6ebb8882b2f3d534c4b35277337a00184f20ff25d224c04be2afd"
                + ",87b321570117cd6c95ab6c436fb5073ff15cf85505d2bc5bb7355fc21ea8a757"
                + "57e8f86a2b138002e05752913bb43b82f868a96117e91a2d95f526677d572900",
        "WLAN,"
                + PLAIN
                + ",cd4c8e5c68f57dd1d7d7dfd0c538e5773ece6b705dbbf7dfc459a11280c65524"
                + ",897d302fa2847416488c28e20dcb7be4"
                + ",c40700e7722483ae3dc7139eb0b88bb558cb3081eccd057f9207d1286ee7dd53"
                + ",9f7dca9e37bb22029ed986e7cd09d4a70d1ac76d95535c5cac40a7504699bb89"
                + "61a29ef6f3e90f183de5861ad1bedc81ce9916391b401aa006c98785a5756df7",
        "HRPD,"
                + PLAIN
                + ",8310a71ce6f754889613da8f64d5fb465adf14360ae838192db23f6fcb7f8c76"
                + ",745e7439ba238f50fcac4d15d47cd1d9"
                + ",3e1d2aa4e677025cfd862a4be18361a13a645765571463df833a9759e8099879"
                + ",c6d3a6e0ceea951eb20d74f32c3061d0680a04b0b086ee8700ace3e0b95fa026"
                + "83c287beee44432294ff98af26d2cc783bace75c4b0af7fdfeb5511ba8e4cbd0"
    })
    void eapAkaPrime(
            String network,
            String autn,
            String ck,
            String ik,
            String primed,
            String encr,
            String aut,
            String msk) {
        Bytes name = Bytes.utf8(network);
        byte[] key = SimKeys.primed(Bytes.ofHex(ck), Bytes.ofHex(ik), Bytes.ofHex(autn), name);
        assertEquals(primed.substring(32) + primed.substring(0, 32), hex(key));
        assertKeys(
                SimKeys.ofAkaPrime(
                        Bytes.utf8("0555444333222111"),
                        Bytes.ofHex(ik),
                        Bytes.ofHex(ck),
                        Bytes.ofHex(autn),
                        name),
                encr,
                aut,
                msk);
    }

    /// RFC 4186 Appendix A.7; MSK and EMSK as FreeRADIUS has them, too.
    @Test
    void fastReauthentication() {
        Bytes identity =
                Bytes.utf8(
                        "Y24fNSrz8BP274jOJaF17WfxI8YO7QX00pMXk9XMMVOw7broaNhTczuFq53aEpOkk3L0dm"
                                + "@eapsim.foo");
        Bytes nonce = Bytes.ofHex("0123456789abcdeffedcba9876543210");
        SimKeys keys = ofRfc4186().lasting().again(identity, 1, nonce);
        assertKeys(
                keys,
                "536e5ebc4465582aa6a8ec9986ebb620",
                "25af1942efcbf4bc72b3943421f2a974",
                "6263f614973895e1335f7e30cff028ee2176f519002c9abe732fe0ef00cf167c"
                        + "756d9e4ced6d5ed640eb3fe38565ca076e7fb8a817cfe8d9adbce441d47c4f5e");
    }

    /// After case 1 of RFC 5448 Appendix C, as FreeRADIUS computes it: RFC 9048 has no example.
    @Test
    void fastReauthenticationOfAkaPrime() {
        SimKeys full =
                SimKeys.ofAkaPrime(
                        Bytes.utf8("0555444333222111"),
                        Bytes.ofHex("9744871ad32bf9bbd1dd5ce54e3e2e5a"),
                        Bytes.ofHex("5349fbe098649f948f5d2e973a81c00f"),
                        Bytes.ofHex("bb52e91c747ac3ab2a5c23d15ee351d5"),
                        Bytes.utf8("WLAN"));
        assertEquals(
                "cf83aa8bc7e0aced892acc98e76a9b2095b558c7795c7094715cb3393aa7d17a",
                hex(full.root()));
        assertKeys(
                full.again(
                        Bytes.utf8("5555444333222111"),
                        1,
                        Bytes.ofHex("0123456789abcdeffedcba9876543210")),
                "766fa0a6c317174b812d52fbcd11a179",
                "0842ea722ff6835bfa2032499fc3ec23c2f0e388b4f07543ffc677f1696d71ea",
                "28f2b93a8edc4a01b69d378ba68a77bb016c0febb760db985799649900006f97"
                        + "a1765c65f5d5bfdee761ba4292e451d1a0c57e76eb913ee995f5ce6eb7989138");
    }

    @Test
    void whatLastsHasNoMskAndIsWiped() {
        SimKeys full = ofRfc4186();
        SimKeys lasting = full.lasting();
        full.close();
        assertEquals("0".repeat(40), hex(full.root()));
        try (Secret msk = lasting.msk()) {
            assertEquals(0, msk.length());
        }
        assertEquals("e576d5ca332e9930018bf1baee2763c795b3c712", hex(lasting.root()));
        lasting.close();
        assertEquals("0".repeat(40), hex(lasting.root()));
        assertEquals("0".repeat(32), hex(lasting.aut()));
    }

    @Test
    void whatIsEncryptedAndSealedOpensAgain() {
        SimKeys keys = ofRfc4186();
        Bytes iv = Bytes.ofHex("9e18b0c29a652263c06efb54dd00a895");
        Bytes plain = Bytes.of(new byte[32]);
        Bytes hidden = keys.encrypt(iv, plain);
        assertFalse(hidden.equals(plain));
        assertEquals(plain, keys.decrypt(iv, hidden));
        assertEquals(SimKeys.MAC_BYTES, keys.mac(plain).length());
        assertTrue(keys.isMac(keys.mac(plain), plain));
        assertFalse(keys.isMac(keys.mac(plain), plain.concat(Bytes.ofU8(0))));
        keys.close();
        assertEquals("0".repeat(32), hex(keys.encr()));
    }
}
