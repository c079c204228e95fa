package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Groups that change while something is wrong: crashes, replicas that were away, intruders with old or other keys. */
class LineageFaultsTest {
    private static final Configuration FOUR = LineageGroup.threshold(null, 1, 0, 1, 2, 3);
    private static final Configuration FIVE = LineageGroup.threshold(FOUR, 1, 0, 1, 2, 3, 4);

    private static final Registry KEYS = new Registry() {
        @Override
        public Verifier members(Configuration configuration) {
            return new IdealCertifier(-1);
        }

        @Override
        public Genesis genesis(Configuration configuration) {
            throw new AssertionError("readers have no keys of their own");
        }
    };

    private static LineageGroup start(Configuration first, int processes, long seed) {
        LineageGroup group = new LineageGroup(first, processes, TestGroup.Scheduler.drawn(seed, processes), seed);
        group.connectAll();
        return group;
    }

    /** From four to five, and far enough that nothing of the four is needed any more. */
    private static void grow(LineageGroup group, int... seats) {
        group.answered(group.submit(LineageGroup.signed(FIVE, 0, 0, 1)), FOUR);
        group.install(FIVE);
        work(group, 3 * LineageGroup.INTERVAL, FOUR, FIVE);
        group.settled(FIVE, seats);
    }

    private static void work(LineageGroup group, int requests, Configuration... configurations) {
        for (int i = 0; i < requests; i++) {
            group.answered(group.submit("x"), configurations);
        }
    }

    private static String address(Ready.Outgoing outgoing) {
        return address(outgoing.frame());
    }

    private static String address(byte[] frame) {
        return new String(new Reader(frame).opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
    }

    /** The whole group crashes at some moment of the change, and comes back from its journals. */
    @Seeds(24)
    void aCrashOfAllInTheMiddleOfTheChangeLosesNothing(long seed) {
        LineageGroup group = start(FOUR, 5, seed);
        List<RequestId> load = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            load.add(group.submit("x"));
        }
        group.answered(group.submit(LineageGroup.signed(FIVE, 0, 0, 1)), FOUR);
        group.install(FIVE);
        for (int i = 0; i < 3; i++) {
            load.add(group.submit("x"));
        }
        group.group.run((int) (seed * 90), () -> false);
        for (int seat = 0; seat < 5; seat++) {
            group.group.crash(seat);
        }
        group.group.flights().clear();
        for (int seat = 0; seat < 5; seat++) {
            group.group.restart(seat);
        }
        group.connectAll();
        group.install(FIVE);
        work(group, 3 * LineageGroup.INTERVAL, FOUR, FIVE);
        group.settled(FIVE, 0, 1, 2, 3, 4);
        for (RequestId id : load) {
            group.answered(id, FOUR, FIVE);
        }
        assertThat(group.text(group.submit("x"), FIVE))
                .isEqualTo(Integer.toString(load.size() + 3 * LineageGroup.INTERVAL + 1));
    }

    @Seeds(8)
    void aReplicaThatWasAwayFollowsTheChainAndFetchesTheState(long seed) {
        LineageGroup group = start(FOUR, 6, seed);
        work(group, 3, FOUR);
        int away = (int) (seed % 4);
        group.group.crash(away);
        grow(group, IntStream.range(0, 5).filter(seat -> seat != away).toArray());
        Configuration six = LineageGroup.threshold(FIVE, 1, 0, 1, 2, 3, 4, 5);
        group.answered(group.submit(LineageGroup.signed(six, 0, 0, 1)), FIVE);
        group.install(six);
        work(group, 3 * LineageGroup.INTERVAL, FIVE, six);
        group.group.restart(away);
        group.connectAll();
        group.install(six);
        work(group, 2 * LineageGroup.INTERVAL, six);
        group.settled(six, 0, 1, 2, 3, 4, 5);
        assertThat(group.lineage(away).chain()).hasSize(2);
    }

