package org.keyferry.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Coverage-guided fuzzing (Jazzer). An ordinary build only replays the inputs kept beside this
/// class's resources; `JAZZER_FUZZ=1` searches for new ones, one target at a time:
///
/// ```
/// JAZZER_FUZZ=1 mvn -pl control-plane/wire test -Dtest=DecoderFuzzTest#decodesDatagrams
/// ```
///
/// What it finds to fail is written into
/// `src/test/resources/org/keyferry/wire/DecoderFuzzTestInputs` and so replayed from then on; the
/// inputs that only widen coverage stay in `.cifuzz-corpus`.
class DecoderFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void decodesDatagrams(byte[] data) {
        try {
            DecoderProbe.probe(data.clone());
        } catch (PeerViolation _) {
            // refused, as it should be
        }
    }

    @FuzzTest(maxDuration = "60s")
    void readsAnnouncements(byte[] data) {
        try {
            var read = AuthAnnouncement.decode(Bytes.of(data));
            if (!AuthAnnouncement.decode(AuthAnnouncement.encode(read)).equals(read)) {
                throw new AssertionError(read);
            }
        } catch (PeerViolation _) {
            // refused, as it should be
        }
    }

    /// The first byte is the type of the first payload.
    @FuzzTest(maxDuration = "60s")
    void decodesInnerPayloads(byte[] data) {
        if (data.length == 0) {
            return;
        }
        Bytes bytes = Bytes.of(data);
        try {
            IkeMessage.decodeChain(bytes.u8(0), bytes.slice(1, bytes.length()))
                    .forEach(Payload::type);
        } catch (PeerViolation _) {
            // refused, as it should be
        }
    }

    /// RFC 8019 §8.2: a solution is four keys of one size, or refused.
    @FuzzTest(maxDuration = "60s")
    void decodesPuzzleSolutions(byte[] data) {
        Bytes body = Bytes.of(data);
        if (body.length() > 0xff00) {
            return;
        }
        Bytes chain = Bytes.ofU16(0).concat(Bytes.ofU16(4 + body.length())).concat(body);
        try {
            var solution = (Payload.PuzzleSolution) IkeMessage.decodeChain(54, chain).getFirst();
            boolean same = solution.keys().stream().allMatch(k -> k.length() * 4 == body.length());
            if (!same
                    || solution.keys().size() != 4
                    || body.length() > 256
                    || !IkeMessage.encodeChain(java.util.List.of(solution)).equals(chain)) {
                throw new AssertionError(solution);
            }
        } catch (PeerViolation _) {
            if (body.length() % 4 == 0 && !body.isEmpty() && body.length() <= 256) {
                throw new AssertionError("refused: " + body);
            }
        }
    }

    /// Names come from configuration and from certificates; any text is some identity.
    @FuzzTest(maxDuration = "60s")
    void readsIdentities(byte[] data) {
        String text = Bytes.of(data).utf8();
        try {
            Identification id = Identification.parse(text);
            if (id.matches(id) == 0 || id.toString().indexOf('\n') >= 0) {
                throw new AssertionError(text);
            }
        } catch (IllegalArgumentException _) {
            if (text.indexOf('#') < 0) {
                throw new AssertionError(text);
            }
        }
    }
}
