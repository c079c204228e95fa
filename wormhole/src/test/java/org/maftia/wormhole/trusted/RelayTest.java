package org.maftia.wormhole.trusted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.AgreementTag;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.ControlMessage;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.Outcome;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.Handshake;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.InnerTransport;
import org.maftia.wormhole.sim.SeededRandom;
import org.maftia.wormhole.sim.SimulatedClocks;

/** Hosts carry the messages of an agreement by frames, as the process back end has it. */
class RelayTest {
    private static final Stream GROUP = new Stream(1, 2, 0);
    private static final Digest VALUE = Digest.of(new SeededRandom(1).generateSeed(Digest.LENGTH));
    private final SimulatedClocks clocks = new SimulatedClocks();
    private final List<Component> components = new ArrayList<>();
    private final List<Ttcb> ttcbs = new ArrayList<>();
    private final List<Eid> list = new ArrayList<>();

    private Component component(int ttcb, boolean persistent, Setup.@Nullable Kept kept) {
        Capabilities capabilities = new Capabilities(
                1, EpochSource.SEED, true, false, persistent, 16, true, false, EnumSet.of(TagProfile.P256), List.of());
        return new Component(
                new Setup(
                        GROUP,
                        ttcb,
                        0,
                        1,
                        TagProfile.P256,
                        capabilities,
                        EpochIdentity.signingPair(new SeededRandom(2, ttcb)),
                        kept,
                        null),
                new SeededRandom(3, ttcb),
                CounterRecord.NONE,
                clocks,
                new Guard(clocks, false, 1),
                new RelayedChannel(1_000, 100));
    }

    @BeforeEach
    void group() {
        List<TrustedView.Member> members = new ArrayList<>();
        for (int ttcb = 0; ttcb < 3; ttcb++) {
            Component component = component(ttcb, false, null);
            components.add(component);
            Ttcb session = FramedTtcb.connect(new InnerTransport(component), null, new SeededRandom(4, ttcb));
            ttcbs.add(session);
            list.add(session.party());
            members.add(new TrustedView.Member(
                    ttcb, 1, session.identity().evidence().keys()));
        }
        TrustedView view = new TrustedView(0, 0, members, List.of(1L, 2L, 4L));
        ttcbs.forEach(each -> each.install(view, new byte[0], List.of()));
    }

    /** All hosts wake their components and carry what there is, but to and from those that are cut off. */
    private int carry(int cutOff) {
        components.forEach(component -> component.wake(clocks.monotonicNanos()));
        int carried = 0;
        for (int from = 0; from < 3; from++) {
            Optional<ControlMessage> message = ttcbs.get(from).takeMessage();
            while (message.isPresent()) {
                int to = message.get().member();
                if (from != cutOff && to != cutOff) {
                    ttcbs.get(to).giveMessage(message.get().bytes());
                    carried++;
                }
                message = ttcbs.get(from).takeMessage();
            }
        }
        return carried;
    }

    private AgreementTag propose(int ttcb) {
        return ttcbs.get(ttcb).propose(list, clocks.realMicros() + 5_000, Decision.RMULTICAST, VALUE);
    }

    @Test
    void aLongListTravelsInParts() {
        while (list.size() < 32) {
            list.add(new Eid(2, 100 + list.size(), 1));
        }
        AgreementTag tag = propose(0);
        int carried = 0;
        for (int i = 0; i < 10; i++) {
            clocks.advance(1_000);
            carried += carry(-1);
        }

        assertThat(carried).isPositive();
        for (Ttcb each : ttcbs) {
            assertThat(((Outcome.Decided) each.decide(tag)).certificate().value())
                    .isEqualTo(VALUE);
        }
    }

    @Test
    void whoWasCutOffLearnsTheOutcomeLater() {
        AgreementTag tag = propose(0);
        propose(2);
        for (int i = 0; i < 10; i++) {
            clocks.advance(1_000);
            carry(2);
        }
        assertThat(ttcbs.get(1).decide(tag)).isInstanceOf(Outcome.Decided.class);
        assertThat(ttcbs.get(2).decide(tag)).isInstanceOf(Outcome.FailedTimely.class);
        for (int i = 0; i < 200; i++) {
            clocks.advance(1_000);
            carry(-1);
        }

        assertThat(((Outcome.Decided) ttcbs.get(2).decide(tag)).certificate().value())
                .isEqualTo(VALUE);
    }

