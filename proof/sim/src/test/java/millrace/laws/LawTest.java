package millrace.laws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LawTest {
    private static final TreeMap<String, ModuleReference> MODULES = ModuleClasses.onTheClassPath();

    @Test void everyModuleThatALawSpeaksOfIsLookedAt() {
        assertThat(MODULES.keySet()).containsAll(Laws.BY_MODULE.keySet());
        for (String name : Laws.BY_MODULE.keySet()) assertThat(ModuleClasses.of(MODULES.get(name))).as(name).isNotEmpty();
    }

    @Test void deterministicModulesTouchNoClockThreadFileSocketOrChance() {
        List<String> broken = new ArrayList<>();
        for (Map.Entry<String, ModuleReference> module : MODULES.entrySet()) {
            List<Ban> bans = Laws.BY_MODULE.getOrDefault(module.getKey(), List.of());
            for (byte[] classFile : bans.isEmpty() ? List.<byte[]>of() : ModuleClasses.of(module.getValue())) {
                for (Use use : Uses.in(classFile)) {
                    for (Ban ban : bans) {
                        if (ban.forbids(use) && !Laws.allows(use, ban)) broken.add(module.getKey() + ": " + use + " (" + ban.name() + "). Instead: " + ban.instead());
                    }
                }
            }
        }
        assertThat(broken).as("calls that no deterministic module may make").isEmpty();
    }

    @Test void everyAllowanceIsStillNeeded() {
        for (Laws.Allowance allowance : Laws.ALLOWED) {
            boolean used = MODULES.values().stream().flatMap(module -> ModuleClasses.of(module).stream()).flatMap(classFile -> Uses.in(classFile).stream())
                    .anyMatch(use -> allowance.ban().forbids(use) && use.place().startsWith(allowance.place()));
            assertThat(used).as(allowance.place() + " is allowed: " + allowance.reason()).isTrue();
        }
    }

    @Test void modulesRequireOnlyWhatLiesBelowThem() {
        for (Map.Entry<String, ModuleReference> module : MODULES.entrySet()) {
            List<String> allowed = Laws.ARROWS.get(module.getKey());
            if (allowed != null) assertThat(allowed).as(module.getKey() + " may require").containsAll(ModuleClasses.requiredOfOurs(module.getValue()));
        }
    }

    @Test void coresDoNotKnowThePorts() {
        assertThat(ModuleClasses.requiredOfOurs(MODULES.get("millrace.cores"))).isNotEmpty().doesNotContain("millrace.ports");
    }

    @Test void everyBanCatchesItsPlantedCrime() throws IOException {
        List<Use> planted = planted();
        List<Ban> all = Laws.BY_MODULE.get("millrace.cores");
        for (Ban ban : all) assertThat(planted).as("a planted use of: " + ban.name()).anyMatch(ban::forbids);
        List<String> caught = planted.stream().filter(use -> all.stream().anyMatch(ban -> ban.forbids(use))).map(use -> method(use)).distinct().toList();
        List<String> crimes = java.util.Arrays.stream(Planted.class.getDeclaredMethods()).filter(it -> !it.isSynthetic()).map(it -> it.getName()).filter(it -> !it.startsWith("innocent")).toList();
        assertThat(caught).containsExactlyInAnyOrderElementsOf(crimes);
    }

    @ParameterizedTest
    @CsvSource({"clock, clock", "clockByReference, clock", "wallClockByReference, wall clock", "thread, thread", "threadVirtual, thread", "monitorWait, waiting on a monitor",
            "commonPoolThen, a future on the common pool", "parallelStreamLater, parallel stream", "saltedCopy, salted order", "hashedByReference, hashed order", "files, files"})
    void aCrimeIsNamedForWhatItIs(String method, String ban) throws IOException {
        List<String> names = Laws.BY_MODULE.get("millrace.cores").stream()
                .filter(law -> planted().stream().anyMatch(use -> method(use).equals(method) && law.forbids(use))).map(Ban::name).toList();
        assertThat(names).containsExactly(ban);
    }

    private static List<Use> planted() {
        try (var in = Planted.class.getResourceAsStream("Planted.class")) {
            return Uses.in(in.readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String method(Use use) {
        String withLine = use.place().substring(Planted.class.getName().length() + 1);
        return withLine.substring(0, withLine.indexOf(':'));
    }
}
