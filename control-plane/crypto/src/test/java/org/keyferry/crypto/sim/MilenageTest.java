package org.keyferry.crypto.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.keyferry.wire.Bytes;

/// The published test sets: 1 to 6 of 3GPP TS 35.207, the others of TS 35.208 §4.3.
class MilenageTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @ParameterizedTest
    @CsvFileSource(resources = "milenage.csv", numLinesToSkip = 1)
    void testSet(
            int set,
            String k,
            String rand,
            String sqn,
            String amf,
            String op,
            String opc,
            String f1,
            String f1Star,
            String f2,
            String f5,
            String f3,
            String f4,
            String f5Star) {
        assertEquals(opc, hex(Milenage.opc(hex(k), hex(op))));
        try (var functions = new Milenage(hex(k), hex(opc))) {
            assertEquals(f1, hex(functions.macA(hex(rand), hex(sqn), hex(amf))));
            assertEquals(f1Star, hex(functions.macS(hex(rand), hex(sqn), hex(amf))));
            Milenage.Answer answer = functions.answer(hex(rand));
            assertEquals(f2, hex(answer.res().array()));
            assertEquals(f3, hex(answer.ck().array()));
            assertEquals(f4, hex(answer.ik().array()));
            assertEquals(f5, hex(answer.ak().array()));
            assertEquals(f5Star, hex(functions.resyncAk(hex(rand))));
            agrees(functions, hex(rand), Long.parseLong(sqn, 16), Integer.parseInt(amf, 16));
        }
    }

    /// Network and card understand each other, and nobody else.
    private static void agrees(Milenage functions, byte[] rand, long sqn, int amf) {
        Quintuplet challenge = Aka.challenge(functions, rand, sqn, amf);
        Aka.Opened opened = Aka.open(functions, rand, challenge.autn()).orElseThrow();
        assertEquals(sqn, opened.sqn());
        assertEquals(challenge.xres(), Bytes.of(opened.answer().res().array()));
        assertEquals((amf & 0x8000) != 0, Quintuplet.isSeparated(challenge.autn()));
        for (int at = 0; at < challenge.autn().length(); at++) {
            byte[] wrong = challenge.autn().toArray();
            wrong[at] ^= 1;
            assertTrue(Aka.open(functions, rand, Bytes.of(wrong)).isEmpty());
        }
        Bytes auts = Aka.auts(functions, rand, sqn);
        assertEquals(Aka.AUTS_BYTES, auts.length());
        assertEquals(OptionalLong.of(sqn), Aka.resynchronised(functions, rand, auts));
        byte[] wrong = auts.toArray();
        wrong[13] ^= 1;
        assertFalse(Aka.resynchronised(functions, rand, Bytes.of(wrong)).isPresent());
    }

    /// The GSM functions that go with Milenage, test set 1 of 3GPP TS 55.205.
    @Test
    void aUsimAsSim() {
        byte[] k = hex("465b5ce8b199b49faa5f0a2ee238a6bc");
        byte[] opc = hex("cd63cb71954a9f4e48a5994e37a02baf");
        try (var functions = new Milenage(k, opc)) {
            var triplet = Triplet.of(functions, hex("23553cbe9637a89d218ae64dae47bf35"));
            assertEquals("46f8416a", triplet.sres().hex());
            assertEquals("eae4be823af9a08b", triplet.kc().hex());
        }
    }

    @Test
    void keysOfOtherLengthsAreRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> new Milenage(new byte[15], new byte[16]));
        assertThrows(
                IllegalArgumentException.class, () -> new Milenage(new byte[16], new byte[17]));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Triplet(Bytes.of(new byte[16]), Bytes.of(new byte[5]), Bytes.EMPTY));
    }
}
