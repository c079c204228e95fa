package org.maftia.server.ceremony;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.testing.SmallDisk;

final class ShareKeeperTest {
    private static final String KEY = "coin";
    private static final byte[] OLD = "shares of epoch 3, long enough to be found in a file".getBytes(UTF_8);
    private static final byte[] NEW = "shares of epoch 4, long enough to be found in a file".getBytes(UTF_8);

    /** A passphrase would cost a quarter of a second at each of some hundred openings. */
    private static final Unlock UNLOCK = new Unlock.KeyFile();

    @TempDir
    private Path world;

    private Path keys;

    @BeforeEach
    void make() {
        keys = world.resolve("keys");
        Custody.create(keys, UNLOCK, new SecureRandom()).close();
    }

    private ShareKeeper open() {
        return ShareKeeper.open(keys, UNLOCK);
    }

    @Test
    void whatIsKeptIsThereAfterARestartAndNeverInTheClear() throws IOException {
        try (ShareKeeper keeper = open()) {
            keeper.keep(KEY, 3, OLD);
            keeper.keep(KEY, 4, NEW);
        }
        try (ShareKeeper keeper = open()) {
            assertThat(keeper.numbers(KEY)).containsExactly(3L, 4L);
            assertThat(keeper.kept(KEY, 3).orElseThrow()).isEqualTo(OLD);
            assertThat(keeper.current(KEY, 4)).isEqualTo(NEW);
        }
        for (Path file : files()) {
            assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .doesNotContain("shares of epoch");
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(keys)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void theSameSecretMayBeKeptAgainAndAnotherTakesItsPlace() {
        try (ShareKeeper keeper = open()) {
            keeper.keep(KEY, 3, OLD);
            keeper.keep(KEY, 3, OLD);
            keeper.keep("coin/recipient", 3, new byte[] {7});
            keeper.keep(KEY, 3, NEW);
        }
        try (ShareKeeper keeper = open()) {
            assertThat(keeper.kept(KEY, 3)).hasValue(NEW);
            assertThat(keeper.kept("coin/recipient", 3).orElseThrow()).containsExactly(7);
            assertThat(keeper.kept("coin/recipient", 4)).isEmpty();
            assertThatThrownBy(() -> keeper.keep("../coin", 3, NEW)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** With a crash at any step one of them is there, or, in a moment in which nobody was promised any, neither. */
    @Test
    void aCrashWhileAnotherTakesItsPlaceNeverMixesTheTwo() throws IOException {
        crashAtEachStep(
                keeper -> keeper.keep(KEY, 3, OLD),
                keeper -> keeper.keep(KEY, 3, NEW),
                keeper -> assertThat(keeper.kept(KEY, 3))
                        .satisfiesAnyOf(
                                kept -> assertThat(kept).isEmpty(),
                                kept -> assertThat(kept).hasValue(OLD),
                                kept -> assertThat(kept).hasValue(NEW)));
    }

    @Test
    void anErasedEpochIsGoneAndTheOthersStay() throws IOException {
        try (ShareKeeper keeper = open()) {
            for (long epoch = 1; epoch <= 4; epoch++) {
                keeper.keep(KEY, epoch, NEW);
            }
            keeper.keep("coin/recipient", 1, NEW);
            keeper.erase(KEY, 0, 2);
            keeper.erase(KEY, 4, Long.MAX_VALUE);
            keeper.erase("coin/recipient", 1, 9);
            assertThat(keeper.numbers(KEY)).containsExactly(3L);
            assertThat(keeper.kept(KEY, 2)).isEmpty();
        }
        assertThat(files().stream().map(file -> keys.relativize(file).toString()))
                .containsExactly("coin/3.key", "coin/3.share", "custody.json", "kek");
    }

    @Test
    void sharesOlderThanTheCheckpointNamesAreRefused() {
        try (ShareKeeper keeper = open()) {
            keeper.keep(KEY, 3, OLD);
            assertThat(keeper.current(KEY, 3)).isEqualTo(OLD);
            assertThatThrownBy(() -> keeper.current(KEY, 4))
                    .isInstanceOf(CeremonyException.class)
                    .hasMessage("the group uses sharing 4 of key coin, and here are shares of 3");
            assertThatThrownBy(() -> keeper.current("other", 0)).hasMessageContaining("no shares of it");
        }
    }

    /** Thrown in the place of the next step, as if the process were not there any more. */
    private static final class Crash extends Error {}

    private static final class CrashAt implements DurableFiles.Watch {
        private final int step;
        private int seen;

        CrashAt(int step) {
            this.step = step;
        }

        @Override
        public void after(DurableFiles.Step done, Path file) {
            if (seen++ == step) {
                throw new Crash();
            }
        }
    }

    /** Runs the work with a crash after each of its steps, and looks at what a restart finds; gives the number of steps. */
    private int crashAtEachStep(Consumer<ShareKeeper> before, Consumer<ShareKeeper> work, Consumer<ShareKeeper> after)
            throws IOException {
        for (int step = 0; ; step++) {
            keys = world.resolve("crash" + step);
            Custody.create(keys, UNLOCK, new SecureRandom()).close();
            try (ShareKeeper keeper = open()) {
                before.accept(keeper);
            }
            boolean crashed = false;
            try (ShareKeeper keeper = ShareKeeper.open(keys, UNLOCK, new CrashAt(step))) {
                work.accept(keeper);
            } catch (Crash crash) {
                crashed = true;
            }
            try (ShareKeeper keeper = open()) {
                after.accept(keeper);
            }
            assertThat(files()).noneMatch(file -> file.toString().endsWith(".new"));
            if (!crashed) {
                return step;
            }
        }
    }

    @Test
    void aCrashAtAnyStepOfKeepingLeavesTheOldEpochWholeAndTheNewOneWholeOrAway() throws IOException {
        List<Boolean> there = new ArrayList<>();
        int steps = crashAtEachStep(keeper -> keeper.keep(KEY, 3, OLD), keeper -> keeper.keep(KEY, 4, NEW), keeper -> {
            assertThat(keeper.kept(KEY, 3).orElseThrow()).isEqualTo(OLD);
            there.add(keeper.numbers(KEY).contains(4L));
            keeper.keep(KEY, 4, NEW); // what a replica does that was not acknowledged
            assertThat(keeper.kept(KEY, 4).orElseThrow()).isEqualTo(NEW);
            assertThat(keeper.numbers(KEY)).containsExactly(3L, 4L);
        });
        // Two files: written, forced, renamed, durable. The epoch is there from the second renaming on.
        assertThat(steps).isEqualTo(8);
        assertThat(there).containsExactly(false, false, false, false, false, false, true, true, true);
    }

    @Test
    void aCrashAtAnyStepOfErasingLeavesNothingThatOpens() throws IOException {
        int steps = crashAtEachStep(
                keeper -> {
                    keeper.keep(KEY, 3, OLD);
                    keeper.keep(KEY, 4, NEW);
                },
                keeper -> keeper.erase(KEY, 3, 3),
                keeper -> {
                    assertThat(keeper.numbers(KEY)).containsExactly(4L);
                    assertThat(keeper.kept(KEY, 4).orElseThrow()).isEqualTo(NEW);
                    assertThat(keeper.kept(KEY, 3)).isEmpty();
                });
        assertThat(steps).isEqualTo(4);
    }

    @Test
    void whoLooksWhileAReplicaErasesFindsTheSecretOrNothing() {
        try (ShareKeeper keeper = open()) {
            keeper.keep(KEY, 3, OLD);
            keeper.keep(KEY, 4, NEW);
        }
        List<DurableFiles.Step> steps = new ArrayList<>();
        DurableFiles.Watch looking = (step, file) -> {
            steps.add(step);
            try (ShareKeeper another = ShareKeeper.look(keys, UNLOCK)) {
                assertThat(another.kept(KEY, 3)).as("after %s", step).isEmpty();
                assertThat(another.kept(KEY, 4).orElseThrow()).isEqualTo(NEW);
            }
        };
        try (ShareKeeper keeper = ShareKeeper.open(keys, UNLOCK, looking)) {
            keeper.erase(KEY, 3, 3);
        }
        assertThat(steps)
                .containsExactly(
                        DurableFiles.Step.ZEROED,
                        DurableFiles.Step.DELETED,
                        DurableFiles.Step.ZEROED,
                        DurableFiles.Step.DELETED);
    }

    @Test
    void theWrappedKeyIsGoneBeforeTheSharesAreTouched() throws IOException {
        try (ShareKeeper keeper = open()) {
            keeper.keep(KEY, 3, OLD);
        }
        Path share = keys.resolve("coin/3.share");
        byte[] sealed = Files.readAllBytes(share);
        try (ShareKeeper keeper = ShareKeeper.open(keys, UNLOCK, new CrashAt(0))) {
            assertThatThrownBy(() -> keeper.erase(KEY, 0, 3)).isInstanceOf(Crash.class);
        }
        assertThat(Files.readAllBytes(share)).isEqualTo(sealed);
        assertThat(Files.readAllBytes(keys.resolve("coin/3.key"))).containsOnly(0);
    }

    @Test
    void anotherKeyOpensNothingAndIsToldFromDamage() throws IOException {
        try (ShareKeeper keeper = open()) {
            keeper.keep(KEY, 3, OLD);
        }
        Files.write(keys.resolve("kek"), new byte[SealedBytes.KEY_LENGTH]);
        assertThatThrownBy(this::open)
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("the key file does not open");
    }

    @Test
    void anAlteredFileIsRefusedAndSoIsOneInAnothersPlace() throws IOException {
        try (ShareKeeper keeper = open()) {
            keeper.keep(KEY, 3, OLD);
            keeper.keep(KEY, 4, NEW);
        }
        for (String name : List.of("coin/3.key", "coin/3.share")) {
            byte[] sound = Files.readAllBytes(keys.resolve(name));
            for (int at = 0; at < sound.length; at += 7) {
                byte[] altered = sound.clone();
                altered[at] ^= 1;
                Files.write(keys.resolve(name), altered);
                try (ShareKeeper keeper = open()) {
                    assertThatThrownBy(() -> keeper.kept(KEY, 3).orElseThrow()).hasMessageContaining("does not open");
                }
            }
            Files.write(keys.resolve(name), sound);
        }
        // Yesterday's shares under today's number: the name is sealed in.
        Files.copy(keys.resolve("coin/3.key"), world.resolve("3.key"));
        for (String suffix : List.of(".key", ".share")) {
            Files.write(keys.resolve("coin/4" + suffix), Files.readAllBytes(keys.resolve("coin/3" + suffix)));
        }
        try (ShareKeeper keeper = open()) {
            assertThatThrownBy(() -> keeper.current(KEY, 4)).hasMessageContaining("does not open");
            assertThat(keeper.kept(KEY, 3).orElseThrow()).isEqualTo(OLD);
        }
    }

    @Test
    void onAFullDiskAnEpochIsNotKeptAndTheOldOneGoesOn() throws IOException {
        Optional<SmallDisk> mounted = SmallDisk.mount(world.resolve("disk"), 1);
        Assumptions.assumeTrue(mounted.isPresent(), "no right to mount a small file system");
        try (SmallDisk disk = mounted.get()) {
            keys = world.resolve("disk/keys");
            Custody.create(keys, UNLOCK, new SecureRandom()).close();
            try (ShareKeeper keeper = open()) {
                keeper.keep(KEY, 3, OLD);
                disk.fill();
                assertThatThrownBy(() -> keeper.keep(KEY, 4, NEW))
                        .isInstanceOf(CeremonyException.class)
                        .hasMessageContaining("cannot write");
                assertThat(keeper.numbers(KEY)).containsExactly(3L);
                assertThat(keeper.kept(KEY, 3).orElseThrow()).isEqualTo(OLD);
                disk.clear();
                keeper.keep(KEY, 4, NEW);
                assertThat(keeper.current(KEY, 4)).isEqualTo(NEW);
            }
        }
    }
}
