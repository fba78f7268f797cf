package org.keyferry.daemon.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.Signatures;
import org.keyferry.daemon.token.Pkcs11Module.Present;
import org.keyferry.nativeshim.cryptoki.Cryptoki;
import org.keyferry.wire.Bytes;

/// A token that answers later than somebody waits, or than somebody else comes.
class SlowTokenTest {
    private static final Bytes ID = Bytes.ofU8(1);
    private static final long USER_PIN_COUNT_LOW = 0x10000;
    private static long slot;

    private final Pkcs11Module module = module(Duration.ofSeconds(60));

    @BeforeAll
    static void makeToken() throws Exception {
        SoftHsm.assumeIsThere();
        slot = SoftHsm.makeToken("slow");
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        SoftHsm.importKey("slow", "01", rsa.getPrivate().getEncoded());
    }

    @AfterEach
    void close() {
        module.close();
    }

    private static Pkcs11Module module(Duration patience) {
        return new Pkcs11Module(SoftHsm.module(false), patience);
    }

    private Present present() throws Exception {
        return module.present().stream().filter(p -> p.slot() == slot).findFirst().orElseThrow();
    }

    private static Optional<byte[]> pin() {
        return Optional.of(SoftHsm.PIN.getBytes(StandardCharsets.UTF_8));
    }

    /// Whoever loads a key wipes the PIN when the wait is over. Tokens lock after a few wrong ones.
    @Test
    void aPinThatIsWipedMeanwhileIsNotShownToTheToken() throws Exception {
        Pkcs11Module late = module(Duration.ofMillis(300));
        var lane = new Lane("token", Duration.ofMillis(300));
        var token = new Token(late, slot, present().info(), lane);
        Optional<byte[]> pin = pin();
        synchronized (late) { // so it does not get to its library
            String told = assertThrows(TokenFailure.class, () -> token.key(ID, pin)).getMessage();
            assertTrue(told.contains("has not answered"), told);
            Arrays.fill(pin.orElseThrow(), (byte) 0);
        }
        var over = new CountDownLatch(1);
        lane.later(over::countDown);
        over.await();
        assertEquals(0, present().info().flags() & USER_PIN_COUNT_LOW);
        lane.close();
        late.close();
    }

    /// As `swanctl --load-creds --clear` does, while the token is busy.
    @Test
    void thePinIsKnownOfAKeyThatIsLoadedWhenTheFormerIsJustUnloaded() throws Exception {
        Token token = module.token(present());
        TokenKey first = token.key(ID, pin());
        var begun = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        token.lane()
                .later(
                        () -> {
                            begun.countDown();
                            try {
                                goesOn.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        begun.await();
        first.close();
        var second = new FutureTask<>(() -> token.key(ID, pin()));
        Thread asks = Thread.ofPlatform().start(second);
        while (asks.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        goesOn.countDown();
        TokenKey key = second.get();
        Cryptoki.open(SoftHsm.library().orElseThrow().toString(), false).closeAllSessions(slot);
        Bytes made =
                Signatures.sign(SignatureScheme.RSA_PKCS1_SHA256, key.toPrivateKey(), Bytes.EMPTY);
        assertTrue(made.length() > 0);
        key.close();
    }
}
