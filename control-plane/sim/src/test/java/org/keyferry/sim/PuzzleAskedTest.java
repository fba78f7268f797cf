package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IkeSuite;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Puzzle;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SkProtection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Proposal;

/// A client and a gateway that gives it puzzles as it likes, whether that makes sense or not (RFC
/// 8019 §7).
class PuzzleAskedTest {
    private static final IpAddress GATEWAY = IpAddress.parse("192.0.2.2");
    private static final IkeSpi GATEWAY_SPI = new IkeSpi(0x7766554433221100L);
    private static final int SHA2_256 = 5;
    private static final int TOO_HARD = 21;

    private final SimWorld world = SimWorld.seeded(3);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SplittableRandom random = new SplittableRandom(1);
    private final Bytes nonceR = Bytes.of(new byte[32]);
    private final List<IkeMessage> requests = new ArrayList<>();
    private final List<Bytes> datagrams = new ArrayList<>();
    private Function<IkeMessage, List<Payload>> answers = _ -> List.of();
    private IkeKeys keys;

    @BeforeEach
    void configured() {
        var connection = SimConnection.between("laptop.test", "gateway.test");
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(connection.build()), List.of(key));
        world.network().listens(GATEWAY, this::onRequest);
    }

    private void onRequest(Bytes datagram) {
        try {
            IkeMessage request = IkeMessage.decode(datagram);
            requests.add(request);
            datagrams.add(datagram);
            List<Payload> payloads = answers.apply(request);
            if (!payloads.isEmpty()) {
                boolean accepts = payloads.getFirst() instanceof Payload.SecurityAssociation;
                Bytes answer =
                        IkeMessage.encode(
                                request.header().initiatorSpi(),
                                accepts ? GATEWAY_SPI : IkeSpi.ZERO,
                                ExchangeType.IKE_SA_INIT,
                                false,
                                true,
                                0,
                                payloads);
                world.network()
                        .injects(
                                new Endpoint(GATEWAY, 500),
                                new Endpoint(laptop.address(), 500),
                                answer);
            }
        } catch (PeerViolation e) {
            throw new AssertionError(e);
        }
    }

    private Payload.Notify cookie(int bytes) {
        byte[] cookie = new byte[bytes];
        random.nextBytes(cookie);
        return Payload.Notify.of(NotifyType.COOKIE, Bytes.of(cookie));
    }

    private static Payload.Notify puzzle(int prfId, int zeroBits) {
        return Payload.Notify.of(
                NotifyType.PUZZLE, Bytes.ofU16(prfId).concat(Bytes.ofU8(zeroBits)));
    }

    private long up() {
        return laptop.initiates("office", "net", GATEWAY);
    }

    private Optional<Payload.PuzzleSolution> solution(int request) {
        return IkeMessage.first(requests.get(request).payloads(), Payload.PuzzleSolution.class);
    }

    /// The set-up goes on to IKE_AUTH.
    private List<Payload> accepted(IkeMessage request, Payload... more) {
        try {
            var method = KeyExchangeMethod.of(SimConnection.X25519).orElseThrow();
            byte[] entropy = new byte[method.entropyBytes()];
            random.nextBytes(entropy);
            var key = IkeMessage.first(request.payloads(), Payload.KeyExchange.class);
            var nonce = IkeMessage.first(request.payloads(), Payload.Nonce.class);
            var answer = method.respond(entropy, key.orElseThrow().publicValue());
            Proposal proposal =
                    SimConnection.ikeProposal(SimConnection.AES_GCM_16, SimConnection.X25519);
            try (Secret shared = answer.shared()) {
                keys =
                        IkeKeys.derive(
                                IkeSuite.of(proposal),
                                shared,
                                nonce.orElseThrow().data(),
                                nonceR,
                                request.header().initiatorSpi(),
                                GATEWAY_SPI);
            }
            var payloads = new ArrayList<Payload>();
            payloads.add(new Payload.SecurityAssociation(List.of(proposal)));
            payloads.add(new Payload.KeyExchange(SimConnection.X25519, answer.publicValue()));
            payloads.add(new Payload.Nonce(nonceR));
            payloads.addAll(List.of(more));
            return payloads;
        } catch (PeerViolation e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 8", "5, 1", "5, 12"})
    void whatIsAskedForIsSolvedOnTheCookieThatCameWithIt(int prfId, int zeroBits) {
        Payload.Notify cookie = cookie(64);
        answers = _ -> requests.size() == 1 ? List.of(puzzle(prfId, zeroBits), cookie) : List.of();
        up();
        world.run(Duration.ofSeconds(1));
        assertEquals(2, requests.size());
        assertEquals(cookie, requests.get(1).payloads().getFirst());
        var solution = (Payload.PuzzleSolution) requests.get(1).payloads().get(1);
        Puzzle puzzle = Puzzle.of(prfId, zeroBits, cookie.data()).orElseThrow();
        assertTrue(puzzle.isSolvedBy(solution.keys()));
    }

    /// Zero bits leave it to us (§7.1.1.1).
    @Test
    void whenItIsOursToChooseItIsMoreThanNothing() {
        Payload.Notify cookie = cookie(20);
        answers = _ -> requests.size() == 1 ? List.of(cookie, puzzle(SHA2_256, 0)) : List.of();
        up();
        world.run(Duration.ofSeconds(1));
        assertTrue(
                Puzzle.of(SHA2_256, 18, cookie.data())
                        .orElseThrow()
                        .isSolvedBy(solution(1).orElseThrow().keys()));
    }

    /// §7.1.2: the request comes again, as it was.
    @Test
    void aPuzzleWithoutACookieIsNone() {
        answers = _ -> List.of(puzzle(SHA2_256, 8));
        up();
        world.run(Duration.ofSeconds(5));
        assertEquals(2, datagrams.size());
        assertEquals(datagrams.get(0), datagrams.get(1));
    }

    @ParameterizedTest
    @CsvSource({"5, 21", "5, 255", "2, 8", "1, 8", "65535, 8"})
    void whatCannotBeDoneIsLeftAlone(int prfId, int zeroBits) {
        Payload.Notify cookie = cookie(20);
        answers = _ -> requests.size() == 1 ? List.of(cookie, puzzle(prfId, zeroBits)) : List.of();
        up();
        world.run(Duration.ofSeconds(1));
        assertEquals(2, requests.size());
        assertEquals(cookie, requests.get(1).payloads().getFirst());
        assertEquals(Optional.empty(), solution(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, TOO_HARD})
    void nobodyIsKeptBusyForEver(int zeroBits) {
        answers = _ -> List.of(cookie(20), puzzle(SHA2_256, zeroBits));
        long request = up();
        world.run(Duration.ofMinutes(1));
        assertEquals(
                "peer's puzzle not solved: it gives one after the other",
                laptop.outcome(request).orElseThrow().orElseThrow().toString());
        assertEquals(6, requests.size());
    }

    /// The solution is in front of SK, for the responder's nonce and SPI (§7.2.2, §7.2.3).
    @Test
    void onePuzzleMoreBeforeIkeAuth() throws PeerViolation {
        answers =
                request ->
                        requests.size() == 1 ? accepted(request, puzzle(SHA2_256, 9)) : List.of();
        up();
        world.run(Duration.ofSeconds(1));
        assertEquals(2, requests.size());
        assertEquals(ExchangeType.IKE_AUTH, requests.get(1).header().exchangeType());
        Bytes text = nonceR.concat(GATEWAY_SPI.bytes());
        assertTrue(
                Puzzle.of(SHA2_256, 9, text)
                        .orElseThrow()
                        .isSolvedBy(solution(1).orElseThrow().keys()));
        assertInstanceOf(Payload.Encrypted.class, requests.get(1).payloads().getLast());
        Proposal proposal =
                SimConnection.ikeProposal(SimConnection.AES_GCM_16, SimConnection.X25519);
        List<Payload> inner =
                SkProtection.of(IkeSuite.of(proposal)).open(keys, true, datagrams.get(1));
        assertTrue(IkeMessage.first(inner, Payload.Authentication.class).isPresent());
        world.run(Duration.ofSeconds(5));
        assertEquals(datagrams.get(1), datagrams.get(2), "and when it is sent again");
    }

    @Test
    void withoutAPuzzleNothingIsInFront() {
        answers = request -> requests.size() == 1 ? accepted(request) : List.of();
        up();
        world.run(Duration.ofSeconds(1));
        assertEquals(1, requests.get(1).payloads().size());
    }

    @ParameterizedTest
    @CsvSource({
        "5, 21, 'peer''s puzzle not solved: it is of 21 bits, more than puzzle_limit = 20'",
        "5, 0, peer sent an invalid IKE_SA_INIT response: malformed PUZZLE data at byte 0",
        "2, 8, peer sent an invalid IKE_SA_INIT response: malformed PUZZLE data at byte 0",
    })
    void whatCannotBeDoneBeforeIkeAuthIsTheEnd(int prfId, int zeroBits, String why) {
        answers = request -> accepted(request, puzzle(prfId, zeroBits));
        long request = up();
        world.run(Duration.ofSeconds(1));
        assertEquals(why, laptop.outcome(request).orElseThrow().orElseThrow().toString());
        assertEquals(1, requests.size());
        assertFalse(laptop.processor().solving().isPresent());
    }
}
