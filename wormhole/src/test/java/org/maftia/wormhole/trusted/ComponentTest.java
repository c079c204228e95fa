package org.maftia.wormhole.trusted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.Frame;
import org.maftia.wormhole.frame.Handshake;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.InnerTransport;
import org.maftia.wormhole.host.Transport;
import org.maftia.wormhole.sim.SeededRandom;
import org.maftia.wormhole.sim.SimulatedClocks;

/** What an intruder on the host can do with frames: nothing that he could not ask for. */
class ComponentTest {
    private static final Stream GROUP = new Stream(1, 2, 0);
    private static final Stream STREAM = GROUP.with(5);
    private Component component;
    private final List<byte[]> requests = new ArrayList<>();
    private final byte[] reply = new byte[Frame.LENGTH];

    @BeforeEach
    void start() {
        SimulatedClocks clocks = new SimulatedClocks();
        Capabilities capabilities = new Capabilities(
                1, EpochSource.SEED, true, false, false, 16, true, false, EnumSet.of(TagProfile.HMAC), List.of());
        component = new Component(
                new Setup(
                        GROUP,
                        0,
                        0,
                        1,
                        TagProfile.HMAC,
                        capabilities,
                        EpochIdentity.signingPair(new SeededRandom(1)),
                        null,
                        new byte[32]),
                new SeededRandom(2),
                CounterRecord.NONE,
                clocks,
                new Guard(clocks, false, 1),
                ControlChannel.NONE);
    }

    private Ttcb connect(int session) {
        Transport line = new Transport() {
            @Override
            public void exchange(byte[] request, byte[] answer) {
                requests.add(request.clone());
                component.serve(request, answer);
            }

            @Override
            public void close() {}
        };
        return FramedTtcb.connect(line, null, new SeededRandom(3, session));
    }

    private int code(byte[] request) {
        component.serve(request, reply);
        return BigEndian.u8(reply, Frame.CODE);
    }

    @Test
    void aFrameThatIsPlayedAgainIsRefused() {
        Ttcb ttcb = connect(1);
        ttcb.createUi(STREAM, 0, Digest.ZERO);

        assertThat(code(requests.getLast())).isEqualTo(Refusal.NOT_AUTHENTICATED.code());
        assertThat(ttcb.createUi(STREAM, 0, Digest.ZERO).counter()).isEqualTo(2);
    }

    @Test
    void aFrameWithAnyBitAlteredChangesNothing() {
        Ttcb ttcb = connect(1);
        ttcb.createUi(STREAM, 0, Digest.ZERO);
        byte[] next = requests.getLast().clone();
        int used = Frame.PAYLOAD + BigEndian.u16(next, Frame.PAYLOAD_LENGTH);
        BigEndian.u64(next, Frame.SEQUENCE, 2); // the right turn, the wrong MAC
        for (int bit = 0; bit < used * 8; bit++) {
            byte[] altered = next.clone();
            altered[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(code(altered)).as("bit %s", bit).isNotZero();
        }

        assertThat(ttcb.createUi(STREAM, 0, Digest.ZERO).counter()).isEqualTo(2);
    }

    @Test
    void framesOfNobodyAreRefusedWhateverTheySay() {
        Ttcb ttcb = connect(1);
        SplittableRandom random = new SplittableRandom(4);
        byte[] frame = new byte[Frame.LENGTH];
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(frame);
            frame[Frame.OPERATION] = (byte) random.nextInt(Frame.SESSION, 256);
            frame[Frame.SLOT] = 0;
            frame[Frame.SLOT + 1] = 1;
            assertThat(code(frame)).isNotZero();
        }

        assertThat(ttcb.createUi(STREAM, 0, Digest.ZERO).counter()).isEqualTo(1);
    }

    /** An intruder who has the session may send any payload under its key: refusals, never an exception. */
    @Test
    void whateverASessionSendsItsComponentSurvives() {
        FuzzedLine line = new FuzzedLine(5);
        Ttcb ttcb = FramedTtcb.connect(line, null, new SeededRandom(3, 2));
        assertThat(ttcb.createUi(STREAM, 0, Digest.ZERO).counter()).isEqualTo(1);
        int answered = 0;
        for (int i = 0; i < 20_000; i++) {
            if (line.send()) {
                answered++;
            }
        }

        assertThat(answered).as("some of it is even in order").isPositive();
        assertThat(connect(9).createUi(STREAM.with(1_000), 0, Digest.ZERO).counter())
                .isEqualTo(1);
    }

    /** A session whose requests are under its key, and otherwise what chance makes of them. */
    private final class FuzzedLine implements Transport {
        private final SplittableRandom random;
        private long sequence;
        private @Nullable Mac mac;
        private int slot;

        FuzzedLine(long seed) {
            random = new SplittableRandom(seed);
        }

        @Override
        public void exchange(byte[] request, byte[] answer) {
            component.serve(request, answer);
        }

