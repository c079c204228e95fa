package org.maftia.services.detection.filter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.services.detection.Alarm;

/**
 * Holds alarms against filters, one after the other. Nothing is dropped here: the caller keeps what is suppressed. In one
 * hour of alarms' time a filter takes no more than its guard; then it is open until the hour ends, and at the third open hour
 * in a day it trips. An alarm whose time lies before an hour that has begun already is shown, so that nobody gets a fresh
 * guard by dating alarms back.
 */
public final class Enforcer {
    private static final long HOUR_MICROS = 3_600_000_000L;
    private static final int OPEN_HOURS_MAX = 3;
    private static final int HOURS_A_DAY = 24;
    private static final int WHOLE = 10_000;

    /** Of those that look at alarms; one that was revoked only says that its cause has come back. */
    private static final List<Stage> ORDER = List.of(Stage.ACTIVE, Stage.SHADOW, Stage.REVOKED);

    private final Gates gates;
    private final Digest seed;
    private final Matcher matcher;
    private final List<Meter> meters;

    /** What becomes of an alarm. */
    public enum Kind {
        /** No filter takes it; perhaps it is of one that was taken back, whose cause is there again. */
        SHOWN,
        /** A filter covers it but has taken enough this hour, has tripped, or is late. */
        OPENED,
        /** A filter that only tags covers it: it is shown. */
        TAGGED,
        /** It is kept and not shown. */
        SUPPRESSED,
        /** It is kept, and drawn for people to look at. */
        AUDITED
    }

    /**
     * What becomes of an alarm.
     *
     * @param filter the id of the filter that covers it, if one does
     */
    public record Verdict(Kind kind, Optional<String> filter) {}

    /**
     * What a filter did.
     *
     * @param taken suppressed, with those that were audited, or tagged
     * @param opened covered, and shown all the same
     * @param openHours hours in which its guard was reached
     */
    public record Count(
            String filter, Stage stage, long taken, long audited, long opened, long openHours, boolean tripped) {}

    /**
     * Enforces one version of a set.
     *
     * @param seed agreed and not known in advance: decides which alarms are audited
     * @param nowMicros what has expired then hides nothing
     */
    public Enforcer(FilterSet set, Gates gates, Digest seed, long nowMicros) {
        this.gates = gates;
        this.seed = seed;
        List<Filter> working = set.filters().values().stream()
                .filter(each -> each.stage() == Stage.SHADOW
                        || each.stage() == Stage.REVOKED
                        || each.stage() == Stage.ACTIVE
                                && each.expiryMicros() > nowMicros
                                && gates.refusals(set, each, nowMicros).isEmpty())
                // What is active comes first, or a filter that only looks on would let through what another hides.
                .sorted(Comparator.comparingInt(each -> ORDER.indexOf(each.stage())))
                .toList();
        this.matcher = new Matcher(
                set.hierarchies(), working.stream().map(Filter::where).toList());
        this.meters = working.stream().map(Meter::new).toList();
    }

    /** Decides about one alarm. */
    public Verdict decide(Alarm alarm) {
        int number = matcher.first(alarm);
        if (number < 0 || gates.isOwn(alarm)) {
            return new Verdict(Kind.SHOWN, Optional.empty());
        }
        Meter meter = meters.get(number);
        return new Verdict(meter.decide(alarm), meter.name);
    }

    /** What each filter did, in the order of the set. */
    public List<Count> counts() {
        List<Count> counts = new ArrayList<>();
        for (Meter meter : meters) {
            counts.add(new Count(
                    meter.filter.id(),
                    meter.filter.stage(),
                    meter.taken,
                    meter.audited,
                    meter.opened,
                    meter.openHours,
                    meter.tripped));
        }
        counts.sort((a, b) -> a.filter().compareTo(b.filter()));
        return counts;
    }

    /**
     * With 95 % certainty no more than this part of what was suppressed belonged to attacks, if people found none among so
     * many audited alarms; in millionths. The rule of three.
     */
    public static long lossMillionthsMax(long audited) {
        return audited < 3 ? 1_000_000 : 3_000_000 / audited;
    }

    private final class Meter {
        private final Filter filter;
        private final Optional<String> name;
        private long hour = -1;
        private long inHour;
        private final List<Long> openedHours = new ArrayList<>();
        private long taken;
        private long audited;
        private long opened;
        private long openHours;
        private boolean tripped;

        private Meter(Filter filter) {
            this.filter = filter;
            this.name = Optional.of(filter.id());
        }

        private Kind decide(Alarm alarm) {
            if (filter.stage() == Stage.REVOKED) {
                opened++;
                return Kind.SHOWN;
            }
            long now = alarm.timeMicros() / HOUR_MICROS;
            if (now > hour) {
                hour = now;
                inHour = 0;
            }
            if (tripped || now < hour) {
                opened++;
                return Kind.OPENED;
            }
            inHour++;
            if (inHour > filter.guardPerHour()) {
                opened++;
                if (inHour == filter.guardPerHour() + 1) {
                    open(now);
                }
                return Kind.OPENED;
            }
            taken++;
            if (filter.stage() == Stage.SHADOW) {
                return Kind.TAGGED;
            }
            boolean drawn = isDrawn(alarm);
            audited += drawn ? 1 : 0;
            return drawn ? Kind.AUDITED : Kind.SUPPRESSED;
        }

        private void open(long now) {
            openHours++;
            openedHours.removeIf(before -> before <= now - HOURS_A_DAY);
            openedHours.add(now);
            tripped = openedHours.size() >= OPEN_HOURS_MAX;
        }

        private boolean isDrawn(Alarm alarm) {
            Digest raw = alarm.rawHash();
            Transcript transcript = Transcript.of("detection audit").field(seed).field(filter.id());
            if (raw == null) {
                transcript.field(alarm.timeMicros()).field(taken);
            } else {
                transcript.field(raw);
            }
            return Long.remainderUnsigned(transcript.digest().a(), WHOLE) < filter.auditBasisPoints();
        }
    }
}
