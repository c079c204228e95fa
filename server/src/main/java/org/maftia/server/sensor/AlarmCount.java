package org.maftia.server.sensor;

import java.util.List;
import org.maftia.services.detection.AlarmTable;

/**
 * What an engine counted: the same whichever it was.
 *
 * @param reports input by input, in the order of the arguments
 * @param total of all inputs
 * @param titles what the sensors call the types
 * @param table of all alarms for which there was room
 * @param uncounted alarms for which there was none
 */
public record AlarmCount(
        List<AlarmReader.Report> reports, Tally total, TypeTitles titles, AlarmTable table, long uncounted) {
    public AlarmCount {
        reports = List.copyOf(reports);
    }
}
