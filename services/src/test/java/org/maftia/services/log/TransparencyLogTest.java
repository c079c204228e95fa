package org.maftia.services.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Ed25519Signature;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.testing.UnaskedContext;

class TransparencyLogTest extends UnaskedContext {
    private static final String ORIGIN = "maftia/test";
    private static final int CLIENT = 64;
    private static final long SECOND = 1_000_000;

    private final TransparencyLog log = log();
    private long now = 1_700_000_000 * SECOND;
    private long sequence;

    private static byte[] secret(int number) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        Arrays.fill(secret, (byte) number);
        return secret;
    }

    private static TransparencyLog log() {
        List<LogMember> members = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            members.add(LogMember.of(
                    ORIGIN,
                    "r" + i,
                    Ed25519Certifier.publicKey(secret(2 * i)),
                    Ed25519Certifier.publicKey(secret(2 * i + 1))));
        }
        SortedMap<Integer, byte[]> clients = new TreeMap<>();
        clients.put(CLIENT, Ed25519Certifier.publicKey(secret(100)));
        return new TransparencyLog(ORIGIN, members, WitnessRule.of(Structures.FOUR), new Ed25519Verifier(clients));
    }

    private static LogPolicy policy() {
        List<LogMember> members = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            members.add(LogMember.of(
                    ORIGIN,
                    "r" + i,
                    Ed25519Certifier.publicKey(secret(2 * i)),
                    Ed25519Certifier.publicKey(secret(2 * i + 1))));
        }
        return LogPolicy.parsed(LogPolicy.text(members, WitnessRule.of(Structures.FOUR)));
    }

    private LogAnswer ask(int client, LogOperation operation) {
        RequestId id = new RequestId(client, 1, sequence++);
        return LogAnswer.CODEC.decode(log.apply(new Command(id, LogOperation.CODEC.encode(operation)), this));
    }

    private LogAnswer append(String text) {
        return ask(CLIENT, new LogOperation.Append(CLIENT, text.getBytes(StandardCharsets.UTF_8), new byte[0]));
    }

    private void tickIfDue() {
        if (now >= log.dueMicros()) {
            log.tick(this);
        }
    }

    private LogState state() {
        byte[] question = LogState.Question.CODEC.encode(new LogState.Question.State());
        return LogState.CODEC.decode(Objects.requireNonNull(log.peek(question)));
    }

    private List<byte[]> entries(long from) {
        byte[] question = LogState.Question.CODEC.encode(new LogState.Question.Entries(from));
        return LogState.ENTRIES.decode(Objects.requireNonNull(log.peek(question)));
    }

    private LogAnswer cosign(int member, Digest root) {
        LogState.Wanted wanted = Objects.requireNonNull(state().wanted());
        String body = new LogCheckpoint(ORIGIN, wanted.size(), root).body();
        return ask(
                member,
                new LogOperation.Cosign(
                        member,
                        wanted.size(),
                        root,
                        NoteKey.signLog(secret(2 * member), body),
                        NoteKey.cosign(secret(2 * member + 1), body, wanted.seconds())));
    }

    private Digest wantedRoot() {
        return Objects.requireNonNull(state().wanted()).root();
    }

    @Test
    void whatIsRecordedIsPublishedWhenAQuorumOfWitnessesHasSigned() throws Exception {
        assertThat(log.dueMicros()).isEqualTo(Long.MAX_VALUE);
        assertThat(append("one")).isEqualTo(new LogAnswer.Recorded(0));
        assertThat(log.record("notary", LogEntry.TIME_STAMP, new byte[] {1}, now))
                .isEqualTo(1);
        tickIfDue();
        for (int member = 0; member < 2; member++) {
            assertThat(cosign(member, wantedRoot())).isInstanceOf(LogAnswer.Heard.class);
            assertThat(state().published()).isEmpty();
        }
        cosign(2, wantedRoot());
        SignedCheckpoint published = SignedCheckpoint.parsed(state().published());
        policy().verify(published);
        assertThat(published.checkpoint().size()).isEqualTo(2);
        List<byte[]> entries = entries(0);
        assertThat(entries).hasSize(2);
        assertThat(LogEntry.decoded(entries.get(0)).body()).asString().isEqualTo("one");
        assertThat(LogTree.node(LogTree.leaf(entries.get(0)), LogTree.leaf(entries.get(1))))
                .isEqualTo(published.checkpoint().root());
        // Late lines make the note better.
        cosign(3, wantedRoot());
        assertThat(SignedCheckpoint.parsed(state().published()).lines()).hasSize(8);
        assertThat(log.dueMicros()).isEqualTo(Long.MAX_VALUE);
    }

    @Attack("a log shows two histories")
    @Test
    void whoSignsTwoRootsForOneSizeIsConvictedInTheLogItselfAndCountsNoMore() {
        append("one");
        tickIfDue();
        assertThat(cosign(1, Digest.ZERO)).isInstanceOf(LogAnswer.Refused.class);
        LogEntry evidence = LogEntry.decoded(entries(1).getFirst());
        assertThat(evidence.kind()).isEqualTo(LogEntry.KEY_EVENT);
        LogOperation.Cosign shown = (LogOperation.Cosign) LogOperation.CODEC.decode(evidence.body());
        assertThat(shown.member()).isEqualTo(1);
        assertThat(shown.root()).isEqualTo(Digest.ZERO);
        assertThat(cosign(1, wantedRoot())).isInstanceOf(LogAnswer.Refused.class);
        cosign(0, wantedRoot());
        cosign(2, wantedRoot());
        assertThat(state().published()).isEmpty();
        cosign(3, wantedRoot());
        assertThat(state().published()).isNotEmpty();
    }

    @Attack("a log shows two histories")
    @Test
    void nobodySignsForAnotherNorWithAnotherTime() {
        append("one");
        tickIfDue();
        LogState.Wanted wanted = Objects.requireNonNull(state().wanted());
        String body = new LogCheckpoint(ORIGIN, wanted.size(), wanted.root()).body();
        LogOperation.Cosign foreign = new LogOperation.Cosign(
                1,
                wanted.size(),
                wanted.root(),
                NoteKey.signLog(secret(0), body),
                NoteKey.cosign(secret(1), body, wanted.seconds()));
        assertThat(ask(0, foreign)).isInstanceOf(LogAnswer.Refused.class);
        LogOperation.Cosign late = new LogOperation.Cosign(
                1,
                wanted.size(),
                wanted.root(),
                NoteKey.signLog(secret(2), body),
                NoteKey.cosign(secret(3), body, wanted.seconds() + 1));
        assertThat(ask(1, late)).isInstanceOf(LogAnswer.Refused.class);
        assertThat(state().wanted()).isEqualTo(wanted);
    }

    /** Of the head that all want: what is too short to hold a time was read for one, and ended every replica. */
    @Attack("operations that no gateway makes")
    @Test
    void aLineThatIsTooShortIsRefused() {
        append("one");
        tickIfDue();
        LogState.Wanted wanted = Objects.requireNonNull(state().wanted());
        String body = new LogCheckpoint(ORIGIN, wanted.size(), wanted.root()).body();
        byte[] own = NoteKey.signLog(secret(2), body);
        byte[] line = NoteKey.cosign(secret(3), body, wanted.seconds());
        for (int length = 0; length < line.length; length++) {
            byte[] bare = Arrays.copyOf(line, length);
            for (byte[] log : List.of(own, bare, new byte[0])) {
                byte[] shown = Arrays.copyOf(log, Math.min(log.length, own.length));
                assertThat(ask(1, new LogOperation.Cosign(1, wanted.size(), wanted.root(), shown, bare)))
                        .isInstanceOf(LogAnswer.Refused.class);
            }
        }
        assertThat(state().wanted()).isEqualTo(wanted);
    }

    @Attack("leader forges, alters, replays requests")
    @Test
    void aGatewayBringsWhatAClientSignedAndNothingElse() {
        byte[] body = {1, 2, 3};
        byte[] signature = Ed25519Signature.sign(
                secret(100), LogOperation.entryDigest(ORIGIN, body).toBytes());
        assertThat(ask(2, new LogOperation.Append(CLIENT, body, signature))).isEqualTo(new LogAnswer.Recorded(0));
        assertThat(ask(2, new LogOperation.Append(CLIENT, new byte[] {1}, signature)))
                .isInstanceOf(LogAnswer.Refused.class);
        assertThat(ask(2, new LogOperation.Append(2, body, new byte[0]))).isInstanceOf(LogAnswer.Refused.class);
        assertThat(ask(65, new LogOperation.Append(CLIENT, body, new byte[0]))).isInstanceOf(LogAnswer.Refused.class);
    }

    @Test
    void whatWaitsForAHeadIsBoundedAndNothingOfItIsForgotten() {
        byte[] body = new byte[LogEntry.BODY_LENGTH_MAX];
        long count = 0;
        while (log.record("authority", LogEntry.TO_BE_SIGNED, body, now) >= 0) {
            count++;
        }
        assertThat(count * body.length)
                .isBetween((long) LogWindow.WAITING_BYTES_MAX / 2, (long) LogWindow.WAITING_BYTES_MAX);
        assertThat(state().first()).isZero();
        assertThat(log.record("authority", LogEntry.TO_BE_SIGNED, new byte[4], now))
                .isEqualTo(count);
        tickIfDue();
        for (int member = 0; member < 3; member++) {
            cosign(member, wantedRoot());
        }
        assertThat(state().first()).isPositive();
        assertThat(log.record("authority", LogEntry.TO_BE_SIGNED, body, now)).isEqualTo(count + 1);
        assertThat(log.record("authority", LogEntry.USER, new byte[LogEntry.BODY_LENGTH_MAX + 1], now))
                .isEqualTo(-1);
    }

    /** What services record is a condition of what they do: clients must not be able to take all of the room for it. */
    @Attack("clients: so many entries that no service can record")
    @Test
    void clientsThatFloodTheLogLeaveRoomForServices() {
        byte[] body = new byte[LogEntry.BODY_LENGTH_MAX];
        LogOperation.Append flood = new LogOperation.Append(CLIENT, body, new byte[0]);
        long count = 0;
        while (ask(CLIENT, flood) instanceof LogAnswer.Recorded) {
            count++;
        }
        assertThat(count * body.length).isLessThanOrEqualTo(LogWindow.WAITING_BYTES_MAX / 2);
        long small = 0;
        while (append("") instanceof LogAnswer.Recorded) {
            small++;
        }
        assertThat(count + small).isLessThanOrEqualTo(LogWindow.WAITING_COUNT_MAX / 2);
        assertThat(log.record("authority", LogEntry.TO_BE_SIGNED, body, now)).isEqualTo(count + small);
        tickIfDue();
        for (int member = 0; member < 3; member++) {
            cosign(member, wantedRoot());
        }
        assertThat(append("more")).isEqualTo(new LogAnswer.Recorded(count + small + 1));
    }

    @Test
    void theStateGoesOnFromItsSnapshot() {
        for (int i = 0; i < 5; i++) {
            append("entry " + i);
            now += SECOND;
            tickIfDue();
            cosign(i % 2, wantedRoot());
        }
        Writer writer = new Writer();
        log.snapshot(writer);
        TransparencyLog second = log();
        second.restore(new Reader(writer.toBytes()));
        assertThat(second.root()).isEqualTo(log.root());
        assertThat(second.dueMicros()).isEqualTo(log.dueMicros());
        assertThat(second.record("x", LogEntry.USER, new byte[0], now))
                .isEqualTo(log.record("x", LogEntry.USER, new byte[0], now));
        assertThat(second.root()).isEqualTo(log.root());
    }

    /** While a head waits for signatures the log goes on, and a newer head takes its place only after a while. */
    @Test
    void aHeadThatNobodySignsMakesRoomForANewerOne() {
        append("one");
        tickIfDue();
        append("two");
        now += 2 * SECOND;
        tickIfDue();
        assertThat(Objects.requireNonNull(state().wanted()).size()).isEqualTo(1);
        now += 5 * SECOND;
        tickIfDue();
        assertThat(Objects.requireNonNull(state().wanted()).size()).isEqualTo(2);
    }

    @Attack("hostile bytes")
    @Test
    void bytesThatAreNoOperationAreAnsweredSo() {
        byte[] answer = log.apply(new Command(new RequestId(CLIENT, 1, 0), new byte[] {9, 9}), this);
        assertThat(LogAnswer.CODEC.decode(answer)).isInstanceOf(LogAnswer.Malformed.class);
        assertThat(log.peek(new byte[] {77})).isNull();
    }

    @Override
    public long timeMicros() {
        return now;
    }

    @Override
    public long index() {
        return 1;
    }
}
