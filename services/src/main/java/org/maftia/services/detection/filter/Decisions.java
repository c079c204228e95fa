package org.maftia.services.detection.filter;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.maftia.services.detection.Alarm;

/**
 * Each step of a filter's life: from a set of filters to the next, or the reasons why not. Who may decide is not judged
 * here; what may be decided is.
 */
public final class Decisions {
    /** How long a filter only tags before anybody may approve it. */
    public static final long SHADOW_MICROS = 7L * 86_400_000_000L;

    private static final int TEXT_LENGTH_MIN = 3;

    private final Gates gates;

    public Decisions(Gates gates) {
        this.gates = gates;
    }

    /**
     * What came of a decision.
     *
     * @param next the next version, or empty
     * @param refusals why not, each a sentence
     * @param gates whether it was the gates that refused it, and not that it makes no sense
     */
    public record Result(Optional<FilterSet> next, List<String> refusals, boolean gates) {
        static Result refused(String... refusals) {
            return new Result(Optional.empty(), List.of(refusals), false);
        }
    }

    /** Somebody who answers for the filter says why its alarms are no attack. */
    public Result explain(FilterSet set, String id, String owner, String cause, long nowMicros) {
        if (owner.length() < TEXT_LENGTH_MIN || cause.length() < TEXT_LENGTH_MIN) {
            return Result.refused("an owner and a cause must be named");
        }
        return step(set, id, Stage.EXPLAINED, owner, cause, nowMicros, owner, cause, 0);
    }

    /** From now on it tags. */
    public Result shadow(FilterSet set, String id, String by, long nowMicros) {
        return gated(set, id, Stage.SHADOW, by, "shadow begins", nowMicros);
    }

    /** May work, after it has tagged for a week; one that tripped at work, at once. */
    public Result approve(FilterSet set, String id, String by, String reason, long nowMicros) {
        Optional<Filter> filter = set.filter(id);
        if (filter.isPresent() && isEarly(filter.get(), nowMicros)) {
            return Result.refused("it has been in shadow for less than seven days");
        }
        return gated(set, id, Stage.APPROVED, by, reason, nowMicros);
    }

    /** Whether its week has begun but not ended: one that trips in shadow gets no shorter one. */
    private static boolean isEarly(Filter filter, long nowMicros) {
        for (Filter.Event event : filter.history().reversed()) {
            if (event.stage() == Stage.APPROVED) {
                return false;
            }
            if (event.stage() == Stage.SHADOW) {
                return nowMicros - event.timeMicros() < SHADOW_MICROS;
            }
        }
        return false;
    }

    /** Works from now on, until it expires. */
    public Result activate(FilterSet set, String id, String by, long nowMicros) {
        return gated(set, id, Stage.ACTIVE, by, "activated", nowMicros);
    }

    /** Needs no gates: revoking only shows more. */
    public Result revoke(FilterSet set, String id, String by, String reason, long nowMicros) {
        return plain(set, id, Stage.REVOKED, by, reason, nowMicros);
    }

    /** It broke a limit, or hid a part of an incident. */
    public Result trip(FilterSet set, String id, String reason, long nowMicros) {
        return plain(set, id, Stage.TRIPPED, "machine", reason, nowMicros);
    }

    /** All whose time is over stop. */
    public FilterSet expire(FilterSet set, long nowMicros) {
        FilterSet next = set;
        for (Filter filter : set.filters().values()) {
            boolean works = filter.stage() == Stage.ACTIVE || filter.stage() == Stage.APPROVED;
            if (works && filter.expiryMicros() <= nowMicros) {
                next = plain(next, filter.id(), Stage.EXPIRED, "machine", "its time is over", nowMicros)
                        .next()
                        .orElse(next);
            }
        }
        return next;
    }

    private Result gated(FilterSet set, String id, Stage next, String by, String reason, long nowMicros) {
        Optional<Filter> filter = set.filter(id);
        if (filter.isPresent() && filter.get().stage().allows(next)) {
            List<String> refusals = gates.refusals(set, filter.get(), nowMicros);
            if (!refusals.isEmpty()) {
                return new Result(Optional.empty(), List.copyOf(refusals), true);
            }
        }
        return plain(set, id, next, by, reason, nowMicros);
    }

    private Result plain(FilterSet set, String id, Stage next, String by, String reason, long nowMicros) {
        Optional<Filter> filter = set.filter(id);
        String owner = filter.map(Filter::owner).orElse("");
        String cause = filter.map(Filter::cause).orElse("");
        long expiry = filter.map(present -> next == Stage.APPROVED || next == Stage.ACTIVE
                        ? nowMicros + present.lifeMicros()
                        : present.expiryMicros())
                .orElse(0L);
        return step(set, id, next, by, reason, nowMicros, owner, cause, expiry);
    }

    private static Result step(
            FilterSet set,
            String id,
            Stage next,
            String by,
            String reason,
            long nowMicros,
            String owner,
            String cause,
            long expiryMicros) {
        Optional<Filter> filter = set.filter(id);
        if (filter.isEmpty()) {
            return Result.refused("there is no filter " + id);
        }
        if (!filter.get().stage().allows(next)) {
            return Result.refused("a filter that is " + filter.get().stage() + " cannot become " + next);
        }
        if (by.isEmpty()) {
            return Result.refused("a decision has somebody who made it");
        }
        if (!Stream.of(by, reason, owner, cause).allMatch(Alarm::isClean)) {
            return Result.refused("names, causes and reasons are one line, of at most " + Alarm.TEXT_LENGTH_MAX
                    + " letters, without control characters");
        }
        Filter.Event event = new Filter.Event(next, by, nowMicros, reason);
        return new Result(
                Optional.of(set.with(filter.get().with(next, event, owner, cause, expiryMicros))), List.of(), false);
    }
}
