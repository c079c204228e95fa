package org.maftia.services.beacon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.testing.UnaskedContext;

/** One value a round, for whoever asks, whenever he asks, and never before its time. */
class BeaconTest {
    private static final long GENESIS = 1_700_000_000;
    private static final BeaconSchedule SCHEDULE = new BeaconSchedule(GENESIS, 30);
    private static final Key KEY = Key.dealt(1);

    private final List<Wanted> wanted = new ArrayList<>();
    private final TreeMap<RequestId, BeaconAnswer> results = new TreeMap<>();
    private Beacon beacon = beacon(KEY);
    private long sequence;

    /** Whether the group has its key by now. */
    private boolean made = true;

    private record Wanted(byte[] message, long reference) {}

    /** A key of the group with all of its signers in one place. */
    private record Key(BlsThreshold threshold, TreeMap<Integer, byte[]> shares, DiscreteLogDealer.Dealing dealing) {
        static Key dealt(long seed) {
            var dealing = DiscreteLogDealer.deal(
                    "group", "beacon", FaultStructure.threshold(4, 1).sharing(), new SeededEntropy(seed));
            return new Key(new BlsThreshold(BlsKey.of(dealing)), new TreeMap<>(), dealing);
        }

        byte[] publicKey() {
            return threshold.key().publicKey();
        }

        byte[] sign(byte[] message) {
            TreeMap<Integer, byte[]> made = new TreeMap<>();
            for (DiscreteLogShares own : dealing.shares().values()) {
                var signer = threshold.signer(own);
                signer.leaves().forEach(leaf -> made.put(leaf, signer.share(message, leaf)));
            }
            return threshold.combine(message, made).orElseThrow();
        }
    }

    private static Beacon beacon(Key key) {
        return new Beacon("beacon", key.publicKey(), SCHEDULE);
    }

    /** The group, reduced to its clock and its pen. */
    private final class Log extends UnaskedContext {
        private final long timeMicros;

        Log(long timeMicros) {
            this.timeMicros = timeMicros;
        }

        @Override
        public long timeMicros() {
            return timeMicros;
        }

        @Override
        public long index() {
            return sequence;
        }

        @Override
        public boolean isMade(String keyId) {
            return made;
        }

        @Override
        public boolean sign(String keyId, byte[] message, long reference) {
            assertThat(keyId).isEqualTo("beacon");
            assertThat(message).isEqualTo(BeaconSchedule.message(reference));
            assertThat(timeMicros)
                    .as("round %d is signed when its time has come", reference)
                    .isGreaterThanOrEqualTo(SCHEDULE.timeMicros(reference));
            wanted.add(new Wanted(message, reference));
            return true;
        }

        @Override
        public void complete(RequestId id, byte[] result) {
            results.put(id, BeaconAnswer.CODEC.decode(result));
        }
    }

    private static long seconds(long afterGenesis) {
        return (GENESIS + afterGenesis) * 1_000_000;
    }

    private RequestId ask(long round, long timeMicros) {
        return ask(new Writer().u64(round).toBytes(), timeMicros);
    }

    private RequestId ask(byte[] operation, long timeMicros) {
        RequestId id = new RequestId(0, 1, sequence++);
        byte[] result = beacon.apply(new Command(id, operation), new Log(timeMicros));
        if (result != null) {
            results.put(id, BeaconAnswer.CODEC.decode(result));
        }
        return id;
    }

    private @Nullable BeaconAnswer answer(RequestId id) {
        return results.get(id);
    }

    private void signAll(Key key, long timeMicros) {
        for (Wanted next : List.copyOf(wanted)) {
            beacon.signed(next.reference, key.sign(next.message), new Log(timeMicros));
        }
        wanted.clear();
    }

    private static byte[] signature(@Nullable BeaconAnswer answer) {
        if (answer instanceof BeaconAnswer.Signed signed) {
            return signed.signature();
        }
        throw new AssertionError("not signed: " + answer);
    }

