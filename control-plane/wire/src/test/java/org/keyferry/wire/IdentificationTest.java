package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentificationTest {
    /// Printed forms are those of charon 5.9.8 (`swanctl --list-conns`).
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "C=CH, ST=a, L=b, O=x, OU=y, CN=z | 9 | C=CH, ST=a, L=b, O=x, OU=y, CN=z",
                "O=z,Email=q | 9 | O=z, E=q",
                "O=z,UN=q | 9 | O=z, unstructuredName=q",
                "O=z,street=q | 9 | O=z, STREET=q",
                "O=z,EN=q | 9 | O=z, employeeNumber=q",
                "O=z,dnQualifier=q | 9 | O=z, dnQualifier=q",
                "O=z,surname=q | 11 | O=z,surname=q",
                "O=z,2.5.4.3=q | 11 | O=z,2.5.4.3=q",
                "/C=CH/O=a, b/CN=x | 9 | C=CH, O=a, b, CN=x",
                "C=CH, O=a/b | 9 | C=CH, O=a/b",
                "c=CH,o=x | 9 | C=CH, O=x",
                "X=foo | 11 | X=foo",
                "C=CH, CN=Zürich | 9 | C=CH, CN=Zürich",
                "C=CH, CN | 11 | C=CH, CN",
                "C=CH,, CN=a | 11 | C=CH,, CN=a",
                "keyid:#616263 | 11 | abc",
                "@#0001 | 11 | 00:01",
                "fd00::1 | 5 | fd00::1",
                "fd00::/16 | 258 | fd00::/16",
                "10.0.0.1 | 1 | 10.0.0.1",
                "10.0.0.5/8 | 257 | 10.0.0.0/8",
                "10.0.0.1-10.0.0.9 | 257 | 10.0.0.1-10.0.0.9",
                "010.0.0.1 | 2 | 010.0.0.1",
                "1.2.3 | 2 | 1.2.3",
                "a:b | 11 | a:b",
                "{1}:#0a000001 | 1 | 10.0.0.1",
                "user@host | 3 | user@host",
                "@@user@host | 3 | user@host",
                "@name | 2 | name",
                "gw.example.org | 2 | gw.example.org",
                "FQDN:Foo.example | 2 | Foo.example",
                "%any | 256 | %any",
                "0.0.0.0 | 256 | %any",
                ":: | 256 | %any",
                "* | 256 | %any",
            })
    void identitiesAreReadAndWrittenAsCharonDoes(String text, int idType, String printed) {
        Identification id = Identification.parse(text);
        assertEquals(idType, id.idType());
        assertEquals(printed, id.toString());
    }

    /// The DER that charon sent for this text.
    @Test
    void aDnIsTheDerThatCharonSends() {
        assertEquals(
                Bytes.ofHex(
                        "3035310b300906035504061302434831173015060355040a0c0e4578616d706c65202620536f"
                                + "6e73310d300b0603550403130467772d61"),
                Identification.parse("C=CH, O=Example & Sons, CN=gw-a").data());
    }

    @Test
    void prefixedTextIsTakenAsItIs() {
        assertEquals(
                new Identification(IdType.IPV4_ADDR, Bytes.utf8("10.0.0.1")),
                Identification.parse("ipv4:10.0.0.1"));
        assertEquals(
                new Identification(IdType.KEY_ID, Bytes.utf8("a@b=c")),
                Identification.parse("keyid:a@b=c"));
        assertThrows(IllegalArgumentException.class, () -> Identification.parse("keyid:#0g"));
    }

    @Test
    void aKeyIdOfTwentyBytesPrintsAsHex() {
        Identification id = Identification.parse("keyid:12345678901234567890");
        assertEquals("31:32:33:34:35:36:37:38:39:30:31:32:33:34:35:36:37:38:39:30", id.toString());
    }

    @Test
    void controlCharactersCannotForgeLogLines() {
        Bytes name = Bytes.utf8("gw\n00[IKE] forged\u202e");
        assertEquals("gw?00[IKE] forged?", new Identification(IdType.FQDN, name).toString());
        assertEquals("67:0a", new Identification(IdType.KEY_ID, Bytes.ofHex("670a")).toString());
        assertEquals("CN=a?b", Identification.parse("CN=a\nb").toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gw.example.org | %any | 1",
                "gw.example.org | gw.example.org | 20",
                "GW.example.org | gw.EXAMPLE.org | 20",
                "gw.example.org | *.example.org | 19",
                "gw.example.org | *.EXAMPLE.org | 19",
                "gw.example.org | @* | 1",
                "gw.example.org | *.example.com | 0",
                "gw.example.org | gw.* | 0",
                "user@example.org | *@example.org | 19",
                "user@example.org | *.example.org | 0",
                "10.0.0.1 | 10.0.0.1 | 20",
                "10.0.0.1 | 10.0.0.2 | 0",
                "10.0.0.1 | 10.0.0.0/8 | 19",
                "10.0.0.1 | 10.0.0.1-10.0.0.9 | 2",
                "10.0.0.10 | 10.0.0.1-10.0.0.9 | 0",
                "fd00::1 | 10.0.0.0/8 | 0",
                "%any | 10.0.0.1 | 0",
                "%any | %any | 1",
                "keyid:a | keyid:a | 20",
                "keyid:a | keyid:A | 0",
                "keyid:a | @a | 0",
                "C=CH, O=x, CN=y | C=CH, O=x, CN=y | 20",
                "C=CH, O=x, CN=y | C=ch, O=X, CN=Y | 20",
                "C=CH, O=x, CN=y | C=CH, O=x, CN=* | 19",
                "C=CH, O=x, CN=y | C=*, O=*, CN=* | 17",
                "C=CH, O=x, CN=y | C=CH, O=x | 0",
                "C=CH, O=x, CN=y | C=CH, CN=y, O=x | 0",
                "C=CH, O=x, CN=y | C=CH, O=x, CN=z | 0",
            })
    void patternsMatchMoreOrLessClosely(String id, String pattern, int score) {
        assertEquals(score, Identification.parse(id).matches(Identification.parse(pattern)));
    }

    @Test
    void stringTypesInDnsDoNotMatter() {
        // CN "gw-a" as UTF8String
        Bytes utf8 = Bytes.ofHex("300f310d300b06035504030c0467772d61");
        assertEquals(
                20,
                new Identification(IdType.DER_ASN1_DN, utf8)
                        .matches(Identification.parse("CN=GW-A")));
    }

    @Test
    void aNameWithTwentyWildcardsIsStillAMatch() {
        String name = "OU=a" + ", OU=a".repeat(24);
        String pattern = "OU=*" + ", OU=*".repeat(24);
        assertEquals(2, Identification.parse(name).matches(Identification.parse(pattern)));
    }

    @Test
    void brokenDerIsNoNameButNoError() {
        for (String hex :
                new String[] {"", "30", "3005310b", "300180", "3084ffffffff", "3003310100"}) {
            Identification id = new Identification(IdType.DER_ASN1_DN, Bytes.ofHex(hex));
            assertEquals(20, id.matches(id));
            assertEquals(0, id.matches(Identification.parse("CN=*")));
            assertEquals(hex.length() / 2 * 3, id.toString().length() + (hex.isEmpty() ? 0 : 1));
        }
    }

    @Test
    void wildcardsAreSeen() {
        assertTrue(Identification.parse("*.example.org").hasWildcards());
        assertTrue(Identification.parse("C=CH, O=*").hasWildcards());
        assertTrue(Identification.parse("10.0.0.0/8").hasWildcards());
        assertTrue(Identification.ANY.hasWildcards());
        assertFalse(Identification.parse("gw.example.org").hasWildcards());
        assertFalse(Identification.parse("C=CH, O=x").hasWildcards());
    }

    @Test
    void theBodyIsWhatAuthIsComputedOver() {
        assertEquals(Bytes.ofHex("02000000" + "6777"), Identification.parse("@gw").body());
        assertThrows(IllegalStateException.class, Identification.ANY::body);
    }
}
