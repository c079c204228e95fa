package org.maftia.services.detection.filter;

import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;

/**
 * A confirmed attack: where and when. What was suppressed there and then is charged to its filters, which trip.
 *
 * @param addresses that took part
 * @param hosts that took part
 * @param fromMicros of its time, included
 * @param toMicros of its time, included
 */
public record Incident(SortedSet<Address> addresses, SortedSet<String> hosts, long fromMicros, long toMicros) {
    public Incident {
        addresses = new TreeSet<>(addresses);
        hosts = new TreeSet<>(hosts);
        if (fromMicros > toMicros || addresses.isEmpty() && hosts.isEmpty()) {
            throw new IllegalArgumentException("an incident has a place and a time");
        }
    }

    /** Whether an alarm lies there and then. */
    public boolean concerns(Alarm alarm) {
        boolean then = alarm.timeMicros() >= fromMicros && alarm.timeMicros() <= toMicros;
        return then
                && (alarm.src() != null && addresses.contains(alarm.src())
                        || alarm.dst() != null && addresses.contains(alarm.dst())
                        || alarm.host() != null && hosts.contains(alarm.host()));
    }
}
