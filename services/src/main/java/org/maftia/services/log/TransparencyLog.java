package org.maftia.services.log;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.MerkleMap;
import org.maftia.core.replica.Recorder;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The log as a state machine: entries get their index when they are recorded; once a second, if there are new ones, a head is
 * proposed, which replicas sign once what it covers is on their disks; it is published when the witnesses suffice. Entries stay
 * in the state until then, so that what is recorded is never lost; older ones only the shells keep.
 */
public final class TransparencyLog implements StateMachine, Recorder {
    /** The name under which a group runs it. */
    public static final String NAME = "log";

    /** Numbers below are those of gateways, for which nobody vouches. */
    private static final int GATEWAYS = ReplicaSet.SIZE_MAX;

    private static final long HEAD_MICROS = 1_000_000;

    /** A head that so few sign in this time makes room for a newer one. */
    private static final long PATIENCE_MICROS = 5_000_000;

    private static final long MICROS = 1_000_000;

    private final String origin;
    private final List<LogMember> members;
    private final WitnessRule rule;
    private final Verifier clients;
    private final Digest membersDigest;

    private CompactRange range = new CompactRange();
    private LogWindow window = new LogWindow();
    private @Nullable LogHead proposed;
    private @Nullable LogHead published;

    /** As a note: it outlives the members whose lines it has. */
    private String note = "";

    private long publishedSize;
    private long headMicros;

    /** Members that signed two roots for one size: their signatures count no more. */
    private ReplicaSet convicted = ReplicaSet.EMPTY;

    /**
     * @param origin names the log, for as long as the group lives
     * @param members by index
     * @param clients judges what clients sign, by their numbers
     */
    public TransparencyLog(String origin, List<LogMember> members, WitnessRule rule, Verifier clients) {
        this.origin = origin;
        this.members = List.copyOf(members);
        this.rule = rule;
        this.clients = clients;
        Transcript transcript = Transcript.of("log members");
        members.forEach(member ->
                transcript.field(member.log().text()).field(member.witness().text()));
        this.membersDigest = transcript.digest();
    }

    @Override
    public byte[] apply(Command command, Context context) {
        return LogAnswer.CODEC.encode(answer(command, context));
    }

    private LogAnswer answer(Command command, Context context) {
        try {
            return switch (LogOperation.CODEC.decode(command.operation())) {
                case LogOperation.Append append -> append(command.id().client(), append, context);
                case LogOperation.Cosign cosign -> cosign(cosign, context);
            };
        } catch (MalformedException e) {
            return new LogAnswer.Malformed();
        }
    }

    private LogAnswer append(int sender, LogOperation.Append append, Context context) {
        boolean itself = sender >= GATEWAYS && sender == append.client();
        if (!itself
                && !clients.verify(
                        append.client(), LogOperation.entryDigest(origin, append.body()), append.signature())) {
            return new LogAnswer.Refused();
        }
        boolean room = window.hasRoomForClients(LogEntry.HEADER_LENGTH + append.body().length);
        long index = room ? record(NAME, LogEntry.USER, append.body(), context.timeMicros()) : -1;
        return index < 0 ? new LogAnswer.Busy() : new LogAnswer.Recorded(index);
    }

    @Override
    public long record(String service, int kind, byte[] body, long timeMicros) {
        if (body.length > LogEntry.BODY_LENGTH_MAX || kind < 0 || kind > 255) {
            return -1;
        }
        byte[] entry = new LogEntry(kind, timeMicros, body).encoded();
        if (!window.hasRoom(entry.length)) {
            return -1;
        }
        long index = range.size();
        range.append(LogTree.leaf(entry));
        window.add(entry);
        return index;
    }

    private LogAnswer cosign(LogOperation.Cosign cosign, Context context) {
        int member = cosign.member();
        if (member >= members.size() || convicted.contains(member)) {
            return new LogAnswer.Refused();
        }
        LogHead head = head(cosign.size());
        if (head == null || head.signers().contains(member)) {
            return new LogAnswer.Heard();
        }
        LogCheckpoint claimed = new LogCheckpoint(origin, cosign.size(), cosign.root());
        LogMember signer = members.get(member);
        boolean logged = signer.log().verifies(claimed.body(), cosign.log());
        boolean witnessed = signer.witness().verifies(claimed.body(), cosign.witness());
        if (!claimed.equals(head.checkpoint())) {
            return logged || witnessed ? convict(cosign, context) : new LogAnswer.Refused();
        }
        if (!logged || !witnessed || !isOf(head, cosign)) {
            return new LogAnswer.Refused();
        }
        head.take(cosign);
        publish(head);
        return new LogAnswer.Heard();
    }

