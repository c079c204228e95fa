package org.maftia.server.sensor;

import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Hierarchies;

/**
 * What alarms are to be counted, and how.
 *
 * @param arguments what to read, as {@link AlarmReader#read} understands them
 * @param format of all inputs; found by looking where it is empty
 * @param sensor the name of the sensor for records that name none
 * @param nowMicros since 1970: no time without a year is later
 * @param hierarchies of the table
 */
public record CountingTask(
        List<String> arguments,
        Optional<Format> format,
        Optional<String> sensor,
        long nowMicros,
        Hierarchies hierarchies) {
    private static final int SENSOR_BYTES_MAX = 3 * Alarm.TEXT_LENGTH_MAX;

    public CountingTask {
        arguments = List.copyOf(arguments);
        sensor = sensor.map(Alarm::clean);
    }

    /** What whoever counts a part must know: everything but the arguments. */
    public byte[] toBytes() {
        Writer writer = new Writer();
        writer.u8(format.map(known -> known.ordinal() + 1).orElse(0));
        writer.bool(sensor.isPresent()).string(sensor.orElse("")).u64(nowMicros);
        hierarchies.write(writer);
        return writer.finish();
    }

    /** The task that was written so, without its arguments. */
    public static CountingTask of(byte[] bytes) {
        Reader reader = new Reader(bytes);
        int ordinal = reader.u8();
        if (ordinal > Format.values().length) {
            throw new MalformedException("no format of alarms");
        }
        Optional<Format> format = ordinal == 0 ? Optional.empty() : Optional.of(Format.values()[ordinal - 1]);
        boolean named = reader.bool();
        String sensor = reader.string(SENSOR_BYTES_MAX);
        long nowMicros = reader.count();
        Hierarchies hierarchies = Hierarchies.read(reader);
        reader.end();
        return new CountingTask(
                List.of(), format, named ? Optional.of(sensor) : Optional.empty(), nowMicros, hierarchies);
    }
}
