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
 */
public record Policy(
        String name,
        boolean harmless,
        boolean everyDay,
        boolean canary,
        boolean narrow,
        boolean typed,
        int guardPercent) {
    /** A filter of a quiet cause may take that many times its factor, or any two alarms would be too many. */
    static final long GUARD_HOUR_MIN = 5;

    private static final int PERCENT = 100;

    /** Every cluster a filter. */
    public static Policy every() {
        return new Policy("every cluster a filter", false, false, false, false, false, 0);
    }

    public static Policy reviewOnly() {
        return new Policy("reviewed", true, true, false, false, false, 0);
    }

    public static Policy guarded(int guardPercent) {
        return new Policy("reviewed + guard", true, true, false, false, false, guardPercent);
    }

    public static Policy withCanary(int guardPercent) {
        return new Policy("reviewed + guard + canary", true, true, true, false, false, guardPercent);
    }

    public static Policy onlyNarrow(int guardPercent) {
        return new Policy("reviewed + guard, only narrow", true, true, false, true, false, guardPercent);
    }

    /** Reviewed, on whatever days it was seen. */
    public static Policy harmlessOnly() {
        return new Policy("reviewed only", true, false, false, false, false, 0);
    }

    public static Policy typeAtLeaf() {
        return new Policy("reviewed, type at leaf", true, false, false, false, true, 0);
    }

    /** How many alarms an hour a filter may take whose cause made so many in its busiest hour. */
    long guard(long peakPerHour) {
        return guardPercent == 0 ? Long.MAX_VALUE : guardPercent * Math.max(GUARD_HOUR_MIN, peakPerHour) / PERCENT;
    }
}
