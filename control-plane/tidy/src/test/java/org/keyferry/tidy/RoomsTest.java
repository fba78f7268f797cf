package org.keyferry.tidy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The table of rooms: who may use whom. Maven refuses most forbidden arrows already; this also
/// sees what comes in through another module's dependencies.
class RoomsTest {
    private static final String BASE = "org.keyferry.";
    private static final List<String> ROOMS =
            List.of(
                    "nativeshim",
                    "netlink",
                    "wire",
                    "crypto",
                    "settings",
                    "engine",
                    "sim",
                    "vici",
                    "daemon",
                    "cli",
                    "bench");

    /// Rooms that a room may use besides itself.
    private static final Map<String, List<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("nativeshim", List.of()),
                    Map.entry("netlink", List.of("nativeshim")),
                    Map.entry("wire", List.of()),
                    Map.entry("crypto", List.of("wire")),
                    Map.entry("settings", List.of("wire")),
                    Map.entry("engine", List.of("wire", "crypto", "settings")),
                    Map.entry("sim", List.of("wire", "crypto", "settings", "engine")),
                    Map.entry("vici", List.of("wire", "settings", "engine")),
                    Map.entry(
                            "daemon",
                            List.of(
                                    "nativeshim",
                                    "netlink",
                                    "wire",
                                    "crypto",
                                    "settings",
                                    "engine",
                                    "vici")),
                    Map.entry("cli", List.of("wire", "settings", "vici", "netlink", "daemon")),
                    Map.entry(
                            "bench",
                            List.of("wire", "crypto", "settings", "engine", "vici", "daemon")));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("org.keyferry");

    @TestFactory
    Stream<DynamicTest> aRoomUsesOnlyItsNeighbours() {
        return ROOMS.stream().map(room -> DynamicTest.dynamicTest(room, () -> checkRoom(room)));
    }

    private static void checkRoom(String room) {
        String[] forbidden =
                ROOMS.stream()
                        .filter(other -> !other.equals(room))
                        .filter(other -> !MAY_USE.get(room).contains(other))
                        .map(other -> BASE + other + "..")
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(BASE + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .because("the table of rooms says so")
                .check(CLASSES);
    }

    @Test
    void netlinkMeetsLibcOnlyInItsSockets() {
        noClasses()
                .that()
                .resideInAPackage(BASE + "netlink..")
                .and()
                .resideOutsideOfPackage(BASE + "netlink.socket..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE + "nativeshim..")
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsOfSettingsOnlyTheValues() {
        noClasses()
                .that()
                .resideInAPackage(BASE + "engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE + "settings")
                .check(CLASSES);
    }

    @Test
    void theEngineHasNoClockThreadSocketFileOrRandomness() {
        ArchRule types =
                noClasses()
                        .that()
                        .resideInAPackage(BASE + "engine..")
                        .should()
                        .dependOnClassesThat()
                        .haveNameMatching(
                                "java\\.lang\\.Thread|java\\.security\\.SecureRandom"
                                        + "|java\\.util\\.Random|java\\.util\\.Timer"
                                        + "|java\\.time\\.Clock|java\\.io\\..*File.*"
                                        + "|java\\.net\\..*Socket.*|java\\.nio\\.channels\\..*"
                                        + "|java\\.nio\\.file\\..*|org\\.slf4j\\..*");
        types.check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(BASE + "engine..")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(CLASSES);
    }
}
