package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class IkeSpiTest {
    @Test
    void printsSixteenHexDigits() {
        assertEquals("00000000000000ff", new IkeSpi(255).toString());
    }
}
