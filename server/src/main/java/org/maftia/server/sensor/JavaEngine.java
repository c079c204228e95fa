package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.util.SortedMap;
import org.maftia.services.detection.AlarmTable;

/** Counts in this process. */
final class JavaEngine implements CountingEngine {
    @Override
    public String id() {
        return "java";
    }

    @Override
    public AlarmCount count(
            CountingTask task, InputStream standardInput, SortedMap<String, String> options, Progress progress)
            throws IOException, CountingException {
        if (!options.isEmpty()) {
            throw new CountingException("the engine java has no option '" + options.firstKey() + "'", "leave it out");
        }
        AlarmReader reader = new AlarmReader(task.format(), task.sensor(), task.nowMicros(), progress);
        AlarmTable table = new AlarmTable(task.hierarchies());
        long[] uncounted = {0};
        for (String argument : task.arguments()) {
            reader.read(argument, standardInput, alarm -> uncounted[0] += table.add(alarm) ? 0 : 1);
        }
        return new AlarmCount(reader.reports(), reader.total(), reader.titles(), table, uncounted[0]);
    }
}
