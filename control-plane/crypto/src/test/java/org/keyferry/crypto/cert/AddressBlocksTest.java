package org.keyferry.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.crypto.cert.TestCa.NOW;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.junit.jupiter.api.Test;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;

/// Encodings are written by hand from RFC 3779 §2.2.3.
class AddressBlocksTest {
    private static final ASN1ObjectIdentifier OID =
            new ASN1ObjectIdentifier(AddressBlocks.EXTENSION);

    private static final String TEN_8 = "300c300a0402000130040302000a";
    private static final String TEN_1_16 = "300d300b0402000130050303000a01";
    private static final String INHERIT_V4 = "30083006040200010500";

    private static TestCa.Extras blocks(String hex) {
        return builder -> builder.addExtension(OID, true, Bytes.ofHex(hex).toArray());
    }

    private static TestCa ca(TestCa root, String hex) throws Exception {
        return root.sub("CN=sub", TestCa.both(TestCa.ca(-1), blocks(hex)));
    }

    private static PathFinder.Result find(
            Certificate leaf, TestCa sub, TestCa root, PathRules rules) {
        return PathFinder.find(
                leaf, List.of(sub.certificate), List.of(root.certificate), Set.of(), rules, NOW);
    }

    /// Nothing above the CA has blocks, and nothing above it is looked at.
    private static final PathRules TO_THE_CA = new PathRules(true, true, 1);

    private static Optional<List<AddressRange>> trusted(Certificate leaf, TestCa sub, TestCa root) {
        var result = find(leaf, sub, root, TO_THE_CA);
        return assertInstanceOf(PathFinder.Result.Trusted.class, result, result.toString())
                .path()
                .addressBlocks();
    }

    private static String refused(Certificate leaf, TestCa sub, TestCa root, PathRules rules) {
        var result = find(leaf, sub, root, rules);
        return assertInstanceOf(PathFinder.Result.Refused.class, result).reason();
    }

    @Test
    void blocksLieInThoseOfTheIssuer() throws Exception {
        var root = TestCa.root("CN=root");
        var sub = ca(root, TEN_8);
        assertEquals(
                Optional.of(List.of(AddressRange.parse("10.1.0.0/16"))),
                trusted(sub.leaf("CN=moon", blocks(TEN_1_16)), sub, root));
        assertEquals(Optional.empty(), trusted(sub.leaf("CN=sun"), sub, root));
        String prefixOf14Bits = "300d300b0402000130050303020a04";
        assertEquals(
                Optional.of(List.of(AddressRange.parse("10.4.0.0/14"))),
                trusted(sub.leaf("CN=venus", blocks(prefixOf14Bits)), sub, root));
        String range = "3013301104020001300b30090302010a0303010a08"; // 10.0.0.0 to 10.9.255.255
        assertEquals(
                Optional.of(List.of(AddressRange.parse("10.0.0.0-10.9.255.255"))),
                trusted(sub.leaf("CN=mars", blocks(range)), sub, root));
    }

    @Test
    void inheritedBlocksAreTheIssuers() throws Exception {
        var root = TestCa.root("CN=root");
        var sub = ca(root, TEN_1_16);
        assertEquals(
                Optional.of(List.of(AddressRange.parse("10.1.0.0/16"))),
                trusted(sub.leaf("CN=moon", blocks(INHERIT_V4)), sub, root));
    }

    @Test
    void moreThanTheIssuerHas() throws Exception {
        var root = TestCa.root("CN=root");
        var sub = ca(root, TEN_1_16);
        assertEquals(
                "address blocks of 'CN=moon' are not all those of its issuer",
                refused(sub.leaf("CN=moon", blocks(TEN_8)), sub, root, TO_THE_CA));
    }

    @Test
    void anIssuerWithoutBlocks() throws Exception {
        var root = TestCa.root("CN=root");
        var sub = root.sub("CN=sub", -1);
        Certificate moon = sub.leaf("CN=moon", blocks(TEN_8));
        assertEquals(
                "issuer 'CN=sub' of 'CN=moon' has no address blocks",
                refused(moon, sub, root, PathRules.DEFAULT));
        assertInstanceOf(
                PathFinder.Result.Trusted.class,
                find(moon, sub, root, new PathRules(true, false, -1)));
        assertInstanceOf(
                PathFinder.Result.Trusted.class,
                find(moon, sub, root, new PathRules(true, true, 0)));
    }

    @Test
    void malformedBlocks() throws Exception {
        var root = TestCa.root("CN=root");
        var sub = ca(root, TEN_8);
        for (String hex :
                List.of(
                        "0500",
                        "300c300a0402000330040302000a", // no family of IP
                        "3010300e040200013008030600000000" + "0000")) { // 40 bits
            String why = refused(sub.leaf("CN=moon", blocks(hex)), sub, root, TO_THE_CA);
            assertTrue(why.startsWith("malformed address blocks"), why);
        }
    }

    @Test
    void anUnknownCriticalExtensionPassesOnlyIfToldSo() throws Exception {
        var root = TestCa.root("CN=root");
        var sub = root.sub("CN=sub", -1);
        Certificate moon =
                sub.leaf(
                        "CN=moon",
                        b ->
                                b.addExtension(
                                        new ASN1ObjectIdentifier("1.3.6.1.4.1.36906.1"),
                                        true,
                                        new byte[] {5, 0}));
        assertTrue(refused(moon, sub, root, PathRules.DEFAULT).contains("critical"));
        var result = find(moon, sub, root, new PathRules(false, true, -1));
        assertInstanceOf(PathFinder.Result.Trusted.class, result, result.toString());
    }
}