    @Test
    void aRoundIsSignedWhenItsTimeComesBeItAskedForOrNot() {
        assertThat(beacon.dueMicros()).isEqualTo(seconds(0));
        beacon.tick(new Log(seconds(0)));
        assertThat(wanted).extracting(Wanted::reference).containsExactly(1L);
        assertThat(beacon.dueMicros()).isEqualTo(seconds(30));
        signAll(KEY, seconds(1));
        beacon.tick(new Log(seconds(31)));
        assertThat(wanted).extracting(Wanted::reference).containsExactly(2L);
        signAll(KEY, seconds(31));
        RequestId latest = ask(Beacon.NEWEST, seconds(59));
        assertThat(answer(latest)).isInstanceOfSatisfying(BeaconAnswer.Signed.class, signed -> {
            assertThat(signed.round()).isEqualTo(2);
            assertThat(BlsSignature.verify(KEY.publicKey(), BeaconSchedule.message(2), signed.signature()))
                    .isTrue();
        });
    }

    @Attack("predictable, early or corrupt coin")
    @Test
    void aRoundWhoseTimeHasNotComeIsNotSignedForAnybody() {
        long lastMicro = seconds(30) - 1;
        for (long round : new long[] {2, 3, 1000, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            assertThat(answer(ask(round, lastMicro))).isEqualTo(new BeaconAnswer.Early(1));
        }
        assertThat(answer(ask(Beacon.NEWEST, seconds(0) - 1))).isEqualTo(new BeaconAnswer.Early(0));
        assertThat(answer(ask(1, seconds(-5)))).isEqualTo(new BeaconAnswer.Early(0));
        assertThat(wanted).isEmpty();
        assertThat(beacon.dueMicros()).isEqualTo(seconds(0));
    }

    @Test
    void whoeverAsksForOneRoundHearsOneValueAndItIsSignedOnce() {
        RequestId first = ask(1, seconds(3));
        RequestId second = ask(Beacon.NEWEST, seconds(4));
        assertThat(wanted).hasSize(1);
        assertThat(answer(first)).isNull();
        signAll(KEY, seconds(5));
        RequestId third = ask(1, seconds(500));
        assertThat(wanted).isEmpty();
        assertThat(signature(answer(first)))
                .isEqualTo(signature(answer(second)))
                .isEqualTo(signature(answer(third)));
    }

    /** A group that was away for a day does not sign a day of rounds: it has them when somebody wants them. */
    @Test
    void missedRoundsAndForgottenOnesComeOutTheSame() {
        beacon.tick(new Log(seconds(0)));
        signAll(KEY, seconds(0));
        byte[] first = signature(answer(ask(1, seconds(1))));
        beacon.tick(new Log(seconds(86_400)));
        assertThat(wanted).extracting(Wanted::reference).containsExactly(2881L);
        signAll(KEY, seconds(86_400));
        RequestId missed = ask(1500, seconds(86_401));
        signAll(KEY, seconds(86_401));
        assertThat(BlsSignature.verify(KEY.publicKey(), BeaconSchedule.message(1500), signature(answer(missed))))
                .isTrue();
        for (long round = 2882; round < 2882 + Beacon.KEPT; round++) {
            beacon.tick(new Log(SCHEDULE.timeMicros(round)));
            beacon.signed(round, new byte[48], new Log(SCHEDULE.timeMicros(round)));
        }
        wanted.clear();
        RequestId forgotten = ask(1, seconds(1_000_000));
        assertThat(answer(forgotten)).isNull();
        signAll(KEY, seconds(1_000_000));
        assertThat(signature(answer(forgotten))).isEqualTo(first);
    }

    @Attack("client flood")
    @Test
    void wishesForOldRoundsAreBoundedAndDoNotKeepTheNewestOut() {
        beacon.tick(new Log(seconds(86_400)));
        for (long round = 1; round < Beacon.PENDING_MAX; round++) {
            assertThat(answer(ask(round, seconds(86_401)))).isNull();
        }
        assertThat(answer(ask(2000, seconds(86_402)))).isEqualTo(new BeaconAnswer.Busy());
        beacon.tick(new Log(seconds(86_430)));
        assertThat(wanted).extracting(Wanted::reference).contains(2882L).doesNotContain(2000L);
        for (int i = 0; i < Beacon.WAITING_MAX; i++) {
            assertThat(answer(ask(Beacon.NEWEST, seconds(86_431)))).isNull();
        }
        assertThat(answer(ask(Beacon.NEWEST, seconds(86_431)))).isEqualTo(new BeaconAnswer.Busy());
        for (long round = 2883; round < 3100; round++) {
            beacon.tick(new Log(SCHEDULE.timeMicros(round)));
        }
        assertThat(wanted).hasSize(Beacon.PENDING_WITH_NEW_MAX);
        copied(KEY);
    }

    /** What another beacon of the key makes of the state. */
    private Beacon copied(Key key) {
        Writer writer = new Writer();
        beacon.snapshot(writer);
        Beacon copy = beacon(key);
        copy.restore(new Reader(writer.toBytes()));
        return copy;
    }

    @Seeds(5)
    void theStateTravelsWhole(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long time = seconds(0);
        for (int i = 0; i < 100; i++) {
            time += random.nextLong(40_000_000);
            if (time >= beacon.dueMicros()) {
                beacon.tick(new Log(time));
            }
            ask(random.nextLong(60), time);
            if (random.nextInt(3) == 0) {
                signAll(KEY, time);
            }
            Beacon copy = copied(KEY);
            assertThat(copy.root()).isEqualTo(beacon.root());
            assertThat(copy.dueMicros()).isEqualTo(beacon.dueMicros());
            assertThat(copy.view().root()).isEqualTo(beacon.view().root());
        }
        signAll(KEY, time);
        assertThat(results).hasSize(100);
    }

    /** Rounds that came meanwhile are signed when somebody asks, as those are that came while nobody could agree. */
    @Test
    void whileTheGroupMakesTheKeyNothingIsSignedAndWhoeverAsksIsTold() {
        beacon = Beacon.ofMadeKey("beacon", new byte[16], SCHEDULE);
        made = false;
        beacon.tick(new Log(seconds(0)));
        assertThat(beacon.dueMicros()).isEqualTo(seconds(30));
        assertThat(answer(ask(0, seconds(5)))).isEqualTo(new BeaconAnswer.Unmade());
        assertThat(answer(ask(1, seconds(6)))).isEqualTo(new BeaconAnswer.Unmade());
        assertThat(answer(ask(7, seconds(7)))).isEqualTo(new BeaconAnswer.Early(1));
        assertThat(wanted).isEmpty();
        made = true;
        RequestId asked = ask(0, seconds(9));
        signAll(KEY, seconds(9));
        assertThat(answer(asked)).isInstanceOf(BeaconAnswer.Signed.class);
        beacon.tick(new Log(seconds(30)));
        assertThat(wanted).extracting(Wanted::reference).containsExactly(2L);
    }

    /** The new one is not there yet: who waited for a value of the old one asks again, and nothing is open that nobody signs. */
    @Test
    void aKeyThatIsMadeAnewBeginsWithNobodyWaiting() {
        beacon = Beacon.ofMadeKey("beacon", new byte[] {1}, SCHEDULE);
        beacon.tick(new Log(seconds(0)));
        signAll(KEY, seconds(0));
        ask(2, seconds(31));
        Writer writer = new Writer();
        beacon.snapshot(writer);
        Beacon same = Beacon.ofMadeKey("beacon", new byte[] {1}, SCHEDULE);
        same.restore(new Reader(writer.toBytes()));
        assertThat(same.root()).isEqualTo(beacon.root());
        beacon = Beacon.ofMadeKey("beacon", new byte[] {2}, SCHEDULE);
        beacon.restore(new Reader(writer.toBytes()));
        assertThat(beacon.view().root()).isEqualTo(Digest.ZERO);
        wanted.clear();
        made = false;
        assertThat(answer(ask(2, seconds(32)))).isEqualTo(new BeaconAnswer.Unmade());
        made = true;
        RequestId again = ask(2, seconds(33));
        assertThat(wanted).hasSize(1);
        signAll(KEY, seconds(33));
        assertThat(answer(again)).isInstanceOf(BeaconAnswer.Signed.class);
    }

    /** No value of the old key is passed off as one of the new key's; who waits gets that of the new one. */
    @Test
    void aKeyDealtAnewBeginsWithoutTheValuesOfTheOldOne() {
        Key next = Key.dealt(2);
        beacon.tick(new Log(seconds(0)));
        signAll(KEY, seconds(0));
        beacon.tick(new Log(seconds(30)));
        RequestId waiting = ask(2, seconds(31));
        beacon = copied(next);
        assertThat(beacon.dueMicros()).isEqualTo(seconds(60));
        signAll(next, seconds(32));
        assertThat(BlsSignature.verify(next.publicKey(), BeaconSchedule.message(2), signature(answer(waiting))))
                .isTrue();
        RequestId old = ask(1, seconds(33));
        assertThat(answer(old)).isNull();
        signAll(next, seconds(33));
        assertThat(BlsSignature.verify(next.publicKey(), BeaconSchedule.message(1), signature(answer(old))))
                .isTrue();
    }

    @Attack("hostile bytes")
    @Test
    void whatIsNoCommandIsAnsweredAndStatesThatAreTooLargeAreRefused() {
        for (int length : new int[] {0, 7, 9, 1000}) {
            assertThat(answer(ask(new byte[length], seconds(3)))).isEqualTo(new BeaconAnswer.Malformed());
        }
        assertThat(wanted).isEmpty();
        Writer writer = new Writer();
        beacon.snapshot(writer);
        byte[] state = writer.toBytes();
        state[41] = 1; // of the number of signatures
        assertThatThrownBy(() -> beacon.restore(new Reader(state))).isInstanceOf(MalformedException.class);
    }

    @Test
    void theScheduleHasARoundForEveryMomentAndAMomentForEveryRound() {
        for (long round = 1; round < 1000; round++) {
            long time = SCHEDULE.timeMicros(round);
            assertThat(SCHEDULE.roundAt(time)).isEqualTo(round);
            assertThat(SCHEDULE.roundAt(time - 1)).isEqualTo(round - 1);
            assertThat(SCHEDULE.roundAt(time + 29_999_999)).isEqualTo(round);
        }
        assertThat(SCHEDULE.timeMicros(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(SCHEDULE.roundAt(0)).isZero();
        assertThat(SCHEDULE.roundAt(Long.MIN_VALUE)).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new BeaconSchedule(-1, 30));
        assertThatIllegalArgumentException().isThrownBy(() -> new BeaconSchedule(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new BeaconSchedule(Long.MAX_VALUE, 1));
    }

    /** Round 1000 of drand's quicknet: what it signs, and what comes of it, as its servers have published. */
    @Test
    void messageAndValueAreTheOnesOfDrand() {
        HexFormat hex = HexFormat.of();
        byte[] publicKey = hex.parseHex(
                "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
                        + "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a");
        byte[] signature = hex.parseHex(
                "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39");
        assertThat(BlsSignature.verify(publicKey, BeaconSchedule.message(1000), signature))
                .isTrue();
        assertThat(BeaconSchedule.randomness(signature))
                .isEqualTo(hex.parseHex("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"));
    }

    @Test
    void theCodecIsCanonical() {
        CodecCheck.check(
                BeaconAnswer.CODEC,
                List.of(
                        new BeaconAnswer.Signed(7, new byte[48]),
                        new BeaconAnswer.Early(6),
                        new BeaconAnswer.Busy(),
                        new BeaconAnswer.Malformed(),
                        new BeaconAnswer.Unmade()));
    }
}
