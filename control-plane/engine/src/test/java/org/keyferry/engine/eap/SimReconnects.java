package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.engine.eap.sim.NoSim;
import org.keyferry.engine.eap.sim.SimMemories;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.UsimAnswer;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// Logins with cards of a client that comes again and again, and of a server that gives it
/// identities.
abstract class SimReconnects extends SimLogins {
    static final int LIMIT = 4;
    static final Duration LIFETIME = Duration.ofHours(1);
    static final Duration PSEUDONYM_LIFETIME = Duration.ofDays(1);
    static final Identification USER = Identification.parse(NAME);

    final List<String> asked = new ArrayList<>();
    final List<Bytes> responses = new ArrayList<>();
    SimSource networks = counted(network);
    SimSource cards = counted(card);
    String told = "";
    Object end;
    int logins;

    SimSource counted(SimSource inner) {
        return new Wrapped(inner) {
            @Override
            public List<Triplet> triplets(
                    SimUser user, java.util.function.Supplier<byte[]> rands, int count)
                    throws NoSim {
                asked.add("triplets " + user.name());
                return super.triplets(user, rands, count);
            }

            @Override
            public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
                asked.add("quintuplet " + user.name());
                return super.quintuplet(user, rand);
            }

            @Override
            public List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim {
                asked.add("card");
                return super.answers(user, rands);
            }

            @Override
            public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
                asked.add("card");
                return super.answer(user, rand, autn);
            }
        };
    }

    static EapOptions.Sim options(boolean inside, boolean pseudonyms, boolean reauth) {
        return options(inside, false, pseudonyms, reauth, true);
    }

    static EapOptions.Sim options(
            boolean inside, boolean indicates, boolean pseudonyms, boolean reauth, boolean accept) {
        return new EapOptions.Sim(
                inside,
                inside,
                indicates,
                Optional.of("WLAN"),
                new EapOptions.SimIdentities(
                        accept, pseudonyms, reauth, LIMIT, LIFETIME, PSEUDONYM_LIFETIME));
    }

    @BeforeEach
    void bothAreGiven() {
        options = options(true, true, true);
    }

    /// A login as IKE runs one, with EAP-Identity before it.
    void begin(EapSimMethod method) {
        logins++;
        notes.clear();
        requests.clear();
        responses.clear();
        asked.clear();
        client = new EapPeer(context(cards, 10L * logins), new Method.Typed(method.type()), false);
        var step = client.process(EapPacket.request(6, EapType.IDENTITY, Bytes.EMPTY).encode());
        Bytes packet = ((EapPeer.Step.Respond) step).packet();
        told = packet.slice(5, packet.length()).utf8();
        serve(method, told);
    }

    void serve(EapSimMethod method, String name) {
        server =
                new EapServer(
                        context(networks, 10L * logins + 1, EapNames.parse(Bytes.utf8(name))),
                        new Method.Typed(method.type()),
                        6);
    }

    Object runs(UnaryOperator<Bytes> toClient, UnaryOperator<Bytes> toServer) {
        end =
                run(
                        toClient,
                        packet -> {
                            responses.add(packet);
                            return toServer.apply(packet);
                        });
        return end;
    }

    void ends() {
        runs(AS_IT_IS, AS_IT_IS);
        assertInstanceOf(EapPeer.Step.Succeeded.class, end, () -> end + " " + notes);
        server.confirmed();
        client.confirmed();
    }

    void logsIn(EapSimMethod method) {
        begin(method);
        ends();
    }

    /// Of what the last login said under its MAC, in either direction.
    void assertNoByteMayChange(EapSimMethod method, EapSimSubtype within) {
        int request = requests.getLast().length();
        int response = responses.getLast().length();
        for (int at = 8; at < request + response - 8; at++) {
            int changed = at;
            logsIn(method);
            begin(method);
            boolean toClient = changed < request;
            UnaryOperator<Bytes> change =
                    changing(within, p -> flipped(p, toClient ? changed : changed - request + 8));
            runs(toClient ? change : AS_IT_IS, toClient ? AS_IT_IS : change);
            assertTrue(
                    end instanceof EapAnswer.Rejected || end instanceof EapPeer.Step.Failed,
                    () -> "byte %d: %s".formatted(changed, end));
        }
    }

    List<EapSimSubtype> subtypes() {
        return requests.stream().map(p -> SimMemories.subtype(subtype(p))).toList();
    }

    static EapSimSubtype start(EapSimMethod method) {
        return method == EapSimMethod.SIM ? EapSimSubtype.SIM_START : EapSimSubtype.AKA_IDENTITY;
    }

    boolean shows(String name) {
        return told.contains(name)
                || responses.stream().anyMatch(p -> p.hex().contains(Bytes.utf8(name).hex()));
    }

    static final List<EapSimSubtype> FAST = List.of(EapSimSubtype.REAUTHENTICATION);
}
