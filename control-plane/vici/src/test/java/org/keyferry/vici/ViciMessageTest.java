package org.keyferry.vici;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ViciMessageTest {
    private static ViciMessage withValue(String text) {
        return ViciMessage.builder().put("k", text).build();
    }

    @Test
    void dottedPathsDescendSections() {
        var message =
                ViciMessage.builder()
                        .section("gw", gw -> gw.section("child-sas", sas -> sas.put("n", 7)))
                        .build();
        assertEquals(7, message.getInt("gw.child-sas.n", 0));
        assertTrue(message.has("gw.child-sas"));
        assertFalse(message.has("gw.child-sas.m"));
        assertEquals(Optional.empty(), message.getString("gw.child-sas"));
    }

    @Test
    void theFirstOfEqualNamesCounts() {
        // charon answered: CHILD_SA config 'x1' not found
        var message = ViciMessage.builder().put("child", "x1").put("child", "x2").build();
        assertEquals("x1", message.getString("child", ""));
    }

    @Test
    void aListIsNoValue() {
        var message = ViciMessage.builder().list("k", "a", "b").build();
        assertEquals(Optional.empty(), message.getString("k"));
        assertEquals(List.of("a", "b"), message.getStrings("k"));
        assertEquals(List.of(), withValue("a").getStrings("k"));
    }

    @Test
    void textWithUnprintableBytesIsAbsentButItsBytesAreNot() {
        var message = ViciMessage.builder().put("k", ViciValue.of((byte) 'a', (byte) 0xff)).build();
        assertEquals("none", message.getString("k", "none"));
        assertEquals(2, message.getValue("k").orElseThrow().length());
    }

    @ParameterizedTest
    @CsvSource({
        "10,10", "0x10,16", "0X1f,31", "010,8", "0,0", "-1,-1", "+5,5", "' 7',7", "-0x2,-2"
    })
    void readsNumbersAsStrtolDoes(String text, long number) {
        assertEquals(OptionalLong.of(number), withValue(text).getNumber("k"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "-", "1x", "0x", "08", "1 ", "--1", "0x-1", "9223372036854775808"})
    void refusesWhatIsNoWholeNumber(String text) {
        assertEquals(OptionalLong.empty(), withValue(text).getNumber("k"));
    }

    @Test
    void anIntBeyondItsRangeIsTheFallback() {
        assertEquals(-7, withValue("2147483648").getInt("k", -7));
        assertEquals(2147483648L, withValue("2147483648").getLong("k", -7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "yes", "YES", "true", "Enabled"})
    void wordsForTrue(String word) {
        assertTrue(withValue(word).getBool("k", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "no", "False", "disabled"})
    void wordsForFalse(String word) {
        assertFalse(withValue(word).getBool("k", true));
    }

    @Test
    void anyOtherWordIsTheFallback() {
        assertTrue(withValue("on").getBool("k", true));
        assertFalse(withValue("on").getBool("k", false));
    }

    @Test
    void namesAndValuesHaveLimits() {
        var builder = ViciMessage.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.put("é".repeat(128), "v"));
        assertThrows(IllegalArgumentException.class, () -> builder.put("k", "v".repeat(65_536)));
    }

    @Test
    void printsAsSwanctlDoes() {
        // The shape of `swanctl --stats --raw` and `--pretty`, strongSwan 5.9.8.
        var message =
                ViciMessage.builder()
                        .section("ikesas", s -> s.put("total", 0).put("half-open", 0))
                        .list("plugins", "aes", "sha2")
                        .list("none", List.of())
                        .put("data", ViciValue.of((byte) 0x30, (byte) 0x82))
                        .build();
        assertEquals(
                "{ikesas {total=0 half-open=0} plugins=[aes sha2] none=[] data=0x3082}",
                ViciPrinter.raw(message));
        assertEquals(
                """
                {
                  ikesas {
                    total = 0
                    half-open = 0
                  }
                  plugins = [
                    aes
                    sha2
                  ]
                  none = [
                  ]
                  data = 0x3082
                }""",
                ViciPrinter.pretty(message));
    }

    @Test
    void toStringShowsNoValues() {
        assertEquals("message of [data]", ViciMessage.builder().put("data", "secret").build() + "");
    }
}
