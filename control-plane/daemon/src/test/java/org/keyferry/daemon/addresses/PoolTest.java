package org.keyferry.daemon.addresses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;

class PoolTest {
    /// As `get-pools` of charon 5.9.8 answers for the same `addrs`.
    @ParameterizedTest
    @CsvSource({
        "10.3.0.0/28,       10.3.0.0,   14",
        "10.4.0.0/31,       10.4.0.0,   2",
        "10.0.0.1/31,       10.0.0.1,   1",
        "10.5.0.1/32,       10.5.0.1,   1",
        "10.6.0.5-10.6.0.9, 10.6.0.5,   5",
        "10.5.0.77/24,      10.5.0.77,  178",
        "10.0.0.255/24,     10.0.0.255, 0",
        "10.0.0.254/24,     10.0.0.254, 1",
        "10.0.0.1/24,       10.0.0.1,   254",
        "10.0.0.0/0,        10.0.0.0,   1979711487",
        "fec3::/120,        fec3::,     254",
        "fec4::/64,         fec4::,     2147483646",
    })
    void sizesAreCharons(String addrs, String base, int size) {
        Pool pool = Pool.of("p", addrs, List.of());
        assertEquals(base, pool.base().toString());
        assertEquals(size, pool.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "", "10.0.0.9-10.0.0.1", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/"})
    void whatIsNoBlockOrRangeIsRefused(String addrs) {
        assertThrows(IllegalArgumentException.class, () -> Pool.of("p", addrs, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "dns,           10.0.0.1,    3,     0a000001",
        "dns,           fec0::1,     10,    fec00000000000000000000000000001",
        "subnet,        10.1.0.0/16, 13,    0a010000ffff0000",
        "subnet,        10.0.0.1,    13,    0a000001ffffffff",
        "subnet,        fec1::/16,   15,    fec1000000000000000000000000000010",
        "split_include, 10.1.0.0/16, 28676, 0a010000ffff0000",
        "28,            0x0102,      28,    0102",
        "28,            '\"ab\"',    28,    6162",
        "28,            ab,          28,    6162",
        "28,            10.0.0.1,    28,    0a000001",
    })
    void attributesAreReadAsTheyTravel(String name, String value, int type, String hex) {
        assertEquals(new ConfigAttribute(type, Bytes.ofHex(hex)), PoolAttributes.read(name, value));
    }

    @ParameterizedTest
    @CsvSource({"dns, x", "netmask, fe80::1", "split_include, fec1::/16", "28, 0x1"})
    void aValueThatDoesNotFitIsRefused(String name, String value) {
        assertThrows(IllegalArgumentException.class, () -> PoolAttributes.read(name, value));
    }
}
