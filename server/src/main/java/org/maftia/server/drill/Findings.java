package org.maftia.server.drill;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an intruder gained, judged from the tokens alone. Empty is what must be. */
final class Findings {
    private Findings() {}

    /** A sentence for each rule that the tokens break. */
    static List<String> of(List<Stamp> stamps) {
        List<String> found = new ArrayList<>();
        Map<BigInteger, Stamp> bySerial = new HashMap<>();
        for (Stamp stamp : stamps) {
            Optional.ofNullable(bySerial.put(stamp.serial(), stamp))
                    .ifPresent(other -> found.add("gateways " + other.gateway() + " and " + stamp.gateway()
                            + " handed out serial " + stamp.serial() + " twice"));
        }
        timeGoesBack(stamps).ifPresent(found::add);
        return found;
    }

    /**
     * A token that was in hand before another was asked for must not carry a later time. In the order of asking, the
     * newest time among the tokens that were in hand before is compared.
     */
    private static Optional<String> timeGoesBack(List<Stamp> stamps) {
        List<Stamp> byAsking = new ArrayList<>(stamps);
        byAsking.sort(Comparator.comparingLong(Stamp::askedNanos));
        List<Stamp> byGetting = new ArrayList<>(stamps);
        byGetting.sort(Comparator.comparingLong(Stamp::gotNanos));
        Instant newest = Instant.MIN;
        int next = 0;
        for (Stamp stamp : byAsking) {
            while (next < byGetting.size() && byGetting.get(next).gotNanos() < stamp.askedNanos()) {
                Instant time = byGetting.get(next++).time();
                newest = time.isAfter(newest) ? time : newest;
            }
            if (stamp.time().isBefore(newest)) {
                return Optional.of("token " + stamp.serial() + " of gateway " + stamp.gateway()
                        + " is older than one that was in hand before it was asked for");
            }
        }
        return Optional.empty();
    }
}
