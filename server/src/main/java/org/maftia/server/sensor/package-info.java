/**
 * Where alarms come in: readers of what sensors write, tolerant and bounded.
 *
 * <p>Guarantee: whatever the bytes, {@link org.maftia.server.sensor.AlarmReader} ends with the input, holds at most a few
 * records of 1 MiB at a time, and accounts for every record: it became an alarm, was none and is counted by its kind, or
 * was refused and is counted by its reason with samples. Times never pass through floating point; one without an offset
 * is taken as UTC, and counted.
 *
 * <p>How: a framer cuts the stream into records, so that a broken one cannot swallow its neighbours, and a parser makes an
 * alarm of a record. XML is read as a stream of documents instead.
 *
 * {@snippet lang="java" :
 * AlarmReader reader = new AlarmReader(Optional.empty(), Optional.empty(), nowMicros, Progress.silent());
 * reader.read("/var/log/suricata/eve.json", System.in, table::add);
 * long refused = reader.total().bad();
 * }
 */
@NullMarked
package org.maftia.server.sensor;

import org.jspecify.annotations.NullMarked;
