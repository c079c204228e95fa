package org.maftia.server.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.testing.Attack;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.server.runtime.TrustedComponent;

/** A real process beside a replica that is this test. */
class LocalComponentTest {
    private static final UUID GROUP = new UUID(7, 8);
    private static final int STREAM = OrderStream.of(0);
    private static final Digest ONE = new Digest(1, 2, 3, 4);
    private static final Digest OTHER = new Digest(4, 3, 2, 1);
    private static final int SEAT = 5;
    private static final int INDEX = 1;

    private static final Seating SEATING = new Seating() {
        @Override
        public int self(long configuration) {
            return INDEX;
        }

        @Override
        public int seat(long configuration, int index) {
            return index == INDEX ? SEAT : index;
        }
    };

    @TempDir
    private Path world;

    private ComponentPlace place;
    private ComponentIdentity identity;
    private ComponentSeals seals;

    @BeforeEach
    void enrol() {
        place = new ComponentPlace(world.resolve("component"));
        identity = ComponentIdentity.enrol(place.state());
        ComponentIdentity another = ComponentIdentity.enrol(new ComponentPlace(world.resolve("another")).state());
        seals = new ComponentSeals(
                GROUP,
                List.of(
                        new ComponentSeals.Known(0, another.epoch(), another.key()),
                        new ComponentSeals.Known(SEAT, identity.epoch(), identity.key())));
    }

    @AfterEach
    void end() throws IOException {
        place.end();
    }

    private LocalComponent open() throws IOException {
        return LocalComponent.open(place, new LocalComponent.Role(GROUP, SEAT, identity), false);
    }

    private static Ui ui(TrustedComponent component, Digest digest) throws Exception {
        return (Ui) component.call(new TrustedCall.CreateUi(STREAM, 1, digest)).orElseThrow();
    }

    @Test
    void itOutlivesItsReplicaAndItsOwnProcessAndNeverCountsTwice() throws Exception {
        Ui first;
        Fence fence;
        try (TrustedComponent component = open().calls(SEATING)) {
            first = ui(component, ONE);
            fence = (Fence) component
                    .call(new TrustedCall.Raise(STREAM, Mark.CHECKPOINT, 256, ONE))
                    .orElseThrow();
            assertThat(component.call(new TrustedCall.Raise(STREAM, Mark.CHECKPOINT, 256, OTHER)))
                    .isEmpty();
        }
        assertThat(seals.verify(STREAM, first)).isTrue();
        assertThat(seals.verify(STREAM, fence)).isTrue();
        long process = place.process().orElseThrow().pid();

        try (TrustedComponent component = open().calls(SEATING)) {
            assertThat(place.process().orElseThrow().pid()).isEqualTo(process);
            assertThat(component
                            .call(new TrustedCall.LastUi(STREAM, 1))
                            .orElseThrow()
                            .digest())
                    .isEqualTo(ONE);
            place.process().orElseThrow().destroyForcibly();
            assertThatThrownBy(() -> {
                        while (true) {
                            ui(component, OTHER);
                        }
                    })
                    .isInstanceOf(TrustedComponent.LostException.class);
        }

        try (TrustedComponent component = open().calls(SEATING)) {
            Attestation.Counters standing = (Attestation.Counters)
                    component.call(new TrustedCall.Standing(STREAM)).orElseThrow();
            assertThat(standing.checkpoint()).isEqualTo(256);
            assertThat(standing.epoch()).isEqualTo(first.epoch());
            Ui next = ui(component, OTHER);
            assertThat(next.counter()).isEqualTo(standing.counters().get(1) + 1).isGreaterThan(first.counter());
            assertThat(seals.verify(STREAM, next)).isTrue();
        }
    }

