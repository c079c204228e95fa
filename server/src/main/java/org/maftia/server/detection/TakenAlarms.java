package org.maftia.server.detection;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.services.detection.filter.Enforcer;

/**
 * What filters took, filter by filter, of all that is kept.
 *
 * @param nowMicros since 1970, at which it was counted
 */
public record TakenAlarms(SortedMap<String, Sum> sums, long nowMicros) {
    private static final long DAY_MICROS = 86_400_000_000L;

    /**
     * Of one filter.
     *
     * @param alarms suppressed, with those that were drawn for people
     * @param audited drawn for people
     * @param inDay of the last 24 hours
     * @param lastMicros the time of the latest
     */
    public record Sum(long alarms, long audited, long inDay, long lastMicros) {
        private static final Sum NONE = new Sum(0, 0, 0, 0);

        private Sum with(SuppressedLog.Entry entry, long dayBegin) {
            long time = entry.alarm().timeMicros();
            return new Sum(
                    alarms + 1,
                    audited + (entry.audited() ? 1 : 0),
                    inDay + (time >= dayBegin ? 1 : 0),
                    Math.max(lastMicros, time));
        }

        /** The part of them that belongs to attacks, at most, in millionths, if people found none among the drawn. */
        public long lossMillionthsMax() {
            return Enforcer.lossMillionthsMax(audited);
        }
    }

    /** What so many that were drawn for people say about the rest, as a sentence. */
    public static String bound(long audited) {
        long loss = Enforcer.lossMillionthsMax(audited);
        return String.format(
                Locale.ROOT,
                "%,d drawn; if people found no attack among them, at most %d.%02d %% are (95 %%)",
                audited,
                loss / 10_000,
                loss / 100 % 100);
    }

    /** Counts a file of suppressed alarms; nothing if there is none. */
    public static TakenAlarms of(Path file, long nowMicros) throws IOException {
        SortedMap<String, Sum> sums = new TreeMap<>();
        SuppressedLog.read(
                file,
                entry -> sums.merge(
                        entry.filter(),
                        Sum.NONE.with(entry, nowMicros - DAY_MICROS),
                        (sum, one) -> sum.with(entry, nowMicros - DAY_MICROS)));
        return new TakenAlarms(sums, nowMicros);
    }

    /** What a filter took. */
    public Sum of(String filter) {
        return sums.getOrDefault(filter, Sum.NONE);
    }
}