    @Test
    void whatAHostAltersOrInventsIsDropped() {
        AgreementTag tag = propose(0);
        clocks.advance(6_000);
        components.getFirst().wake(clocks.monotonicNanos());
        byte[] message = ttcbs.getFirst().takeMessage().orElseThrow().bytes();
        for (int at = 0; at < message.length; at += 7) {
            byte[] altered = message.clone();
            altered[at] ^= 4;
            ttcbs.get(1).giveMessage(altered);
        }
        ttcbs.get(1).giveMessage(new byte[0]);
        ttcbs.get(1).giveMessage(new byte[2_048]);

        assertThat(ttcbs.get(1).decide(tag)).as("nothing of it was heard").isEqualTo(new Outcome.Unknown());
        assertThatThrownBy(() -> ttcbs.get(1).giveMessage(new byte[2_049])).isInstanceOf(RefusedException.class);
        ttcbs.get(1).giveMessage(message);
        assertThat(ttcbs.get(1).decide(tag)).isNotEqualTo(new Outcome.Unknown());
    }

    /** Replaces the component by one that its host starts again in the same epoch, with the same keys. */
    private void restart(int ttcb, Setup.Kept kept, TrustedView view) {
        Component again = component(ttcb, true, kept);
        components.set(ttcb, again);
        ttcbs.set(ttcb, FramedTtcb.connect(new InnerTransport(again), null, new SeededRandom(5, ttcb)));
        ttcbs.get(ttcb).install(view, new byte[0], List.of());
    }

    @Test
    void aComponentWhoseHostStartsItAgainInAnAgreementForgetsItsVotesAndCastsNoOthers() {
        Setup.Kept kept =
                new Setup.Kept(EpochIdentity.signingPair(new SeededRandom(6)), Handshake.pair(new SeededRandom(7)));
        Component persistent = component(1, true, kept);
        components.set(1, persistent);
        ttcbs.set(1, FramedTtcb.connect(new InnerTransport(persistent), null, new SeededRandom(5, 1)));
        List<TrustedView.Member> members = new ArrayList<>();
        for (Ttcb each : ttcbs) {
            members.add(new TrustedView.Member(
                    each.identity().header().ttcb(),
                    1,
                    each.identity().evidence().keys()));
        }
        TrustedView view = new TrustedView(1, 0, members, List.of(1L, 2L, 4L));
        ttcbs.set(0, renewed(0, view));
        ttcbs.get(1).install(view, new byte[0], List.of());
        ttcbs.set(2, renewed(2, view));
        list.set(0, ttcbs.get(0).party());
        list.set(1, ttcbs.get(1).party());
        list.set(2, ttcbs.get(2).party());

        AgreementTag tag = propose(0);
        propose(2);
        for (int i = 0; i < 10; i++) {
            clocks.advance(1_000);
            carry(2);
        }
        assertThat(((Outcome.Decided) ttcbs.get(0).decide(tag)).certificate().value())
                .as("0 and 1 are a quorum")
                .isEqualTo(VALUE);

        restart(1, kept, view);
        for (int i = 0; i < 400; i++) {
            clocks.advance(1_000);
            carry(0);
        }
        assertThat(ttcbs.get(2).decide(tag))
                .as("1 and 2 would be a quorum, too, and know nothing of the value")
                .isNotInstanceOf(Outcome.Decided.class);
        for (int i = 0; i < 4_000; i++) {
            clocks.advance(1_000);
            carry(-1);
        }
        assertThat(((Outcome.Decided) ttcbs.get(2).decide(tag)).certificate().value())
                .isEqualTo(VALUE);
    }

    /** A fresh component with the keys of the seed, in this view. */
    private Ttcb renewed(int ttcb, TrustedView view) {
        Component fresh = component(ttcb, false, null);
        components.set(ttcb, fresh);
        Ttcb session = FramedTtcb.connect(new InnerTransport(fresh), null, new SeededRandom(4, ttcb));
        session.install(view, new byte[0], List.of());
        return session;
    }
}