        boolean send() {
            if (mac == null) {
                mac = greet();
            }
            byte[] frame = new byte[Frame.LENGTH];
            random.nextBytes(frame);
            int operation = random.nextInt(Frame.SESSION, 40);
            if (operation == Frame.BYE || operation == Frame.EXECUTE_AT) {
                operation = Frame.VERIFY; // neither farewell nor a wish to have all keys erased
            }
            BigEndian.u8(frame, Frame.OPERATION, operation);
            int length = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(Frame.PAYLOAD_MAX + 1);
                case 1 -> random.nextInt(64);
                case 2 -> 5;
                default -> Frame.STREAM_LENGTH + 4 * random.nextInt(12) + random.nextInt(2);
            };
            BigEndian.u16(frame, Frame.PAYLOAD_LENGTH, length);
            if (random.nextInt(2) == 0) {
                BigEndian.u64(frame, Frame.PAYLOAD, GROUP.groupHigh());
                BigEndian.u64(frame, Frame.PAYLOAD + 8, GROUP.groupLow());
                BigEndian.u32(frame, Frame.PAYLOAD + 16, random.nextInt(4));
                BigEndian.u32(frame, Frame.PAYLOAD + 20, random.nextInt(20));
            }
            BigEndian.u16(frame, Frame.SLOT, slot);
            BigEndian.u64(frame, Frame.SEQUENCE, ++sequence);
            HmacSealer.compute(mac, frame, 0, Frame.PAYLOAD + length, frame, Frame.MAC);
            int code = code(frame);
            assertThat(code).isNotEqualTo(Refusal.NOT_AUTHENTICATED.code());
            return code == 0;
        }

        private Mac greet() {
            var pair = Handshake.pair(new SeededRandom(11));
            byte[] own = Handshake.publicBytes(pair);
            byte[] frame = new byte[Frame.LENGTH];
            BigEndian.u8(frame, Frame.OPERATION, Frame.HELLO);
            BigEndian.u16(frame, Frame.PAYLOAD_LENGTH, 32);
            System.arraycopy(own, 0, frame, Frame.PAYLOAD, 32);
            assertThat(code(frame)).isZero();
            var eid = Eid.at(reply, Frame.PAYLOAD);
            byte[] peer = Arrays.copyOfRange(reply, Frame.PAYLOAD + 12, Frame.PAYLOAD + 44);
            slot = eid.slot();
            try {
                return HmacSealer.mac(
                        Handshake.sessionKeys(pair.getPrivate(), peer, Handshake.transcript(own, peer, eid))[0]);
            } catch (InvalidKeyException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {}
    }

    @Test
    void sessionsAreBoundedAndTheirPlacesComeFreeAgain() {
        List<Ttcb> sessions = new ArrayList<>();
        for (int i = 0; i < Sessions.SESSIONS_MAX; i++) {
            sessions.add(connect(i));
        }
        assertThat(refusal(() -> connect(99))).isEqualTo(Refusal.TOO_MANY_SESSIONS);
        var first = sessions.getFirst().party();
        sessions.getFirst().close();

        assertThat(connect(100).party()).as("a name is never given again").isNotEqualTo(first);
    }

    @Test
    void streamsAreBounded() {
        Ttcb ttcb = connect(1);
        for (int i = 0; i < Usig.STREAMS_MAX; i++) {
            ttcb.createUi(GROUP.with(100 + i), 0, Digest.ZERO);
        }

        assertThat(refusal(() -> ttcb.createUi(GROUP.with(99), 0, Digest.ZERO))).isEqualTo(Refusal.TOO_MANY_STREAMS);
        assertThat(ttcb.createUi(GROUP.with(100), 0, Digest.ZERO).counter()).isEqualTo(2);
    }

    private static Refusal refusal(Runnable call) {
        try {
            call.run();
        } catch (RefusedException e) {
            return e.refusal();
        }
        throw new AssertionError("it was not refused");
    }

    @Test
    void aHostThatSpeaksWithAnotherComponentNoticesIt() {
        Transport stranger = new Transport() {
            @Override
            public void exchange(byte[] request, byte[] answer) {
                component.serve(request, answer);
                if (BigEndian.u8(request, Frame.OPERATION) == Frame.HELLO) {
                    answer[Frame.PAYLOAD + 20] ^= 1; // another key, as a man in the middle would put there
                }
            }

            @Override
            public void close() {}
        };

        assertThatThrownBy(() -> FramedTtcb.connect(stranger, null, new SeededRandom(1)))
                .isInstanceOf(StoppedException.class);
        var other = EpochIdentity.publicKey(EpochIdentity.signingPair(new SeededRandom(77)));
        assertThatThrownBy(() -> FramedTtcb.connect(new InnerTransport(component), other, new SeededRandom(1)))
                .isInstanceOf(StoppedException.class);
    }
}