    /** The members that it knew have left and say nothing; its shell found the certificates elsewhere. */
    @Seeds(4)
    void aReplicaThatIsGivenTheChainBeginsInTheLastConfigurationOnly(long seed) {
        LineageGroup group = start(FOUR, 6, seed);
        work(group, 3, FOUR);
        int away = (int) (seed % 4);
        group.group.crash(away);
        grow(group, IntStream.range(0, 5).filter(seat -> seat != away).toArray());
        Configuration six = LineageGroup.threshold(FIVE, 1, 0, 1, 2, 3, 4, 5);
        group.answered(group.submit(LineageGroup.signed(six, 0, 0, 1)), FIVE);
        group.install(six);
        work(group, 3 * LineageGroup.INTERVAL, FIVE, six);
        group.settled(six, IntStream.range(0, 6).filter(seat -> seat != away).toArray());
        group.group.restart(away);
        assertThat(group.lineage(away).present()).isEqualTo(FOUR);
        group.group.input(away, new Input.Chain(group.lineage((away + 1) % 4).chain()));
        assertThat(group.lineage(away).present()).isEqualTo(six);
        assertThat(group.lineage(away).live()).containsExactly(2L);
        group.connectAll();
        work(group, 2 * LineageGroup.INTERVAL, six);
        group.settled(six, 0, 1, 2, 3, 4, 5);
    }

    private static List<byte[]> said(LineageGroup group, int from, int to) {
        List<byte[]> said = new ArrayList<>();
        for (TestGroup.Flight flight : group.group.flights()) {
            Reader reader = new Reader(flight.frame());
            if (flight.from() == from && flight.to() == to && reader.opaque8(Path.LENGTH_MAX).length == 0) {
                said.add(LineageMessage.CODEC.encode(LineageMessage.CODEC.read(reader)));
            }
        }
        return said;
    }

    /** Each frame arrives by itself, so that what is said about it is all that is under way. */
    private static List<byte[]> answers(LineageGroup group, byte[] frame) {
        group.group.flights().clear();
        group.group.inject(3, 0, frame);
        group.group.deliver(0);
        return said(group, 0, 3);
    }

    /** Long enough for a peer to be told again. */
    private static void pass(LineageGroup group) {
        group.connectAll();
        long begin = group.group.nowMicros();
        while (group.group.nowMicros() < begin + 200_000) {
            work(group, 1, FIVE);
        }
    }

    @Test
    void whoSpeaksOfAnotherConfigurationIsToldWhatFollowedOrAskedForIt() {
        LineageGroup group = start(FOUR, 5, 1);
        grow(group, 0, 1, 2, 3, 4);
        byte[] past = new BranchFrame(0, new byte[] {0, 1}).toBytes();
        byte[] present = new BranchFrame(1, new byte[] {0, 1}).toBytes();
        byte[] future = new BranchFrame(2, new byte[] {0, 1}).toBytes();
        LineageMessage chain = new LineageMessage.Chain(group.lineage(0).chain());
        pass(group); // what was said in the change is long ago
        assertThat(answers(group, past)).containsExactly(LineageMessage.CODEC.encode(chain));
        assertThat(answers(group, past)).as("it was told in this moment").isEmpty();
        pass(group);
        assertThat(answers(group, present)).isEmpty();
        assertThat(answers(group, future)).containsExactly(LineageMessage.CODEC.encode(new LineageMessage.Where(1)));
    }

    /** It may have voted in the new configuration before: nobody tells it but the group. */
    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(4)
    void aReplicaThatLosesItsDiskAfterTheChangeVotesOnlyOnceTheGroupHasPassedIt(long seed) {
        LineageGroup group = start(FOUR, 5, seed);
        grow(group, 0, 1, 2, 3, 4);
        int victim = (int) (seed % 5);
        group.lose(victim);
        group.group.restart(victim);
        group.connectAll();
        boolean told =
                group.group.run(100_000, () -> group.lineage(victim).present().equals(FIVE));
        assertThat(told).isTrue();
        Status status = group.lineage(victim).status();
        assertThat(status != null && status.abstaining()).isTrue();
        boolean back = group.group.run(200_000, () -> {
            Status now = group.lineage(victim).status();
            return now != null && !now.abstaining() && now.lag() == 0;
        });
        assertThat(back).as(group.standing()).isTrue();
        group.group.crash((victim + 2) % 5);
        work(group, 3, FIVE);
    }

    /** Nobody of the old configuration makes the signature: those of the new one do, with their own shares. */
    @Seeds(4)
    void aSignatureThatWaitsIsMadeWithTheNewKeys(long seed) {
        LineageGroup group = start(FOUR, 5, seed);
        for (int seat = 0; seat < 4; seat++) {
            group.group.filter(seat, outgoing -> !address(outgoing).equals("config0/sign"));
        }
        RequestId signed = group.submit("sign");
        grow(group, 0, 1, 2, 3, 4);
        assertThat(group.answered(signed, FIVE)).hasSize(32);
    }

