package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.maftia.core.wire.Digest;
import org.maftia.server.sensor.AlarmCount;
import org.maftia.server.sensor.AlarmReader;
import org.maftia.server.sensor.ClusterView;
import org.maftia.server.sensor.CountingTask;
import org.maftia.server.sensor.Format;
import org.maftia.server.sensor.Progress;
import org.maftia.server.sensor.Reason;
import org.maftia.server.sensor.Tally;

/** What {@code maftia detect mine} prints. */
final class DetectMineResult {
    private final AlarmCount count;
    private final List<ClusterView> views;
    private SortedMap<Digest, String> records = new TreeMap<>();

    DetectMineResult(AlarmCount count, List<ClusterView> views) {
        this.count = count;
        this.views = views;
    }

    /** Reads the files again for the records whose hashes the clusters keep. */
    void findSamples(CountingTask task) throws IOException {
        SortedSet<Digest> wanted = new TreeSet<>();
        views.forEach(view -> wanted.addAll(view.cluster().tally().samples()));
        AlarmReader second = new AlarmReader(task.format(), task.sensor(), task.nowMicros(), Progress.silent());
        second.keepRecords(wanted);
        for (String file : task.arguments()) {
            if (!file.equals("-") && !file.startsWith("unix:")) {
                second.read(file, InputStream.nullInputStream(), alarm -> {});
            }
        }
        records = second.keptRecords();
    }

    private long covered() {
        return views.stream().mapToLong(view -> view.cluster().tally().count()).sum();
    }

    ObjectNode json() {
        Tally total = count.total();
        ObjectNode result = Json.object();
        result.put("alarms", total.alarms())
                .put("unreadable", total.bad())
                .put("tuples", count.table().size());
        result.put("covered", covered()).put("skipped", total.skipped()).put("uncounted", count.uncounted());
        result.put("unzoned", total.unzoned()).put("otherClocks", total.otherClocks());
        ArrayNode inputs = result.putArray("inputs");
        for (AlarmReader.Report report : count.reports()) {
            ObjectNode input = inputs.addObject().put("name", report.input());
            input.put("format", report.format().map(Format::id).orElse("unknown"));
            input.put("alarms", report.tally().alarms());
            input.put("skipped", report.tally().skipped())
                    .put("unreadable", report.tally().bad());
        }
        ArrayNode refused = result.putArray("refused");
        total.badByReason().forEach((reason, refusals) -> {
            ObjectNode node = refused.addObject().put("reason", reason.name().toLowerCase(Locale.ROOT));
            node.put("count", refusals.count());
            refusals.samples().forEach(node.putArray("samples")::add);
        });
        total.damages().forEach(result.putArray("damaged")::add);
        ArrayNode clusters = result.putArray("clusters");
        views.forEach(view -> clusters.add(json(view)));
        return result;
    }

    private ObjectNode json(ClusterView view) {
        org.maftia.services.detection.Tally tally = view.cluster().tally();
        ObjectNode node = Json.object().put("type", view.type());
        view.title().ifPresent(title -> node.put("title", title));
        ObjectNode where = node.putObject("where");
        view.where().forEach(where::put);
        node.put("count", tally.count()).put("minSize", view.cluster().sizeMin());
        node.put("tuples", view.cluster().tuples());
        node.put("first", ClusterView.moment(tally.firstMicros()));
        node.put("last", ClusterView.moment(tally.lastMicros()));
        node.put("days", tally.days()).put("peakPerHour", tally.peakPerHour());
        node.put("grade", view.grade().name().toLowerCase(Locale.ROOT));
        ArrayNode flags = node.putArray("flags");
        view.flags().forEach(flag -> flags.add(flag.name().toLowerCase(Locale.ROOT)));
        view.cause().ifPresent(cause -> node.put("cause", cause));
        ArrayNode samples = node.putArray("samples");
        tally.samples().forEach(sample -> samples.add(sample.toString()));
        List<String> lines = records(view);
        if (!lines.isEmpty()) {
            lines.forEach(node.putArray("records")::add);
        }
        return node;
    }

