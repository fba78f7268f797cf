package org.keyferry.crypto;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Random;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Prints microseconds of CPU time per operation on one thread, and who computes it. Run by hand;
/// numbers, not a test.
final class CryptoTimes {
    private static final long WARM_UP_NANOS = 400_000_000;
    private static final long MEASURED_NANOS = 800_000_000;
    private static final IkeSpi I = new IkeSpi(1);
    private static final IkeSpi R = new IkeSpi(2);

    @FunctionalInterface
    private interface Operation {
        Object run() throws PeerViolation;
    }

    private static Object sink = "";

    private CryptoTimes() {}

    public static void main(String[] args) throws PeerViolation {
        for (int id : new int[] {31, 19, 20, 21, 28, 32, 14, 15, 16, 35, 36, 37}) {
            printKeyExchange(KeyExchangeMethod.of(id).orElseThrow());
        }
        Transform gcm = new Transform(TransformType.ENCR, 20, 256);
        Transform cbc = new Transform(TransformType.ENCR, 12, 256);
        Transform sha256 = Transform.of(TransformType.INTEG, 12);
        printSuite(new IkeSuite(gcm, null, Prf.HMAC_SHA2_256, 31));
        printSuite(new IkeSuite(cbc, sha256, Prf.HMAC_SHA2_256, 31));
        printSuite(new IkeSuite(Transform.of(TransformType.ENCR, 28), null, Prf.HMAC_SHA2_512, 31));
        System.out.println(sink.hashCode() == 0 ? "" : " ");
    }

    private static void printKeyExchange(KeyExchangeMethod method) throws PeerViolation {
        Transform transform = Transform.of(TransformType.KE, method.id());
        byte[] seed = KeyExchangeTest.entropy(method, 1);
        Bytes peer = method.initiate(seed.clone()).publicValue();
        String who = transform + " (" + method.provider() + ")";
        print(who + " initiate", () -> method.initiate(seed.clone()));
        print(who + " respond", () -> method.respond(seed.clone(), peer));
    }

    private static void printSuite(IkeSuite suite) throws PeerViolation {
        Random random = new Random(1);
        SkProtection protection = SkProtection.of(suite);
        Bytes nonce = Bytes.wrapOwned(new byte[32]);
        Bytes initMessage = Bytes.wrapOwned(new byte[250]);
        byte[] psk = new byte[20];
        Identification id = Identification.parse("gateway.example.org");
        List<Payload> inner =
                List.of(
                        Payload.Notify.of(
                                NotifyType.MOBIKE_SUPPORTED, Bytes.wrapOwned(new byte[180])));
        IkeKeys keys = derive(suite, nonce);
        Bytes sealed = seal(protection, keys, inner, random);
        String who = suite.encr() + " (" + Algorithms.providerOf(suite.encr()).orElseThrow() + ") ";
        print(who + "derive IKE keys", () -> derive(suite, nonce));
        print(who + "seal 220 bytes", () -> seal(protection, keys, inner, random));
        print(who + "open 220 bytes", () -> protection.open(keys, true, sealed));
        print(
                who + "PSK AUTH",
                () -> PskAuth.compute(suite.prf(), psk, keys.skP(true), initMessage, nonce, id));
        print(
                who + "child keys",
                () ->
                        ChildKeys.derive(
                                suite.prf(),
                                keys.skD(),
                                null,
                                nonce,
                                nonce,
                                new Transform(TransformType.ENCR, 20, 256),
                                null));
        print(who + "one set-up as responder, all of it", setUp(suite, inner, id, sealed, keys));
    }

    /// What a responder computes for one IKE SA with its first child.
    private static Operation setUp(
            IkeSuite suite,
            List<Payload> inner,
            Identification id,
            Bytes request,
            IkeKeys requestKeys) {
        KeyExchangeMethod method = KeyExchangeMethod.of(suite.keId()).orElseThrow();
        byte[] seed = KeyExchangeTest.entropy(method, 1);
        Bytes peer = method.initiate(seed.clone()).publicValue();
        Bytes nonce = Bytes.wrapOwned(new byte[32]);
        Bytes message = Bytes.wrapOwned(new byte[250]);
        byte[] psk = new byte[20];
        SkProtection protection = SkProtection.of(suite);
        Random random = new Random(1);
        return () -> {
            KeyExchangeMethod.Answer answer = method.respond(seed.clone(), peer);
            IkeKeys keys = IkeKeys.derive(suite, answer.shared(), nonce, nonce, I, R);
            sink = protection.open(requestKeys, true, request);
            sink = PskAuth.compute(suite.prf(), psk, keys.skP(true), message, nonce, id);
            sink = PskAuth.compute(suite.prf(), psk, keys.skP(false), message, nonce, id);
            sink =
                    ChildKeys.derive(
                            suite.prf(),
                            keys.skD(),
                            null,
                            nonce,
                            nonce,
                            new Transform(TransformType.ENCR, 20, 256),
                            null);
            return seal(protection, keys, inner, random);
        };
    }

    private static IkeKeys derive(IkeSuite suite, Bytes nonce) {
        return IkeKeys.derive(suite, Secret.owned(new byte[32]), nonce, nonce, I, R);
    }

    private static Bytes seal(
            SkProtection protection, IkeKeys keys, List<Payload> inner, Random random) {
        return protection.seal(keys, true, I, R, ExchangeType.IKE_AUTH, false, 1, inner, random);
    }

    private static void print(String what, Operation operation) throws PeerViolation {
        measure(operation, WARM_UP_NANOS);
        System.out.printf("%-60s %9.2f µs%n", what, measure(operation, MEASURED_NANOS));
    }

    private static double measure(Operation operation, long nanos) throws PeerViolation {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = System.nanoTime();
        long startCpu = threads.getCurrentThreadCpuTime();
        int runs = 0;
        while (System.nanoTime() - start < nanos) {
            sink = operation.run();
            runs++;
        }
        return (threads.getCurrentThreadCpuTime() - startCpu) / 1e3 / runs;
    }
}
