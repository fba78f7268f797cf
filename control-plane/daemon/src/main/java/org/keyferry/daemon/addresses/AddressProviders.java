package org.keyferry.daemon.addresses;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Lease;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;

/// Several sources in turn: each is asked for the addresses that those before it did not have, and
/// all tell their attributes.
public final class AddressProviders implements AddressProvider {
    private final List<AddressProvider> providers;
    private final List<ConfigAttribute> attributes;
    private final Log log;

    /// @param attributes that every peer is told that gets an address
    public AddressProviders(
            List<AddressProvider> providers, List<ConfigAttribute> attributes, Log log) {
        this.providers = List.copyOf(providers);
        this.attributes = List.copyOf(attributes);
        this.log = log;
    }

    @Override
    public CompletableFuture<AddressAnswer> assign(AddressRequest request) {
        var nothing = new Gathered(AddressAnswer.nothing(request, ""));
        CompletableFuture<Gathered> gathered = CompletableFuture.completedFuture(nothing);
        for (AddressProvider provider : providers) {
            gathered = gathered.thenCompose(so -> ask(provider, request, so));
        }
        return gathered.thenApply(all -> withGeneral(all.answer()));
    }

    private AddressAnswer withGeneral(AddressAnswer answer) {
        if (attributes.isEmpty() || answer.addresses().isEmpty()) {
            return answer;
        }
        List<ConfigAttribute> all =
                Stream.concat(answer.attributes().stream(), attributes.stream()).toList();
        return new AddressAnswer(answer.given(), all, answer.shortage());
    }

    private CompletableFuture<Gathered> ask(
            AddressProvider provider, AddressRequest request, Gathered before) {
        AddressRequest rest = before.rest(request);
        CompletableFuture<AddressAnswer> answer;
        try {
            answer = provider.assign(rest);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.exceptionally(
                        failure -> {
                            log.mistake(Group.CFG, "looking for addresses", failure);
                            return AddressAnswer.nothing(rest, "internal error");
                        })
                .thenApply(before::with);
    }

    /// What is there so far.
    private record Gathered(AddressAnswer answer) {
        AddressRequest rest(AddressRequest request) {
            var wanted = new ArrayList<IpAddress>();
            for (int i = 0; i < request.wanted().size(); i++) {
                if (answer.given().get(i).isEmpty()) {
                    wanted.add(request.wanted().get(i));
                }
            }
            return request.withWanted(wanted);
        }

        Gathered with(AddressAnswer more) {
            var given = new ArrayList<Optional<IpAddress>>();
            Iterator<Optional<IpAddress>> next = more.given().iterator();
            for (Optional<IpAddress> present : answer.given()) {
                given.add(present.isPresent() ? present : next.next());
            }
            var attributes = new ArrayList<ConfigAttribute>(answer.attributes());
            attributes.addAll(more.attributes());
            String shortage = join(answer.shortage(), more.shortage());
            return new Gathered(new AddressAnswer(given, attributes, shortage));
        }

        private static String join(String first, String second) {
            return first.isEmpty() || second.isEmpty() ? first + second : first + "; " + second;
        }
    }

    @Override
    public void giveBack(Lease lease) {
        providers.forEach(provider -> provider.giveBack(lease));
    }

    @Override
    public void takeOver(Lease lease) {
        providers.forEach(provider -> provider.takeOver(lease));
    }
}
