package org.keyferry.engine.sa;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.Puzzle;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Payload;

/// What both ends of an IKE_SA can do beyond RFC 7296, and what they made of it.
public final class Extensions {
    /// A postquantum pre-shared key that is offered to the responder.
    public record OfferedPpk(Identification id, SharedSecret secret, boolean required) {}

    private static final int DELETED_EARLY = 16;

    private boolean peerUsesPpk;
    private Optional<OfferedPpk> offeredPpk = Optional.empty();
    private boolean ppkUsed;
    private Optional<Identification> ppkId = Optional.empty();
    private Optional<IkeKeys> formerKeys = Optional.empty();
    private Bytes crashToken = Bytes.EMPTY;
    private final NatBinding natBinding = new NatBinding();
    private final Stream stream = new Stream();
    private final UdpTrials udp = new UdpTrials();
    private boolean peerGoesChildless;
    private boolean peerWantsKeyExchanges;
    private boolean childFollows;
    private int refusedChildren;
    private Optional<Puzzle> puzzle = Optional.empty();
    private List<Payload> beforeAuth = List.of();
    private List<Bytes> deletedEarly = List.of();
    private final Redirections redirections = new Redirections();
    private final Resumability resumability = new Resumability();

    /// The peer sent USE_PPK (RFC 8784).
    public boolean peerUsesPpk() {
        return peerUsesPpk;
    }

    public void peerUsesPpk(boolean announced) {
        peerUsesPpk = announced;
    }

    /// As initiator, until the responder has told whether it uses it.
    public Optional<OfferedPpk> offeredPpk() {
        return offeredPpk;
    }

    public void offeredPpk(Optional<OfferedPpk> offered) {
        offeredPpk = offered;
    }

    /// The keys have a postquantum pre-shared key in them.
    public boolean ppkUsed() {
        return ppkUsed;
    }

    public void ppkUsed(boolean used) {
        ppkUsed = used;
    }

    /// Which one it is, as long as the IKE_SA is set up.
    public Optional<Identification> ppkId() {
        return ppkId;
    }

    public void usesPpk(Identification id) {
        ppkUsed = true;
        ppkId = Optional.of(id);
    }

    /// Those that protected the last IKE_INTERMEDIATE exchange, whose request may come again.
    public Optional<IkeKeys> formerKeys() {
        return formerKeys;
    }

    /// Wipes what was there before.
    public void formerKeys(Optional<IkeKeys> keys) {
        formerKeys.ifPresent(IkeKeys::wipe);
        formerKeys = keys;
    }

    public NatBinding natBinding() {
        return natBinding;
    }

    /// The TCP connection of an IKE_SA over TCP.
    public Stream stream() {
        return stream;
    }

    /// Whether an IKE_SA over TCP could do without.
    public UdpTrials udp() {
        return udp;
    }

    /// The peer's token for quick crash detection (RFC 6290), empty if there is none.
    public Bytes crashToken() {
        return crashToken;
    }

    public void crashToken(Bytes token) {
        crashToken = token;
    }

    /// As initiator: the responder sent CHILDLESS_IKEV2_SUPPORTED (RFC 6023).
    public boolean peerGoesChildless() {
        return peerGoesChildless;
    }

    public void peerGoesChildless(boolean announced) {
        peerGoesChildless = announced;
    }

    /// As initiator: the CHILD_SA that is wanted comes in an exchange of its own.
    public boolean childFollows() {
        return childFollows;
    }

    public void childFollows(boolean follows) {
        childFollows = follows;
    }

    /// As initiator: what is to be solved for IKE_AUTH (RFC 8019 §7.2).
    public Optional<Puzzle> puzzle() {
        return puzzle;
    }

    public void puzzle(Optional<Puzzle> given) {
        puzzle = given;
    }

    /// What the first IKE_AUTH request says in front of its SK payload.
    public void beforeAuth(List<Payload> payloads) {
        beforeAuth = List.copyOf(payloads);
    }

    /// And no other one.
    List<Payload> takeBeforeAuth() {
        List<Payload> taken = beforeAuth;
        beforeAuth = List.of();
        return taken;
    }

    public Redirections redirections() {
        return redirections;
    }

    /// Session tickets.
    public Resumability resumability() {
        return resumability;
    }

    /// Requests of the peer for more CHILD_SAs than it may have; from now on counted anew.
    public int takeRefusedChildren() {
        int counted = refusedChildren;
        refusedChildren = 0;
        return counted;
    }

    /// Another one.
    ///
    /// @return how many that makes
    public int refusedChild() {
        return ++refusedChildren;
    }

    /// The peer refused to rekey a CHILD_SA without a key exchange.
    public boolean peerWantsKeyExchanges() {
        return peerWantsKeyExchanges;
    }

    public void peerWantsKeyExchanges(boolean refused) {
        peerWantsKeyExchanges = refused;
    }

    /// The peer deleted a CHILD_SA that an exchange of ours may still bring, by its SPI.
    public void deletedEarly(Bytes spi) {
        if (deletedEarly.size() == DELETED_EARLY) {
            return; // one exchange brings one
        }
        var more = new ArrayList<>(deletedEarly);
        more.add(spi);
        deletedEarly = List.copyOf(more);
    }

    /// Those; they are forgotten.
    public List<Bytes> takeDeletedEarly() {
        List<Bytes> taken = deletedEarly;
        deletedEarly = List.of();
        return taken;
    }
}
