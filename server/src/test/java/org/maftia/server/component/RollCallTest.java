package org.maftia.server.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.OutcomeCertificate;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.InnerTransport;
import org.maftia.wormhole.sim.SeededRandom;
import org.maftia.wormhole.sim.SimulatedClocks;
import org.maftia.wormhole.trusted.Component;
import org.maftia.wormhole.trusted.CounterRecord;
import org.maftia.wormhole.trusted.Guard;
import org.maftia.wormhole.trusted.RelayedChannel;
import org.maftia.wormhole.trusted.Setup;

/** Three components in one trusted view, each beside a host, of which one may be anything. */
class RollCallTest {
    private static final Stream GROUP = new Stream(1, 2, 0);
    private static final int SIZE = 3;
    private static final int HOSTILE = 2;
    private static final long STEP_MICROS = 10_000;

    private final SimulatedClocks clocks = new SimulatedClocks();
    private final List<Component> components = new ArrayList<>();
    private final List<Ttcb> ttcbs = new ArrayList<>();
    private final List<RollCall> calls = new ArrayList<>();
    private final Deque<Frame> network = new ArrayDeque<>();

    /** What the network carries. */
    private Predicate<Frame> passes = frame -> true;

    private TrustedView view = new TrustedView(0, 0, members(), List.of());

    private record Frame(int from, int to, byte[] bytes) {
        int type() {
            return BigEndian.u8(bytes, 0);
        }
    }

    private List<TrustedView.Member> members() {
        List<TrustedView.Member> members = new ArrayList<>();
        for (int seat = 0; seat < SIZE; seat++) {
            Ttcb ttcb = start(seat);
            members.add(
                    new TrustedView.Member(seat, 1, ttcb.identity().evidence().keys()));
        }
        return members;
    }

