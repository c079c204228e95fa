package org.maftia.services.log;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A head on its way to be published, and afterwards: who has signed it. Part of the replicated state. */
final class LogHead {
    private final LogCheckpoint checkpoint;
    private final long seconds;
    private final SortedMap<Integer, Signatures> signatures = new TreeMap<>();

    private record Signatures(byte[] log, byte[] witness) {}

    /** @param seconds agreed time at which the log had it, since 1970 */
    LogHead(LogCheckpoint checkpoint, long seconds) {
        this.checkpoint = checkpoint;
        this.seconds = seconds;
    }

    LogCheckpoint checkpoint() {
        return checkpoint;
    }

    long seconds() {
        return seconds;
    }

    ReplicaSet signers() {
        ReplicaSet signers = ReplicaSet.EMPTY;
        for (int member : signatures.keySet()) {
            signers = signers.with(member);
        }
        return signers;
    }

    void take(LogOperation.Cosign cosign) {
        signatures.put(cosign.member(), new Signatures(cosign.log(), cosign.witness()));
    }

    /** The note, with the lines of these members. */
    SignedCheckpoint signed(List<LogMember> members) {
        List<SignedCheckpoint.Line> lines = new ArrayList<>();
        signatures.forEach((member, both) ->
                lines.add(SignedCheckpoint.Line.of(members.get(member).log(), both.log)));
        signatures.forEach((member, both) ->
                lines.add(SignedCheckpoint.Line.of(members.get(member).witness(), both.witness)));
        return new SignedCheckpoint(checkpoint, lines);
    }

    void write(Writer writer) {
        writer.u64(checkpoint.size()).digest(checkpoint.root()).u64(seconds).u8(signatures.size());
        signatures.forEach((member, both) -> writer.u8(member).opaque8(both.log).opaque8(both.witness));
    }

    static LogHead read(Reader reader, String origin) {
        LogHead head = new LogHead(new LogCheckpoint(origin, reader.count(), reader.digest()), reader.count());
        for (int count = reader.u8(); count > 0; count--) {
            int member = reader.u8();
            head.signatures.put(member, new Signatures(reader.opaque8(255), reader.opaque8(255)));
        }
        return head;
    }
}
