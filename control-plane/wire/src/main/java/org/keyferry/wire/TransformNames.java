package org.keyferry.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Names of transforms in logs and VICI, as charon spells them. Ids from 1024 are private use.
public final class TransformNames {
    private record Row(int type, int id, String name) {}

    private static final List<Row> ROWS =
            List.of(
                    encr(2, "DES_CBC"),
                    encr(3, "3DES_CBC"),
                    encr(6, "CAST_CBC"),
                    encr(7, "BLOWFISH_CBC"),
                    encr(11, "NULL"),
                    encr(12, "AES_CBC"),
                    encr(13, "AES_CTR"),
                    encr(14, "AES_CCM_8"),
                    encr(15, "AES_CCM_12"),
                    encr(16, "AES_CCM_16"),
                    encr(18, "AES_GCM_8"),
                    encr(19, "AES_GCM_12"),
                    encr(20, "AES_GCM_16"),
                    encr(21, "NULL_AES_GMAC"),
                    encr(23, "CAMELLIA_CBC"),
                    encr(24, "CAMELLIA_CTR"),
                    encr(25, "CAMELLIA_CCM_8"),
                    encr(26, "CAMELLIA_CCM_12"),
                    encr(27, "CAMELLIA_CCM_16"),
                    encr(28, "CHACHA20_POLY1305"),
                    encr(1026, "SERPENT_CBC"),
                    encr(1027, "TWOFISH_CBC"),
                    integ(1, "HMAC_MD5_96"),
                    integ(2, "HMAC_SHA1_96"),
                    integ(5, "AES_XCBC_96"),
                    integ(6, "HMAC_MD5_128"),
                    integ(7, "HMAC_SHA1_160"),
                    integ(8, "AES_CMAC_96"),
                    integ(9, "AES_128_GMAC"),
                    integ(10, "AES_192_GMAC"),
                    integ(11, "AES_256_GMAC"),
                    integ(12, "HMAC_SHA2_256_128"),
                    integ(13, "HMAC_SHA2_384_192"),
                    integ(14, "HMAC_SHA2_512_256"),
                    integ(1026, "HMAC_SHA2_256_96"),
                    integ(1030, "CAMELLIA_XCBC_96"),
                    prf(1, "PRF_HMAC_MD5"),
                    prf(2, "PRF_HMAC_SHA1"),
                    prf(4, "PRF_AES128_XCBC"),
                    prf(5, "PRF_HMAC_SHA2_256"),
                    prf(6, "PRF_HMAC_SHA2_384"),
                    prf(7, "PRF_HMAC_SHA2_512"),
                    prf(8, "PRF_AES128_CMAC"),
                    prf(1028, "PRF_CAMELLIA128_XCBC"),
                    ke(0, "KE_NONE"),
                    ke(1, "MODP_768"),
                    ke(2, "MODP_1024"),
                    ke(5, "MODP_1536"),
                    ke(14, "MODP_2048"),
                    ke(15, "MODP_3072"),
                    ke(16, "MODP_4096"),
                    ke(17, "MODP_6144"),
                    ke(18, "MODP_8192"),
                    ke(19, "ECP_256"),
                    ke(20, "ECP_384"),
                    ke(21, "ECP_521"),
                    ke(22, "MODP_1024_160"),
                    ke(23, "MODP_2048_224"),
                    ke(24, "MODP_2048_256"),
                    ke(25, "ECP_192"),
                    ke(26, "ECP_224"),
                    ke(27, "ECP_224_BP"),
                    ke(28, "ECP_256_BP"),
                    ke(29, "ECP_384_BP"),
                    ke(30, "ECP_512_BP"),
                    ke(31, "CURVE_25519"),
                    ke(32, "CURVE_448"),
                    ke(33, "GOST3410_256"),
                    ke(34, "GOST3410_512"),
                    ke(35, "ML_KEM_512"),
                    ke(36, "ML_KEM_768"),
                    ke(37, "ML_KEM_1024"),
                    ke(1024, "MODP_NULL"),
                    new Row(TransformType.ESN, 0, "NO_EXT_SEQ"),
                    new Row(TransformType.ESN, 1, "EXT_SEQ"));

    private static final Map<Integer, String> BY_KEY = byKey();
    private static final Map<String, Row> BY_NAME = byName();

    private TransformNames() {}

    /// Without key length, and without the `KE1_` of additional key exchanges, which share the
    /// names of type KE. `UNKNOWN_<type>_<id>` for anything else.
    public static String name(int type, int id) {
        String name =
                BY_KEY.get(key(TransformType.isAdditionalKe(type) ? TransformType.KE : type, id));
        return name != null ? name : "UNKNOWN_" + type + "_" + id;
    }

    /// With key length and the `KE1_` of additional key exchanges.
    public static String text(Transform transform) {
        int type = transform.type();
        String round =
                TransformType.isAdditionalKe(type) ? "KE" + (type - TransformType.ESN) + "_" : "";
        String keyBits = transform.keyBits() > 0 ? "_" + transform.keyBits() : "";
        return round + name(type, transform.id()) + keyBits;
    }

    /// The id of a name without key length; empty if there is none of that type.
    public static OptionalInt id(int type, String name) {
        Row row = BY_NAME.get(name);
        return row != null && row.type == type ? OptionalInt.of(row.id) : OptionalInt.empty();
    }

    private static Map<Integer, String> byKey() {
        Map<Integer, String> map = new HashMap<>();
        for (Row row : ROWS) {
            if (map.put(key(row.type, row.id), row.name) != null) {
                throw new IllegalStateException("two rows for transform " + row);
            }
        }
        return map;
    }

    private static Map<String, Row> byName() {
        Map<String, Row> map = new HashMap<>();
        for (Row row : ROWS) {
            if (map.put(row.name, row) != null) {
                throw new IllegalStateException("two rows for name " + row);
            }
        }
        return map;
    }

    private static int key(int type, int id) {
        return type << 16 | id;
    }

    private static Row encr(int id, String name) {
        return new Row(TransformType.ENCR, id, name);
    }

    private static Row integ(int id, String name) {
        return new Row(TransformType.INTEG, id, name);
    }

    private static Row prf(int id, String name) {
        return new Row(TransformType.PRF, id, name);
    }

    private static Row ke(int id, String name) {
        return new Row(TransformType.KE, id, name);
    }
}
