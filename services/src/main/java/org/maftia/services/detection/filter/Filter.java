package org.maftia.services.detection.filter;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Tuple;

/**
 * What is hidden, why, who answers for it, and until when.
 *
 * @param id of this place in the hierarchies; the same cluster mined again has the same
 * @param where which alarms: those below it
 * @param narrow whether it names an address, a subnet, a host or a role
 * @param stage where it stands
 * @param learnt the evidence
 * @param owner who answers for it; empty until it is explained
 * @param cause why these alarms are no attack; empty until it is explained
 * @param expiryMicros from then on it hides nothing; it always has one
 * @param history what was decided, by whom and why, oldest first, the last {@link #HISTORY_MAX}
 */
public record Filter(
        String id,
        Tuple where,
        boolean narrow,
        Stage stage,
        Learnt learnt,
        String owner,
        String cause,
        long expiryMicros,
        List<Event> history) {
    /** Older decisions are in older versions of the document. */
    public static final int HISTORY_MAX = 32;

    private static final int TEXT_BYTES_MAX = 3 * Alarm.TEXT_LENGTH_MAX;

    private static final long DAY_MICROS = 86_400_000_000L;

    /** A filter whose cause made no more than that in its busiest hour takes ten an hour. */
    private static final long GUARD_HOUR_MIN = 5;

    private static final long GUARD_FACTOR = 2;

    public Filter {
        history = List.copyOf(history);
    }

    /**
     * A decision.
     *
     * @param stage what it led to
     * @param by whom; a person, or the machine
     * @param reason in a sentence
     */
    public record Event(Stage stage, String by, long timeMicros, String reason) {}

    /** How many alarms an hour it takes; those beyond are shown. */
    public long guardPerHour() {
        return GUARD_FACTOR * Math.max(GUARD_HOUR_MIN, learnt.peakPerHour());
    }

    /** Of what it takes, the part that people look at, in ten-thousandths: more of a filter for half the network. */
    public int auditBasisPoints() {
        return narrow ? 100 : 500;
    }

    /** How long it works after each approval. */
    public long lifeMicros() {
        return (narrow ? 30 : 7) * DAY_MICROS;
    }

    Filter with(Stage next, Event event, String newOwner, String newCause, long newExpiryMicros) {
        List<Event> events = new ArrayList<>(history);
        events.add(event);
        List<Event> last = events.subList(Math.max(0, events.size() - HISTORY_MAX), events.size());
        return new Filter(id, where, narrow, next, learnt, newOwner, newCause, newExpiryMicros, last);
    }

    /** When it came to its present stage. */
    public long sinceMicros() {
        return history.isEmpty() ? 0 : history.getLast().timeMicros();
    }

    void write(Writer writer) {
        where.nodes().forEach(node -> writer.u8(node.level()).string(node.value()));
        writer.u8(stage.ordinal());
        learnt.write(writer);
        writer.string(owner).string(cause).u64(expiryMicros).u8(history.size());
        for (Event event : history) {
            writer.u8(event.stage().ordinal())
                    .string(event.by())
                    .u64(event.timeMicros())
                    .string(event.reason());
        }
    }

    static Filter read(Hierarchies hierarchies, Reader reader) {
        Tuple where = FilterSet.readTuple(hierarchies, reader);
        Stage stage = stage(reader.u8());
        Learnt learnt = Learnt.read(reader);
        String owner = FilterSet.clean(reader.string(TEXT_BYTES_MAX));
        String cause = FilterSet.clean(reader.string(TEXT_BYTES_MAX));
        long expiry = reader.count();
        List<Event> history = new ArrayList<>();
        for (int left = FilterSet.bounded(reader.u8(), HISTORY_MAX); left > 0; left--) {
            Stage led = stage(reader.u8());
            String by = FilterSet.clean(reader.string(TEXT_BYTES_MAX));
            long time = reader.count();
            history.add(new Event(led, by, time, FilterSet.clean(reader.string(TEXT_BYTES_MAX))));
        }
        return new Filter(
                FilterSet.id(hierarchies, where),
                where,
                FilterSet.isNarrow(hierarchies, where),
                stage,
                learnt,
                owner,
                cause,
                expiry,
                history);
    }

    private static Stage stage(int ordinal) {
        if (ordinal >= Stage.values().length) {
            throw new MalformedException("no stage of a filter");
        }
        return Stage.values()[ordinal];
    }
}
