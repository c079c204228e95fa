package org.maftia.services.detection.benchmark;

/**
 * Which clusters become filters, and what holds them back.
 *
 * @param name on screens
 * @param harmless only those that cover no attack alarm of training, as a reviewer would find who knows all attacks
 * @param everyDay only those that were seen on each day of training
 * @param canary no type that occurs in an attack on one of the other networks
 * @param narrow only those that name a part of the network
 * @param typed only those whose type is not generalised
 * @param guardPercent alarms an hour that a filter may take, in hundredths of the busiest hour of training (or of
 *     {@link #GUARD_HOUR_MIN} if that was more); 0 for no limit
 * @param memberPercent the same for each member of a filter on a type that occurs in attacks on other networks; a member is
 *     one combination of addresses and host that training saw below the filter, and what training has not seen is not
 *     taken at all. 0 for no such limit
 * @param memberHourMin what counts as a member's busiest hour if that was less
 */
public record Policy(
        String name,
        boolean harmless,
        boolean everyDay,
        boolean canary,
        boolean narrow,
        boolean typed,
        int guardPercent,
        int memberPercent,
        long memberHourMin) {
    /** A filter of a quiet cause may take that many times its factor, or any two alarms would be too many. */
    static final long GUARD_HOUR_MIN = 5;

    private static final int PERCENT = 100;

    /** Every cluster a filter. */
    public static Policy every() {
        return new Policy("every cluster a filter", false, false, false, false, false, 0, 0, 0);
    }

    public static Policy reviewOnly() {
        return new Policy("reviewed", true, true, false, false, false, 0, 0, 0);
    }

    public static Policy guarded(int guardPercent) {
        return new Policy("reviewed + guard", true, true, false, false, false, guardPercent, 0, 0);
    }

    public static Policy withCanary(int guardPercent) {
        return new Policy("reviewed + guard + canary", true, true, true, false, false, guardPercent, 0, 0);
    }

    public static Policy onlyNarrow(int guardPercent) {
        return new Policy("reviewed + guard, only narrow", true, true, false, true, false, guardPercent, 0, 0);
    }

    /** Reviewed, on whatever days it was seen. */
    public static Policy harmlessOnly() {
        return new Policy("reviewed only", true, false, false, false, false, 0, 0, 0);
    }

    public static Policy typeAtLeaf() {
        return new Policy("reviewed, type at leaf", true, false, false, false, true, 0, 0, 0);
    }

    /** Reviewed, with limits for filters, and for each member of those on types that occur in attacks elsewhere. */
    public static Policy suspects(int guardPercent, int memberPercent, long memberHourMin) {
        String name = "reviewed + guard + limits for suspect types";
        return new Policy(name, true, true, false, false, false, guardPercent, memberPercent, memberHourMin);
    }

    /** How many alarms an hour a member of a filter may have taken; none if training has not seen it. */
    long memberGuard(long peakPerHour) {
        return peakPerHour == 0 ? 0 : memberPercent * Math.max(memberHourMin, peakPerHour) / PERCENT;
    }

    /** How many alarms an hour a filter may take whose cause made so many in its busiest hour. */
    long guard(long peakPerHour) {
        return guardPercent == 0 ? Long.MAX_VALUE : guardPercent * Math.max(GUARD_HOUR_MIN, peakPerHour) / PERCENT;
    }
}