    /** Whether a line of a witness, which is one, names the time of the head. */
    private static boolean isOf(LogHead head, LogOperation.Cosign cosign) {
        return new Reader(cosign.witness()).u64() == head.seconds();
    }

    private @Nullable LogHead head(long size) {
        LogHead next = proposed;
        LogHead last = published;
        if (next != null && next.checkpoint().size() == size) {
            return next;
        }
        return last != null && last.checkpoint().size() == size ? last : null;
    }

    /** The replica signed a root that the log does not have: everybody may see it. */
    private LogAnswer convict(LogOperation.Cosign cosign, Context context) {
        convicted = convicted.with(cosign.member());
        record(NAME, LogEntry.KEY_EVENT, LogOperation.CODEC.encode(cosign), context.timeMicros());
        return new LogAnswer.Refused();
    }

    /** Lines that come late make the note better, too. */
    private void publish(LogHead head) {
        if (head == proposed && rule.holds(head.signers())) {
            published = head;
            proposed = null;
            publishedSize = head.checkpoint().size();
            window.published(publishedSize);
        }
        if (head == published) {
            note = head.signed(members).text();
        }
    }

    @Override
    public long dueMicros() {
        LogHead next = proposed;
        long covered = next == null ? publishedSize : next.checkpoint().size();
        if (range.size() == covered) {
            return Long.MAX_VALUE;
        }
        return headMicros + (next == null ? HEAD_MICROS : PATIENCE_MICROS);
    }

    @Override
    public void tick(Context context) {
        headMicros = context.timeMicros();
        proposed = new LogHead(new LogCheckpoint(origin, range.size(), range.root()), headMicros / MICROS);
    }

    @Override
    public byte @Nullable [] peek(byte[] question) {
        try {
            return switch (LogState.Question.CODEC.decode(question)) {
                case LogState.Question.State state -> LogState.CODEC.encode(state());
                case LogState.Question.Entries entries ->
                    LogState.ENTRIES.encode(window.from(entries.from(), LogState.ENTRIES_BYTES_MAX));
            };
        } catch (MalformedException e) {
            return null;
        }
    }

    private LogState state() {
        LogHead next = proposed == null ? published : proposed;
        LogState.Wanted wanted = next == null
                ? null
                : new LogState.Wanted(
                        next.checkpoint().size(), next.checkpoint().root(), next.seconds(), next.signers());
        return new LogState(range.size(), range.root(), window.first(), note, wanted);
    }

    /** {@code checkpoint}: the newest published head as a note. */
    @Override
    public MerkleMap view() {
        return note.isEmpty()
                ? MerkleMap.EMPTY
                : MerkleMap.EMPTY.with("checkpoint", note.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void snapshot(Writer writer) {
        writer.digest(membersDigest);
        range.write(writer);
        window.write(writer);
        writer.u64(publishedSize).u64(headMicros).u64(convicted.bits());
        writer.opaque32(note.getBytes(StandardCharsets.UTF_8));
        write(writer, proposed);
        write(writer, published);
    }

    private static void write(Writer writer, @Nullable LogHead head) {
        writer.bool(head != null);
        if (head != null) {
            head.write(writer);
        }
    }

    /** Where other replicas are members now, heads are signed anew; the published note stays until then. */
    @Override
    public void restore(Reader reader) {
        boolean same = reader.digest().equals(membersDigest);
        range = CompactRange.read(reader);
        window = LogWindow.read(reader);
        publishedSize = reader.count();
        headMicros = reader.count();
        convicted = new ReplicaSet(reader.u64());
        note = new String(reader.opaque32(2 * SignedCheckpoint.LENGTH_MAX), StandardCharsets.UTF_8);
        proposed = read(reader);
        published = read(reader);
        reader.end();
        if (!same) {
            convicted = ReplicaSet.EMPTY;
            LogHead last = proposed == null ? published : proposed;
            proposed = last == null ? null : new LogHead(last.checkpoint(), last.seconds());
            published = null;
        }
    }

    private @Nullable LogHead read(Reader reader) {
        return reader.bool() ? LogHead.read(reader, origin) : null;
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(1024);
        snapshot(writer);
        return Transcript.of("log").field(writer.toBytes()).digest();
    }
}
