package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;

class NullDataplaneTest {
    private final NullDataplane dataplane = new NullDataplane();
    private final TestChild child = new TestChild();

    @Test
    void spisAreAllDifferent() {
        var install = child.build();
        var op = new KernelOp.AllocateSpi(install.local(), install.remote(), ProtocolId.ESP, false);
        assertEquals(
                new KernelAnswer.SpiAllocated(new ChildSpi(0xc000_0000), 0),
                dataplane.perform(op).join());
        assertEquals(
                new KernelAnswer.SpiAllocated(new ChildSpi(0xc000_0001), 0),
                dataplane.perform(op).join());
    }

    @Test
    void keysAreWipedAsByAKernel() {
        KernelOp.InstallChild install = child.install();
        assertEquals(new KernelAnswer.Done(), dataplane.perform(install).join());
        assertArrayEquals(new byte[20], install.keys().encrOut().array());
    }

    @Test
    void theSourceAddressIsTheKernelsChoice() throws Exception {
        IpAddress loopback = IpAddress.parse("127.0.0.1");
        assertEquals(Optional.of(loopback), dataplane.sourceAddress(loopback));
    }
}