    @Attack("old keys; two configurations on a slot")
    @Seeds(4)
    void aFaultSetOfTheOldConfigurationCannotEndItAlone(long seed) {
        LineageGroup group = start(FOUR, 5, seed);
        group.answered(group.submit(LineageGroup.signed(FIVE, 0, 0, 1)), FOUR);
        int intruder = 3;
        for (int member = 0; member < 5; member++) {
            // Its own READY is good, and so is the newcomer's; the others it can only make up.
            int signer = member == 4 ? 4 : intruder;
            byte[] signature = new IdealCertifier(signer).sign(Readiness.digest(FIVE.digest(), member, 7));
            Writer frame = BranchFrame.ofLineage();
            LineageMessage.CODEC.write(
                    frame, new LineageMessage.Ready(new Readiness(FIVE.digest(), member, 7, signature)));
            for (int seat = 0; seat < 3; seat++) {
                group.group.inject(intruder, seat, frame.toBytes());
            }
        }
        work(group, 3 * LineageGroup.INTERVAL, FOUR);
        for (int seat = 0; seat < 4; seat++) {
            assertThat(group.lineage(seat).present()).isEqualTo(FOUR);
        }
        group.install(FIVE);
        work(group, 2 * LineageGroup.INTERVAL, FOUR, FIVE);
        group.settled(FIVE, 0, 1, 2, 3, 4);
    }

    /** The certificate of a real change, with another configuration in it, or another group's keys below it. */
    @Attack("old keys; two configurations on a slot")
    @Test
    void aFalseChainMovesNobody() throws RefusedReadException {
        LineageGroup group = start(FOUR, 5, 1);
        grow(group, 0, 1, 2, 3, 4);
        ConfigurationCertificate right = group.lineage(0).chain().getFirst();
        Charter old = Charter.of(FOUR, KEYS);
        right.verify(old);
        Configuration thief = LineageGroup.threshold(FOUR, 1, 4, 1, 2, 3);
        ConfigurationCertificate wrong = new ConfigurationCertificate(thief, right.proof());
        assertThatThrownBy(() -> wrong.verify(old))
                .isInstanceOfSatisfying(
                        RefusedReadException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(RefusedReadException.Reason.NOT_IN_STATE));
        Charter other = Charter.of(LineageGroup.threshold(null, 1, 4, 3, 2, 1), KEYS);
        assertThatThrownBy(() -> right.verify(other)).isInstanceOf(RefusedReadException.class);

        LineageGroup fresh = start(FOUR, 5, 2);
        Writer frame = BranchFrame.ofLineage();
        LineageMessage.CODEC.write(frame, new LineageMessage.Chain(List.of(wrong)));
        fresh.group.inject(3, 0, frame.toBytes());
        fresh.group.run(100, () -> false);
        assertThat(fresh.lineage(0).present()).isEqualTo(FOUR);
        assertThat(fresh.group.blames(0))
                .anyMatch(blame ->
                        blame.replica() == 3 && blame.rule().equals("shows a false certificate of a configuration"));
    }

    /** Its disk is thrown back to before the change, it hears only of the past, and it leads there. */
    @Attack("old keys; two configurations on a slot")
    @Seeds(4)
    void whoGoesOnInAnOldConfigurationMovesNobody(long seed) {
        LineageGroup group = start(FOUR, 5, seed);
        work(group, 3, FOUR);
        List<byte[]> past = List.copyOf(group.group.journal(0));
        grow(group, 0, 1, 2, 3, 4);
        group.group.crash(0);
        group.group.journal(0).clear();
        group.group.journal(0).addAll(past);
        group.group.delay(flight -> flight.to() == 0);
        group.group.restart(0);
        group.group.input(0, new Input.Connected(1));
        group.group.filter(0, outgoing -> address(outgoing).startsWith("config0"));
        work(group, 2 * LineageGroup.INTERVAL, FIVE);
        assertThat(group.lineage(0).present()).isEqualTo(FOUR);
        for (int seat = 1; seat < 5; seat++) {
            assertThat(group.lineage(seat).live()).containsExactly(1L);
        }
    }

