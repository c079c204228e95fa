package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.configuration.SensorsFile;
import org.maftia.services.detection.coverage.Coverage;
import org.maftia.services.detection.coverage.Measurement;
import org.maftia.services.detection.coverage.Sensor;
import org.maftia.services.detection.coverage.SensorSelection;
import org.maftia.services.detection.coverage.SensorTrust;
import org.maftia.services.detection.coverage.Verdict;
import org.maftia.services.detection.coverage.VoteBounds;
import org.maftia.services.detection.coverage.VoteBounds.Vote;

/** What {@code maftia detect coverage} prints. */
final class DetectCoverageResult {
    /** Of a part that is printed for people; JSON has all. */
    private static final int LINES_MAX = 200;

    private final SensorsFile site;
    private final Coverage coverage;
    private final SensorTrust trust;
    private final SensorSelection selection;
    private final Optional<Measurement> measurement;

    DetectCoverageResult(
            SensorsFile site,
            Coverage coverage,
            SensorTrust trust,
            SensorSelection selection,
            Optional<Measurement> measurement) {
        this.site = site;
        this.coverage = coverage;
        this.trust = trust;
        this.selection = selection;
        this.measurement = measurement;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Whether all of them have measured rates, so that votes can be foretold. */
    private boolean isMeasured(ReplicaSet sensors) {
        return !sensors.isEmpty()
                && sensors.toList().stream()
                        .map(site.entries()::get)
                        .allMatch(entry -> entry.missed().isPresent()
                                && entry.falseAlarms().isPresent());
    }

    private VoteBounds missed(Vote vote, ReplicaSet seeing) {
        return VoteBounds.missed(
                vote, seeing, trust, i -> site.entries().get(i).missed().orElse(VoteBounds.WHOLE));
    }

    private VoteBounds falseAlarms(Vote vote, ReplicaSet seeing) {
        return VoteBounds.falseAlarms(
                vote, seeing, trust, i -> site.entries().get(i).falseAlarms().orElse(VoteBounds.WHOLE));
    }

    ObjectNode json() {
        ObjectNode result = Json.object();
        coverage.sensors().forEach(sensor -> result.withArray("sensors").add(sensor.id()));
        ObjectNode verdicts = result.putObject("verdicts");
        for (Verdict verdict : Verdict.values()) {
            verdicts.put(word(verdict), coverage.with(verdict).size());
        }
        ArrayNode matrix = result.putArray("matrix");
        coverage.rows().forEach(row -> matrix.add(json(row)));
        ArrayNode modes = result.putArray("commonModes");
        for (Coverage.CommonMode mode : coverage.commonModes()) {
            ObjectNode node =
                    modes.addObject().put("attribute", mode.attribute()).put("value", mode.value());
            coverage.names(mode.sensors()).forEach(node.putArray("sensors")::add);
            node.put("rows", mode.rows().size());
            ArrayNode classes = node.putArray("classes");
            mode.rows().stream().map(row -> row.attack().technique()).distinct().forEach(classes::add);
        }
        ObjectNode cheapest = result.putObject("cheapest");
        coverage.names(selection.chosen()).forEach(cheapest.putArray("sensors")::add);
        cheapest.put("cost", selection.cost()).put("proved", selection.proved());
        ArrayNode unreachable = cheapest.putArray("unreachable");
        selection.unreachable().forEach(row -> unreachable.add(json(row)));
        measurement.ifPresent(measured -> result.set("measured", json(measured)));
        return result;
    }

    private ObjectNode json(Coverage.Row row) {
        ObjectNode node = Json.object().put("technique", row.attack().technique());
        node.put("platform", row.attack().platform())
                .put("component", row.attack().component());
        node.put("encrypted", row.attack().encrypted())
                .put("required", word(row.attack().required()));
        node.put("asset", row.asset().id()).put("verdict", word(row.verdict()));
        coverage.names(row.seeing()).forEach(node.putArray("sensors")::add);
        ObjectNode blind = node.putObject("blind");
        row.blind().forEach((sensor, reason) -> blind.put(sensor, word(reason)));
        if (row.verdict() == Verdict.FRAGILE) {
            ArrayNode faults = node.putArray("faultSets");
            trust.faultSetsAround(row.seeing())
                    .forEach(fault -> coverage.names(fault).forEach(faults.addArray()::add));
        }
        if (isMeasured(row.seeing())) {
            ObjectNode predicted = node.putObject("predicted");
            for (Vote vote : Vote.values()) {
                ObjectNode one = predicted.putObject(word(vote));
                bounds(one.putArray("missed"), missed(vote, row.seeing()));
                bounds(one.putArray("false"), falseAlarms(vote, row.seeing()));
            }
        }
        return node;
    }

    private static void bounds(ArrayNode array, VoteBounds bounds) {
        array.add(bounds.least()).add(bounds.most());
    }

    private ObjectNode json(Measurement measured) {
        ObjectNode node = Json.object().put("agreed", measured.agreed()).put("pairs", measured.pairs());
        ArrayNode rows = node.putArray("rows");
        for (Measurement.Row row : measured.rows()) {
            ObjectNode one = rows.addObject();
            one.put("technique", row.predicted().attack().technique());
            one.put("asset", row.predicted().asset().id());
            one.put("incidents", row.incidents());
            ObjectNode reported = one.putObject("reported");
            for (int i = 0; i < coverage.sensors().size(); i++) {
                if (measured.present().contains(i)) {
                    reported.put(coverage.sensors().get(i).id(), row.reported().get(i));
                }
            }
            ObjectNode missed = one.putObject("missed");
            for (Vote vote : Vote.values()) {
                missed.put(word(vote), row.missed(vote));
            }
        }
        return node;
    }

    void print(PrintWriter out) {
        printMatrix(out);
        printWeak(out);
        printModes(out);
        printCheapest(out);
        printPrediction(out);
        measurement.ifPresent(measured -> printMeasured(measured, out));
    }

    private void printMatrix(PrintWriter out) {
        List<Sensor> sensors = coverage.sensors();
        for (int i = 0; i < sensors.size(); i++) {
            out.println(" ".repeat(i) + "| " + sensors.get(i).id());
        }
        int printed = 0;
        for (Coverage.Row row : coverage.rows()) {
            if (printed++ == LINES_MAX) {
                out.println("... " + (coverage.rows().size() - LINES_MAX) + " more rows: see --json");
                break;
            }
            StringBuilder cells = new StringBuilder();
            sensors.forEach(sensor -> cells.append(letter(row.blind().get(sensor.id()))));
            out.println(String.format(
                    Locale.ROOT,
                    "%s  %-12s  %s at %s",
                    cells,
                    word(row.verdict()),
                    row.attack(),
                    row.asset().id()));
        }
        out.println("X sees it; s asset out of scope, d other data, e encrypted, r no rule");
        out.println();
    }

    private static char letter(Sensor.@Nullable Blindness reason) {
        return switch (reason) {
            case null -> 'X';
            case SCOPE -> 's';
            case SOURCE -> 'd';
            case ENCRYPTED -> 'e';
            case RULE -> 'r';
        };
    }

    private void printWeak(PrintWriter out) {
        for (Verdict verdict : Verdict.values()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%4d of %d %s",
                    coverage.with(verdict).size(),
                    coverage.rows().size(),
                    word(verdict)));
        }
        for (Coverage.Row row :
                coverage.with(Verdict.FRAGILE).stream().limit(LINES_MAX).toList()) {
            List<ReplicaSet> faults = trust.faultSetsAround(row.seeing());
            out.println("fragile: " + row.attack() + " at " + row.asset().id() + " is seen by "
                    + String.join(", ", coverage.names(row.seeing())) + ", which may fall with "
                    + String.join(", ", coverage.names(faults.getFirst()))
                    + (faults.size() > 1 ? " (and " + (faults.size() - 1) + " other fault sets)" : ""));
        }
        out.println();
    }

    private void printModes(PrintWriter out) {
        for (Coverage.CommonMode mode :
                coverage.commonModes().stream().limit(LINES_MAX).toList()) {
            out.println("in common: " + mode.attribute() + " " + mode.value() + " ("
                    + String.join(", ", coverage.names(mode.sensors())) + "): without it "
                    + mode.rows().size() + " rows are blind");
        }
    }

    private void printCheapest(PrintWriter out) {
        out.println("cheapest sufficient sensors: "
                + (selection.chosen().isEmpty() ? "none" : String.join(", ", coverage.names(selection.chosen())))
                + "; cost " + selection.cost() + (selection.proved() ? "" : " (the search was cut short)"));
        for (Coverage.Row row :
                selection.unreachable().stream().limit(LINES_MAX).toList()) {
            out.println("not even with all sensors " + word(row.attack().required()) + ": " + row.attack() + " at "
                    + row.asset().id());
        }
    }

    private static String percent(VoteBounds bounds) {
        return percent(bounds.least()) + " to " + percent(bounds.most()) + " %";
    }

    private static String percent(int basisPoints) {
        return String.format(Locale.ROOT, "%d.%02d", basisPoints / 100, basisPoints % 100);
    }

    private void printPrediction(PrintWriter out) {
        int printed = 0;
        for (Coverage.Row row : coverage.rows()) {
            if (!isMeasured(row.seeing()) || printed == LINES_MAX) {
                continue;
            }
            if (printed++ == 0) {
                out.println();
                out.println("predicted, whatever the sensors have in common (missed; false alarms):");
            }
            StringBuilder line =
                    new StringBuilder("  " + row.attack() + " at " + row.asset().id());
            for (Vote vote : Vote.values()) {
                line.append("\n    ").append(word(vote)).append("  ").append(percent(missed(vote, row.seeing())));
                line.append("; ").append(percent(falseAlarms(vote, row.seeing())));
            }
            out.println(line);
        }
    }

    private void printMeasured(Measurement measured, PrintWriter out) {
        out.println();
        out.println("measured on the replay (incidents; reported by each sensor; missed by any, kernel, quorum):");
        for (Measurement.Row row : measured.rows().stream().limit(LINES_MAX).toList()) {
            StringBuilder line = new StringBuilder("  " + row.predicted().attack() + " at "
                    + row.predicted().asset().id() + ", " + word(row.predicted().verdict()) + ": " + row.incidents());
            for (int i = 0; i < coverage.sensors().size(); i++) {
                if (!measured.present().contains(i)) {
                    continue;
                }
                boolean predicted = row.predicted().seeing().contains(i);
                line.append("; ").append(coverage.sensors().get(i).id()).append(predicted ? " (predicted) " : " ");
                line.append(row.reported().get(i));
            }
            for (Vote vote : Vote.values()) {
                line.append("; ").append(percent(row.missed(vote))).append(" %");
            }
            out.println(line);
        }
        long permille = measured.pairs() == 0 ? 0 : measured.agreed() * 1000 / measured.pairs();
        out.println("prediction and replay agree in " + measured.agreed() + " of " + measured.pairs()
                + " pairs of an incident and a sensor: " + permille / 10 + "." + permille % 10 + " %");
    }
}
