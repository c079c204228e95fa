/**
 * Alarms of sensors, grouped and generalised until they name their root causes, and filters made from those causes: what
 * is certainly no attack is kept away from people, but never thrown away.
 *
 * <p>An {@link org.maftia.services.detection.Alarm} is what any sensor reports, an
 * {@link org.maftia.services.detection.AlarmTable} counts alarms that are alike, and merges with other tables in any order;
 * everything here is integers, so that each replica comes to the same bytes.
 *
 * {@snippet lang="java" :
 * Alarm alarm = new Alarm.Builder()
 *         .time(1_642_213_952_000_000L).sensor("wazuh").type("wazuh:5710")
 *         .src(Address.parse("192.168.128.170").orElse(null)).host("jones_mail")
 *         .build();
 * }
 *
 * <p>Source: Julisch, "Clustering intrusion detection alarms to support root cause analysis" (ACM TISSEC 2003).
 */
@NullMarked
package org.maftia.services.detection;

import org.jspecify.annotations.NullMarked;