    private Ttcb start(int seat) {
        Capabilities capabilities = new Capabilities(
                1, EpochSource.SEED, true, false, false, 16, true, false, EnumSet.of(TagProfile.P256), List.of());
        Component component = new Component(
                new Setup(GROUP, seat, 0, 1, TagProfile.P256, capabilities, pair(), null, null),
                new SeededRandom(3, seat),
                CounterRecord.NONE,
                clocks,
                new Guard(clocks, false, 1),
                new RelayedChannel(200_000, 100_000));
        components.add(component);
        Ttcb ttcb = FramedTtcb.connect(new InnerTransport(component), null, new SeededRandom(4, seat));
        ttcbs.add(ttcb);
        return ttcb;
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void enter() {
        view = new TrustedView(0, 0, view.members(), List.of(1L, 2L, 4L));
        for (int seat = 0; seat < SIZE; seat++) {
            int from = seat;
            ttcbs.get(seat).install(view, new byte[0], List.of());
            RollCall call = new RollCall(
                    ttcbs.get(seat), clocks::realMicros, (to, bytes) -> network.add(new Frame(from, to, bytes)));
            call.entered(0, List.of(2, 0, 1));
            calls.add(call);
        }
    }

    private void pass(long micros) {
        for (long passed = 0; passed < micros; passed += STEP_MICROS) {
            clocks.advance(STEP_MICROS);
            components.forEach(component -> component.wake(clocks.monotonicNanos()));
            calls.forEach(RollCall::tick);
            while (!network.isEmpty()) {
                Frame frame = network.remove();
                if (passes.test(frame)) {
                    calls.get(frame.to).delivered(frame.from, frame.bytes);
                }
            }
        }
    }

    /** Until some seconds after the start of the next call. */
    private void passOneCall() {
        pass(next() + 10_000_000 - clocks.realMicros());
    }

    private long next() {
        return (clocks.realMicros() / RollCall.PERIOD_MICROS + 1) * RollCall.PERIOD_MICROS;
    }

    private RollCallReport last(int seat) {
        return calls.get(seat).last().orElseThrow();
    }

    private OutcomeCertificate outcome(int seat) {
        byte[] bytes = HexFormat.of().parseHex(last(seat).certificate());
        return (OutcomeCertificate) Certificate.decode(bytes, 0, bytes.length);
    }

    @Test
    void inEveryTurnAllComponentsDecideAlike() {
        for (int turn = 0; turn < SIZE; turn++) {
            passOneCall();
            for (int seat = 0; seat < SIZE; seat++) {
                assertThat(last(seat).decided()).isTrue();
                assertThat(last(seat).present()).containsExactly(0, 1, 2);
                assertThat(last(seat).startMicros()).isEqualTo(last(0).startMicros());
                assertThat(outcome(seat).value()).isEqualTo(view.content());
                assertThat(outcome(seat).instance()).isEqualTo(outcome(0).instance());
                assertThat(ttcbs.get(0).verify(outcome(seat), view.content())).isTrue();
            }
        }
    }

    @Test
    void anOutcomeIsBelievedByTheSealOfItsComponentOnly() {
        passOneCall();
        UUID group = new UUID(1, 2);
        String certificate = last(1).certificate();
        assertThat(SealedOutcome.open(group, 1, identity(1), certificate)
                        .orElseThrow()
                        .value())
                .isEqualTo(view.content());
        assertThat(SealedOutcome.open(group, 1, identity(0), certificate)).isEmpty();
        assertThat(SealedOutcome.open(group, 0, identity(0), certificate)).isEmpty();
        assertThat(SealedOutcome.open(new UUID(1, 3), 1, identity(1), certificate))
                .isEmpty();
        assertThat(SealedOutcome.open(group, 1, identity(1), "no hex")).isEmpty();
        for (int at = 0; at < certificate.length(); at += 5) {
            char other = certificate.charAt(at) == '0' ? '1' : '0';
            String altered = certificate.substring(0, at) + other + certificate.substring(at + 1);
            assertThat(SealedOutcome.open(group, 1, identity(1), altered)).isEmpty();
        }
    }

    private ComponentIdentity identity(int seat) {
        return new ComponentIdentity(
                ttcbs.get(seat).identity().evidence().keys().signing(),
                ttcbs.get(seat).identity().evidence());
    }

    @Test
    void whoseHostIsSilentIsMissedAndNothingElse() {
        passes = frame -> frame.from != HOSTILE && frame.to != HOSTILE;
        for (int turn = 0; turn < SIZE; turn++) {
            long round = next() / RollCall.PERIOD_MICROS;
            passOneCall();
            for (int seat = 0; seat < HOSTILE; seat++) {
                if (round % SIZE == HOSTILE) {
                    assertThat(calls.get(seat).last().map(RollCallReport::startMicros))
                            .as("its turn passes without a call")
                            .isNotEqualTo(Optional.of(round * RollCall.PERIOD_MICROS));
                } else {
                    assertThat(last(seat).startMicros()).isEqualTo(round * RollCall.PERIOD_MICROS);
                    assertThat(last(seat).present()).containsExactly(0, 1);
                }
            }
        }
    }

    @Test
    void whatAHostInventsDividesNobody() {
        SeededRandom random = new SeededRandom(9);
        passes = frame -> {
            if (frame.from == HOSTILE && frame.type() == 3) {
                frame.bytes[1 + random.nextInt(frame.bytes.length - 1)] ^= 1; // a frame of its component, altered
            }
            return frame.from != HOSTILE || frame.type() != 2;
        };
        int decided = 0;
        for (int turn = 0; turn < 2 * SIZE; turn++) {
            pass(next() - 2_000_000 - clocks.realMicros());
            for (int to = 0; to < HOSTILE; to++) {
                calls.get(to).delivered(HOSTILE, new byte[0]);
                calls.get(to).delivered(HOSTILE, new byte[] {2});
                calls.get(to).delivered(HOSTILE, here(new Eid(to, 1, 1)));
                byte[] call = call(List.of(ttcbs.get(to).party()), turn < SIZE ? 0 : to);
                calls.get(to).delivered(HOSTILE, call);
                byte[] noise = new byte[1 + random.nextInt(2_100)];
                random.nextBytes(noise);
                calls.get(to).delivered(HOSTILE, noise);
            }
            passOneCall();
            boolean both = last(0).startMicros() == last(1).startMicros() && last(0).decided() && last(1).decided();
            if (both) {
                decided++;
                assertThat(outcome(0).value()).isEqualTo(outcome(1).value()).isEqualTo(view.content());
                assertThat(last(0).present()).contains(0, 1);
            }
        }
        assertThat(decided).as("in all turns but its own").isEqualTo(2 * (SIZE - 1));
    }

    private static byte[] here(Eid party) {
        byte[] frame = new byte[9 + Eid.LENGTH];
        frame[0] = 1;
        party.copyTo(frame, 9);
        return frame;
    }

    /** A call of the parties for the next start, or a little beside it. */
    private byte[] call(List<Eid> parties, long beside) {
        byte[] frame = new byte[17 + parties.size() * Eid.LENGTH];
        frame[0] = 2;
        BigEndian.u64(frame, 9, next() + beside);
        for (int k = 0; k < parties.size(); k++) {
            parties.get(k).copyTo(frame, 17 + k * Eid.LENGTH);
        }
        return frame;
    }

    @Test
    void whoSendsTooMuchIsNotHeardUntilTheNextCall() {
        passOneCall();
        int heard = 0;
        for (int i = 0; i < 10 * RollCall.FRAMES_MAX; i++) {
            heard += calls.getFirst().delivered(HOSTILE, new byte[] {3, 1}) ? 1 : 0;
        }
        assertThat(heard).isLessThanOrEqualTo(RollCall.FRAMES_MAX);
        assertThat(calls.getFirst().delivered(7, new byte[] {3}))
                .as("no member")
                .isFalse();
        passOneCall();
        assertThat(last(0).present()).contains(0, 1);
        passOneCall();
        assertThat(last(0).present()).containsExactly(0, 1, 2);
    }

    @Test
    void whoseComponentIsInAnotherViewIsNotThere() {
        calls.get(HOSTILE).entered(5, List.of(0, 1, 2)); // its host says so, and its component knows nothing of it
        for (int turn = 0; turn < SIZE; turn++) {
            passOneCall();
        }
        assertThat(last(0).present()).containsExactly(0, 1);
        assertThat(calls.get(HOSTILE).last()).isEmpty();
    }
}
