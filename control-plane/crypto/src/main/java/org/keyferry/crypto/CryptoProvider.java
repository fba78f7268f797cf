package org.keyferry.crypto;

import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Where algorithms come from. Provider objects are made once and never registered with the JVM, so
/// that nothing else in the process changes its provider.
enum CryptoProvider {
    JDK("JDK") {
        @Override
        Provider load() {
            return Security.getProvider("SunJCE");
        }
    },
    BOUNCY_CASTLE("Bouncy Castle") {
        @Override
        Provider load() {
            return new org.bouncycastle.jce.provider.BouncyCastleProvider();
        }
    },
    CONSCRYPT("Conscrypt") {
        @Override
        Provider load() {
            return org.conscrypt.Conscrypt.newProvider();
        }
    },
    ACCP("ACCP") {
        @Override
        Provider load() {
            return Accp.load();
        }
    };

    static final String WITHOUT_PROPERTY = "keyferry.crypto.without";

    private static final Map<CryptoProvider, Optional<Provider>> TRIED = new ConcurrentHashMap<>();

    private final String title;

    CryptoProvider(String title) {
        this.title = title;
    }

    /// Its name for people.
    String title() {
        return title;
    }

    /// Empty if its jar or its native library is missing, or if it is left out on purpose.
    Optional<Provider> provider() {
        return TRIED.computeIfAbsent(
                this, one -> one.isLeftOut() ? Optional.empty() : one.tryLoad());
    }

    abstract Provider load();

    private Optional<Provider> tryLoad() {
        try {
            return Optional.ofNullable(load());
        } catch (LinkageError | RuntimeException missing) {
            // LinkageError: no jar, or no native library for this processor
            return Optional.empty();
        }
    }

    private boolean isLeftOut() {
        String without = System.getProperty(WITHOUT_PROPERTY, "").toLowerCase(Locale.ROOT);
        return Arrays.asList(without.split(",")).contains(name().toLowerCase(Locale.ROOT));
    }

    /// A class of its own, so that verifying the enum does not want ACCP's classes.
    private static final class Accp {
        static Provider load() {
            var accp = com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider.INSTANCE;
            accp.assertHealthy();
            return accp;
        }
    }
}
