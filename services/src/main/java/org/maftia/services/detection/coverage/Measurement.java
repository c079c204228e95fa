package org.maftia.services.detection.coverage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.services.detection.coverage.VoteBounds.Vote;

/**
 * What sensors were predicted to see, against what they saw when labelled attacks were replayed.
 *
 * @param present the sensors to which the incidents were replayed; of the others nothing is known
 * @param rows one for each row of the matrix that any incident is of
 * @param agreed pairs of an incident of a row and a sensor, in which the sensor reported and was predicted to, or neither
 * @param pairs of an incident of a row and a sensor
 */
public record Measurement(ReplicaSet present, List<Row> rows, long agreed, long pairs) {
    public Measurement {
        rows = List.copyOf(rows);
    }

    /**
     * A row of the matrix.
     *
     * @param incidents of the class
     * @param reported how many of them each sensor reported, by its index
     * @param passed how many of them each way of voting among the sensors that are present reports
     */
    public record Row(Coverage.Row predicted, int incidents, List<Integer> reported, Map<Vote, Integer> passed) {
        public Row {
            reported = List.copyOf(reported);
            passed = Collections.unmodifiableMap(new EnumMap<>(passed));
        }

        /** Of ten thousand incidents. */
        public int missed(int sensor) {
            return VoteBounds.WHOLE - (int) ((long) reported.get(sensor) * VoteBounds.WHOLE / incidents);
        }

        /** Of ten thousand incidents. */
        public int missed(Vote vote) {
            return VoteBounds.WHOLE - (int) ((long) passed.getOrDefault(vote, 0) * VoteBounds.WHOLE / incidents);
        }
    }

    /**
     * Compares. Rows of all assets of a class are compared alike: a recording does not say on which asset it was made.
     *
     * @param present the sensors to which the incidents were replayed
     */
    public static Measurement of(Coverage coverage, SensorTrust trust, ReplicaSet present, List<Incident> incidents) {
        List<Row> rows = new ArrayList<>();
        long agreed = 0;
        long pairs = 0;
        for (Coverage.Row predicted : coverage.rows()) {
            List<Incident> shown = incidents.stream()
                    .filter(incident -> incident.shows(predicted.attack()))
                    .toList();
            if (shown.isEmpty()) {
                continue;
            }
            List<Integer> reported = new ArrayList<>();
            for (int i = 0; i < coverage.sensors().size(); i++) {
                int sensor = i;
                int seen = (int) shown.stream()
                        .filter(incident -> incident.reporting().contains(sensor))
                        .count();
                reported.add(seen);
                if (present.contains(i)) {
                    agreed += predicted.seeing().contains(i) ? seen : shown.size() - seen;
                    pairs += shown.size();
                }
            }
            rows.add(new Row(
                    predicted,
                    shown.size(),
                    reported,
                    passed(shown, predicted.seeing().intersection(present), trust)));
        }
        return new Measurement(present, rows, agreed, pairs);
    }

    private static Map<Vote, Integer> passed(List<Incident> incidents, ReplicaSet seeing, SensorTrust trust) {
        Map<Vote, Integer> passed = new EnumMap<>(Vote.class);
        for (Vote vote : Vote.values()) {
            int count = 0;
            for (Incident incident : incidents) {
                count += VoteBounds.passes(vote, incident.reporting().intersection(seeing), seeing, trust) ? 1 : 0;
            }
            passed.put(vote, count);
        }
        return passed;
    }
}