    private List<String> records(ClusterView view) {
        List<String> lines = new ArrayList<>();
        for (Digest sample : view.cluster().tally().samples()) {
            String line = records.get(sample);
            if (line != null) {
                lines.add(line);
            }
        }
        return lines;
    }

    void print(PrintWriter out) {
        Tally total = count.total();
        List<ClusterView> sorted = views.stream()
                .sorted(Comparator.comparingLong(view -> -view.cluster().tally().count()))
                .toList();
        int number = 1;
        for (ClusterView view : sorted) {
            print(view, number++, out);
        }
        out.println(String.format(
                Locale.ROOT,
                "%,d alarms of %,d kinds; %d clusters cover %s of them.",
                total.alarms(),
                count.table().size(),
                views.size(),
                share(covered(), total.alarms())));
        rest(total, out);
    }

    private void print(ClusterView view, int number, PrintWriter out) {
        org.maftia.services.detection.Tally tally = view.cluster().tally();
        out.println(String.format(
                Locale.ROOT,
                "%3d. %,d  %s%s",
                number,
                tally.count(),
                view.type(),
                view.title().map(title -> "  " + title).orElse("")));
        String where = view.where().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        out.println("     where  " + (where.isEmpty() ? "anywhere" : where));
        out.println(String.format(
                Locale.ROOT,
                "     when   %s to %s, %d %s, up to %,d an hour",
                ClusterView.moment(tally.firstMicros()),
                ClusterView.moment(tally.lastMicros()),
                tally.days(),
                tally.days() == 1 ? "day" : "days",
                tally.peakPerHour()));
        view.cause().ifPresent(cause -> out.println("     cause  likely " + cause));
        if (!view.flags().isEmpty()) {
            out.println("     note   "
                    + view.flags().stream().map(ClusterView.Flag::text).collect(Collectors.joining(", ")));
        }
        records(view).forEach(record -> out.println("     e.g.   " + record));
        out.println();
    }

    private static String share(long part, long whole) {
        long permille = whole == 0 ? 0 : part * 1000 / whole;
        return permille / 10 + "." + permille % 10 + " %";
    }

    /** What did not become an alarm, and what was assumed. */
    private void rest(Tally total, PrintWriter out) {
        if (count.uncounted() > 0) {
            out.println(String.format(Locale.ROOT, "%,d alarms came when the table was full.", count.uncounted()));
        }
        if (total.skipped() > 0) {
            String kinds = total.skippedByKind().entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .limit(6)
                    .map(kind -> kind.getKey() + " " + kind.getValue())
                    .collect(Collectors.joining(", "));
            out.println(String.format(Locale.ROOT, "%,d records are no alarms: %s", total.skipped(), kinds));
        }
        for (Map.Entry<Reason, Tally.Refusals> entry : total.badByReason().entrySet()) {
            Tally.Refusals refusals = entry.getValue();
            out.println(String.format(
                    Locale.ROOT,
                    "%,d records refused: %s",
                    refusals.count(),
                    entry.getKey().text()));
            refusals.samples().forEach(sample -> out.println("     e.g.   " + sample));
        }
        if (total.unzoned() > 0) {
            out.println(String.format(
                    Locale.ROOT, "%,d times do not say where they stand against UTC: taken as UTC.", total.unzoned()));
        }
        if (total.otherClocks() > 0) {
            out.println(String.format(
                    Locale.ROOT,
                    "%,d alarms had no readable time of their own: the next best was taken.",
                    total.otherClocks()));
        }
        total.damages().forEach(damage -> out.println("damaged: " + damage));
        count.reports().stream()
                .filter(report -> report.format().isEmpty() && report.tally().damagedInputs() == 0)
                .limit(10)
                .forEach(report -> out.println("not read: " + report.input() + ": no known format"));
        if (total.isSuspicious()) {
            out.println(
                    "More than one record of a hundred was refused: is a sensor broken, or is somebody at its log?");
        }
    }
}
