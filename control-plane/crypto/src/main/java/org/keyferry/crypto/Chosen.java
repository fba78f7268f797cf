package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.List;
import java.util.Optional;

/// One algorithm and the implementation that serves it: the first candidate that is present and
/// passes the known-answer test. The choice is made at first use and stays.
///
/// @param <T> what an implementation can do
final class Chosen<T> {
    private static final System.Logger LOG = System.getLogger("org.keyferry.crypto");

    /// An implementation that may be had from a provider.
    ///
    /// @param maker builds the implementation; throws if the provider lacks the algorithm
    record Candidate<T>(CryptoProvider source, Maker<T> maker) {
        /// Made and tested; empty if absent or wrong.
        Optional<T> tryMake(String algorithm, KnownAnswer<T> test) {
            Optional<Provider> provider = source.provider();
            if (provider.isEmpty()) {
                return Optional.empty();
            }
            try {
                T made = maker.make(provider.get());
                if (test.passes(made)) {
                    return Optional.of(made);
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} fails the known-answer test of {1} and is not used for it",
                        source.title(),
                        algorithm);
            } catch (GeneralSecurityException | LinkageError | RuntimeException refused) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "{0} does not serve {1}: {2}",
                        source.title(),
                        algorithm,
                        refused.toString());
            }
            return Optional.empty();
        }
    }

    @FunctionalInterface
    interface Maker<T> {
        T make(Provider provider) throws GeneralSecurityException;
    }

    /// Asks a published question.
    @FunctionalInterface
    interface KnownAnswer<T> {
        boolean passes(T implementation) throws GeneralSecurityException;
    }

    private record Choice<T>(CryptoProvider source, T implementation) {}

    private final String algorithm;
    private final KnownAnswer<T> test;
    private final List<Candidate<T>> candidates;
    private volatile Choice<T> choice;

    /// @param candidates most wanted first
    Chosen(String algorithm, KnownAnswer<T> test, List<Candidate<T>> candidates) {
        this.algorithm = algorithm;
        this.test = test;
        this.candidates = List.copyOf(candidates);
    }

    /// @throws IllegalStateException if no candidate works: a broken installation
    T get() {
        Choice<T> known = choice;
        return known != null ? known.implementation : choose().implementation;
    }

    /// Name of the provider, for people.
    String providerTitle() {
        get();
        return choice.source.title();
    }

    /// All candidates, for tests of each.
    List<Candidate<T>> candidates() {
        return candidates;
    }

    KnownAnswer<T> test() {
        return test;
    }

    @Override
    public String toString() {
        return algorithm;
    }

    private synchronized Choice<T> choose() {
        if (choice == null) {
            for (Candidate<T> candidate : candidates) {
                Optional<T> made = candidate.tryMake(algorithm, test);
                if (made.isPresent()) {
                    choice = new Choice<>(candidate.source(), made.get());
                    return choice;
                }
            }
            throw new IllegalStateException("no crypto provider serves " + algorithm);
        }
        return choice;
    }
}
