package org.keyferry.crypto;

import static org.keyferry.crypto.CryptoProvider.ACCP;
import static org.keyferry.crypto.CryptoProvider.BOUNCY_CASTLE;
import static org.keyferry.crypto.CryptoProvider.CONSCRYPT;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.List;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ECParametersHolder;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;

/// Elliptic curves over prime fields (RFC 5903, RFC 6932), all of cofactor 1, and who computes on
/// them, fastest first.
final class EcCurve {
    static final EcCurve P224 = new EcCurve("P-224", 28);
    static final EcCurve P256 =
            new EcCurve(
                    "P-256",
                    32,
                    "secp256r1",
                    new Example(
                            "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
                            "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
                                    + "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
                            "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
                                    + "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
                            "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"),
                    true);
    static final EcCurve P384 =
            new EcCurve(
                    "P-384",
                    48,
                    "secp384r1",
                    new Example(
                            "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655"
                                    + "e35b538041e649ee3faef896783ab194",
                            "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6"
                                    + "de3ac808acb4bdb4c88732aee95f41aa"
                                    + "9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38e"
                                    + "eb9fcff3c2c947dae69b4c634573a81c",
                            "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d"
                                    + "0d1ac43a0336def96fda41d0774a3571"
                                    + "dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1ff"
                                    + "f83fa40142209dff5eaad96db9e6386c",
                            "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4"
                                    + "d603135569b9e9d09cf5d4a270f59746"),
                    false);
    static final EcCurve P521 =
            new EcCurve(
                    "P-521",
                    66,
                    "secp521r1",
                    new Example(
                            "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a0"
                                    + "95aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d4a52",
                            "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbe"
                                    + "e1e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176ced3e"
                                    + "017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10a"
                                    + "d8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582",
                            "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a21"
                                    + "9b97c356436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9460f"
                                    + "015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852077b87"
                                    + "220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a",
                            "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04"
                                    + "d1427e73ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea"),
                    false);
    static final EcCurve BRAINPOOL_224 = new EcCurve("brainpoolP224r1", 28);
    static final EcCurve BRAINPOOL_256 = new EcCurve("brainpoolP256r1", 32);
    static final EcCurve BRAINPOOL_384 = new EcCurve("brainpoolP384r1", 48);
    static final EcCurve BRAINPOOL_512 = new EcCurve("brainpoolP512r1", 64);

    /// From RFC 5903 §8: a private value, its public value, the peer's, and the shared secret.
    record Example(String privateHex, String publicHex, String peerHex, String sharedHex) {}

    /// Computes `g^x`: X and Y one after another.
    @FunctionalInterface
    interface PublicValues {
        byte[] publicValue(byte[] privateKey) throws GeneralSecurityException;
    }

    /// Computes X of `y^x`. The peer's point was found to be on the curve.
    @FunctionalInterface
    interface Agreements {
        byte[] agree(byte[] privateKey, byte[] peerPublic) throws GeneralSecurityException;
    }

    private final String name;
    private final int fieldBytes;
    final Chosen<PublicValues> publicValues;
    final Chosen<Agreements> agreements;

    /// Only Bouncy Castle.
    private EcCurve(String name, int fieldBytes) {
        this.name = name;
        this.fieldBytes = fieldBytes;
        var bouncyCastle = new EcOfBouncyCastle(this);
        publicValues = only(name, bouncyCastle);
        agreements = only(name, bouncyCastle);
    }

    private static <T> Chosen<T> only(String name, T bouncyCastle) {
        return new Chosen<>(
                name,
                one -> true,
                List.of(new Chosen.Candidate<>(BOUNCY_CASTLE, provider -> bouncyCastle)));
    }

    /// @param conscryptIsFast BoringSSL has special code for P-256 only
    private EcCurve(
            String name, int fieldBytes, String jcaName, Example example, boolean conscryptIsFast) {
        this.name = name;
        this.fieldBytes = fieldBytes;
        Chosen.Candidate<PublicValues> bcPublic =
                new Chosen.Candidate<>(BOUNCY_CASTLE, provider -> new EcOfBouncyCastle(this));
        Chosen.Candidate<Agreements> bcAgree =
                new Chosen.Candidate<>(BOUNCY_CASTLE, provider -> new EcOfBouncyCastle(this));
        Chosen.Candidate<PublicValues> conscryptPublic =
                new Chosen.Candidate<>(CONSCRYPT, provider -> new EcOfJca(this, jcaName, provider));
        Chosen.Candidate<Agreements> conscryptAgree =
                new Chosen.Candidate<>(CONSCRYPT, provider -> new EcOfJca(this, jcaName, provider));
        Chosen.Candidate<Agreements> accpAgree =
                new Chosen.Candidate<>(ACCP, provider -> new EcOfJca(this, jcaName, provider));
        publicValues =
                new Chosen<>(
                        name + " public values",
                        one -> passes(one, example),
                        conscryptIsFast ? List.of(conscryptPublic, bcPublic) : List.of(bcPublic));
        agreements =
                new Chosen<>(
                        name + " agreement",
                        one -> passes(one, example),
                        conscryptIsFast
                                ? List.of(accpAgree, conscryptAgree, bcAgree)
                                : List.of(accpAgree, bcAgree));
    }

    private static boolean passes(PublicValues candidate, Example example)
            throws GeneralSecurityException {
        return Hex.equal(example.publicHex, candidate.publicValue(Hex.bytes(example.privateHex)));
    }

    private static boolean passes(Agreements candidate, Example example)
            throws GeneralSecurityException {
        return Hex.equal(
                example.sharedHex,
                candidate.agree(Hex.bytes(example.privateHex), Hex.bytes(example.peerHex)));
    }

    /// All curves, for tests.
    static List<EcCurve> all() {
        return List.of(
                P224, P256, P384, P521, BRAINPOOL_224, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512);
    }

    /// Made by Bouncy Castle at first use.
    X9ECParameters domain() {
        X9ECParametersHolder custom = CustomNamedCurves.getByNameLazy(name);
        return (custom != null ? custom : ECNamedCurveTable.getByNameLazy(name)).getParameters();
    }

    BigInteger order() {
        return domain().getN();
    }

    /// Length of one coordinate, and of a private key.
    int fieldBytes() {
        return fieldBytes;
    }

    /// The point (X, Y).
    ///
    /// @throws IllegalArgumentException if it is not on the curve
    ECPoint point(byte[] xy) {
        byte[] uncompressed = new byte[1 + xy.length];
        uncompressed[0] = 4;
        System.arraycopy(xy, 0, uncompressed, 1, xy.length);
        return domain().getCurve().decodePoint(uncompressed);
    }

    @Override
    public String toString() {
        return name;
    }
}