    @Attack("host tells trusted components false views, invents vouchers or keeps its own back")
    @Test
    void itEntersTheViewsThatTheLogNamesAndBelievesNoInventedVoucher() throws Exception {
        TrustedViewForm form = new TrustedViewForm(
                List.of(new TrustedViewForm.Known(SEAT, identity.epoch(), identity.keys())),
                FaultStructure.threshold(1, 0));
        int stream = form.stream();
        List<Long> epochs = List.of(identity.epoch());
        TrustedComponents.View first = form.of(0, new Era(0, epochs, 0, 0)).orElseThrow();
        TrustedComponents.View later = form.of(9, new Era(9, epochs, 9, 0)).orElseThrow();
        assertThat(form.of(1, new Era(1, List.of(identity.epoch() + 1), 9, 0)))
                .as("nobody has the keys of this epoch")
                .isEmpty();
        try (TrustedComponent component = open().calls(SEATING)) {
            assertThat(component.call(new TrustedCall.View(stream))).isEmpty();
            Attestation entered = component
                    .call(new TrustedCall.Install(stream, first.bytes(), List.of()))
                    .orElseThrow();
            assertThat(entered).isEqualTo(new Attestation.InView(0, identity.epoch(), 0, first.digest()));
            Fence fence = (Fence) component
                    .call(new TrustedCall.Raise(stream, Mark.VIEW, 9, later.digest()))
                    .orElseThrow();
            Fence own = fence.by(INDEX);
            List<Fence> invented = List.of(
                    sealed(own, new byte[0]),
                    sealed(own, new byte[65]),
                    sealed(own, new byte[80]),
                    sealed(own, profiled(1, 33)),
                    sealed(own, profiled(2, 65)),
                    own.by(INDEX + 7));
            assertThat(component.call(new TrustedCall.Install(stream, later.bytes(), invented)))
                    .isEmpty();
            assertThat(component.call(new TrustedCall.View(stream))).contains(entered);
            assertThat(component.call(new TrustedCall.Install(stream, later.bytes(), List.of(invented.get(4), own))))
                    .contains(new Attestation.InView(0, identity.epoch(), 9, later.digest()));
            assertThat(component.call(new TrustedCall.Install(stream, first.bytes(), List.of(own))))
                    .as("numbers rise")
                    .isEmpty();
        }
    }

    private static byte[] profiled(int profile, int length) {
        byte[] tag = new byte[length];
        tag[0] = (byte) profile;
        return tag;
    }

    private static Fence sealed(Fence fence, byte[] tag) {
        return new Fence(
                fence.replica(),
                fence.epoch(),
                fence.mark(),
                fence.view(),
                fence.checkpoint(),
                fence.counters(),
                fence.digest(),
                tag);
    }

    @Test
    void nothingElsePassesForItsWord() throws Exception {
        Ui genuine;
        try (TrustedComponent component = open().calls(SEATING)) {
            genuine = ui(component, ONE);
        }
        byte[] tag = genuine.tag();
        assertThat(seals.verify(STREAM, genuine)).isTrue();
        assertThat(seals.verify(OrderStream.of(1), genuine)).isFalse();
        assertThat(seals.verify(STREAM, changed(genuine, 0, 0, ONE, tag))).isFalse();
        assertThat(seals.verify(STREAM, changed(genuine, 2, 0, ONE, tag))).isFalse();
        assertThat(seals.verify(STREAM, changed(genuine, INDEX, 1, ONE, tag))).isFalse();
        assertThat(seals.verify(STREAM, changed(genuine, INDEX, 0, OTHER, tag))).isFalse();
        assertThat(seals.verify(STREAM, changed(genuine, INDEX, 0, ONE, new byte[0])))
                .isFalse();
        assertThat(seals.verify(STREAM, changed(genuine, INDEX, 0, ONE, new byte[65])))
                .isFalse();
        tag[0] = 1; // the profile whose key only components know
        assertThat(seals.verify(STREAM, changed(genuine, INDEX, 0, ONE, tag))).isFalse();
    }

    private static Ui changed(Ui ui, int replica, long later, Digest digest, byte[] tag) {
        return new Ui(replica, ui.epoch(), ui.lane(), ui.counter() + later, ui.view(), ui.checkpoint(), digest, tag);
    }

    @Test
    void aComponentThatLostItsCountersDoesNotStart() throws Exception {
        Files.delete(place.state().resolve("counters"));
        Throwable refusal = catchThrowable(this::open);
        assertThat(refusal).isInstanceOf(IOException.class).hasMessageContaining("but not its counters");
    }

    @Test
    void oneWhoseStateIsElsewhereIsNotStartedAnew() throws Exception {
        Files.delete(place.state().resolve("identity"));
        Throwable refusal = catchThrowable(this::open);
        assertThat(refusal).isInstanceOf(IOException.class).hasMessageContaining("no trusted component answers");
        assertThat(place.state().resolve("identity")).doesNotExist();
    }
}
