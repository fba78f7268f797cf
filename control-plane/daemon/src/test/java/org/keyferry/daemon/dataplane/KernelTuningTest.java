package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTuningTest {
    @TempDir private Path directory;

    @Test
    void theTimeOfAcquiresIsWrittenOnlyIfItDiffers() throws Exception {
        Path file = Files.writeString(directory.resolve("xfrm_acq_expires"), "30\n");
        KernelTuning.expireAcquires(file, 165);
        assertEquals("165", Files.readString(file));
        FileTime past = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(file, past);
        KernelTuning.expireAcquires(file, 165);
        assertEquals(past, Files.getLastModifiedTime(file));
    }

    @Test
    void aKernelWithoutTheSettingIsLeftAsItIs() {
        Path file = directory.resolve("absent");
        KernelTuning.expireAcquires(file, 165);
        assertFalse(Files.exists(file));
    }
}