    /** Others may have gone on from there, and its state be of the past. */
    @Test
    void whoExecutedTheLastSlotAnswersNoReadsUntilItIsInTheNextConfiguration() {
        LineageGroup group = start(FOUR, 5, 3);
        assertThat(read(group, 0, 0)).isInstanceOf(Output.Unread.class);
        work(group, 3, FOUR);
        assertThat(read(group, 0, 1)).isInstanceOf(Output.Reading.class);
        group.group.delay(flight -> address(flight.frame()).equals("config0/ckpt"));
        group.answered(group.submit(LineageGroup.signed(FIVE, 0, 0, 1)), FOUR);
        group.install(FIVE);
        boolean over = group.group.run(50_000, () -> read(group, 0, 2) instanceof Output.Unread);
        assertThat(over).isTrue();
        assertThat(read(group, 0, 3))
                .isEqualTo(new Output.Unread(new RequestId(LineageGroup.CLIENT, 9, 3), "the configuration has ended"));
        group.group.delay(flight -> false);
        work(group, 2 * LineageGroup.INTERVAL, FOUR, FIVE);
        group.settled(FIVE, 0, 1, 2, 3, 4);
        boolean reads = group.group.run(50_000, () -> read(group, 0, 4) instanceof Output.Reading);
        assertThat(reads).isTrue();
    }

    private static Output read(LineageGroup group, int seat, long number) {
        byte[] call = ServiceCall.codec(100).encode(new ServiceCall("tally", new byte[0]));
        group.group.input(seat, new Input.Read(new RequestId(LineageGroup.CLIENT, 9, number), call));
        return group.group.outputs(seat).stream()
                .filter(output -> output instanceof Output.Reading || output instanceof Output.Unread)
                .reduce((before, last) -> last)
                .orElseThrow();
    }

    /** Offline, with nothing but the configuration that it knew. */
    @Test
    void aReaderWithAnOldCharterFollowsTheChainToWhatIsCertifiedNow() throws RefusedReadException {
        LineageGroup group = start(FOUR, 5, 7);
        Charter charter = Charter.of(FOUR, KEYS);
        grow(group, 0, 1, 2, 3, 4);
        CertifiedView view = group.group.outputs(1).stream()
                .filter(Output.Certified.class::isInstance)
                .map(output -> ((Output.Certified) output).view())
                .reduce((before, last) -> last)
                .orElseThrow();
        CertifiedRead read = view.read("tally", "count").orElseThrow();
        assertThatThrownBy(() -> read.verify(charter, "tally", "count", 0))
                .isInstanceOfSatisfying(
                        RefusedReadException.class,
                        refusal -> assertThat(refusal.reason())
                                .isEqualTo(RefusedReadException.Reason.OTHER_CONFIGURATION));
        Charter now = charter;
        for (ConfigurationCertificate certificate : group.lineage(2).chain()) {
            now = now.follow(certificate, KEYS);
        }
        read.verify(now, "tally", "count", 0);
        FaultStructure five = FIVE.trust();
        assertThat(now.trust().all()).isEqualTo(five.all());
    }

    @Test
    void everythingThatIsSaidOrKeptHasOneEncoding() {
        LineageGroup group = start(FOUR, 5, 1);
        grow(group, 0, 1, 2, 3, 4);
        ConfigurationCertificate certificate = group.lineage(0).chain().getFirst();
        Configuration sites = LineageGroup.sites(FIVE, 4);
        Readiness readiness = new Readiness(FIVE.digest(), 3, 9, new byte[] {1, 2});
        CodecCheck.check(Configuration.CODEC, List.of(FOUR, sites));
        CodecCheck.check(Reconfiguration.CODEC, List.of(LineageGroup.signed(sites, 3, 0, 2)));
        CodecCheck.check(Reconfiguration.Verdict.CODEC, List.of(new Reconfiguration.Verdict(false, "the sentence")));
        CodecCheck.check(ConfigurationCertificate.CODEC, List.of(certificate));
        CodecCheck.check(
                LineageMessage.CODEC,
                List.of(
                        new LineageMessage.Where(3),
                        new LineageMessage.Chain(List.of(certificate)),
                        new LineageMessage.Ready(readiness)));
        CodecCheck.check(
                LineageRecord.CODEC,
                List.of(
                        new LineageRecord.Kept(2, new byte[] {3}),
                        new LineageRecord.Followed(certificate),
                        new LineageRecord.Lost(),
                        new LineageRecord.Said(readiness)));
    }
}
