package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.maftia.server.detection.TakenAlarms;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.filter.Filter;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Gates;
import org.maftia.services.detection.filter.Stage;

/** All filters, for people or as JSON. */
final class FilterList {
    private FilterList() {}

    static void print(FilterSet set, Gates gates, TakenAlarms taken, TakenAlarms tagged, OutputOption output) {
        ObjectNode root = Json.object().put("version", set.version());
        root.put("digest", set.digest().toString());
        ArrayNode all = root.putArray("filters");
        List<String> lines = new ArrayList<>();
        for (Filter filter : set.filters().values()) {
            List<String> refusals = gates.refusals(set, filter, taken.nowMicros());
            all.add(json(set, filter, refusals, taken.of(filter.id()), tagged.of(filter.id())));
            lines.addAll(lines(set, filter, refusals, taken.of(filter.id()), tagged.of(filter.id())));
        }
        lines.add(set.filters().size() + " filters, version " + set.version());
        output.print(root, lines.toArray(String[]::new));
    }

    /** One of them, with what was decided about it and what it was learnt from. */
    static void printOne(
            FilterSet set, Filter filter, Gates gates, TakenAlarms taken, TakenAlarms tagged, OutputOption output) {
        List<String> refusals = gates.refusals(set, filter, taken.nowMicros());
        ObjectNode node = json(set, filter, refusals, taken.of(filter.id()), tagged.of(filter.id()));
        List<String> lines = lines(set, filter, refusals, taken.of(filter.id()), tagged.of(filter.id()));
        node.put("severityMax", filter.learnt().severityMax());
        node.put("attacks", filter.learnt().attacks());
        filter.learnt().techniques().forEach(node.putArray("techniques")::add);
        ArrayNode samples = node.putArray("samples");
        filter.learnt().samples().forEach(sample -> {
            samples.add(sample.toString());
            lines.add("    sample   record " + sample);
        });
        ArrayNode history = node.putArray("history");
        filter.history().forEach(event -> {
            history.addObject()
                    .put("stage", event.stage().name())
                    .put("time", moment(event.timeMicros()))
                    .put("by", event.by())
                    .put("reason", event.reason());
            lines.add("    " + moment(event.timeMicros()) + "  " + event.stage() + " by " + event.by() + ": "
                    + event.reason());
        });
        output.print(node, lines.toArray(String[]::new));
    }

    private static List<String> places(FilterSet set, Filter filter) {
        List<String> places = new ArrayList<>();
        for (int i = 1; i < filter.where().nodes().size(); i++) {
            Node place = filter.where().nodes().get(i);
            if (!place.isAny()) {
                places.add(set.hierarchies().attributes().get(i).text() + " " + place.value());
            }
        }
        return places;
    }

    private static ObjectNode json(
            FilterSet set, Filter filter, List<String> refusals, TakenAlarms.Sum taken, TakenAlarms.Sum tagged) {
        ObjectNode node =
                Json.object().put("id", filter.id()).put("stage", filter.stage().name());
        node.put("type", filter.where().type().value());
        ObjectNode where = node.putObject("where");
        for (int i = 1; i < filter.where().nodes().size(); i++) {
            Node place = filter.where().nodes().get(i);
            if (!place.isAny()) {
                where.put(set.hierarchies().attributes().get(i).text(), place.value());
            }
        }
        node.put("grade", filter.narrow() ? "narrow" : "broad")
                .put("alarms", filter.learnt().alarms());
        node.put("guardPerHour", filter.guardPerHour()).put("auditBasisPoints", filter.auditBasisPoints());
        node.put("owner", filter.owner()).put("cause", filter.cause());
        node.put("expires", filter.expiryMicros() == 0 ? "" : moment(filter.expiryMicros()));
        node.put("tagged", tagged.alarms());
        node.put("taken", taken.alarms()).put("takenInDay", taken.inDay());
        node.put("lastTaken", taken.alarms() == 0 ? "" : moment(taken.lastMicros()));
        node.put("audited", taken.audited()).put("lossMillionthsMaxIfNoneFound", taken.lossMillionthsMax());
        refusals.forEach(node.putArray("refusals")::add);
        return node;
    }

    private static List<String> lines(
            FilterSet set, Filter filter, List<String> refusals, TakenAlarms.Sum taken, TakenAlarms.Sum tagged) {
        List<String> places = places(set, filter);
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s  %-9s  %s",
                filter.id(),
                filter.stage(),
                filter.where().type().value()));
        lines.add("    where    " + (places.isEmpty() ? "anywhere" : String.join(", ", places)));
        lines.add(String.format(
                Locale.ROOT,
                "    learnt   from %,d alarms on %d of %d days; takes up to %,d an hour, %s",
                filter.learnt().alarms(),
                filter.learnt().days(),
                filter.learnt().windowDays(),
                filter.guardPerHour(),
                filter.narrow() ? "1 % audited" : "broad, 5 % audited"));
        if (!filter.owner().isEmpty()) {
            lines.add("    owner    " + filter.owner() + ": " + filter.cause());
        }
        if (filter.expiryMicros() > 0) {
            lines.add("    ends     " + moment(filter.expiryMicros()));
        }
        if (tagged.alarms() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "    tagged   %,d in shadow, the last at %s",
                    tagged.alarms(),
                    moment(tagged.lastMicros())));
        }
        if (taken.alarms() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "    took     %,d, the last at %s; %,d in the last 24 hours; %s",
                    taken.alarms(),
                    moment(taken.lastMicros()),
                    taken.inDay(),
                    TakenAlarms.bound(taken.audited())));
        }
        if (filter.stage() == Stage.ACTIVE && taken.inDay() == 0) {
            lines.add("    idle     it took nothing in the last 24 hours: does 'run' still see alarms? is it needed?");
        }
        refusals.forEach(refusal -> lines.add("    refused  " + refusal));
        return lines;
    }

    private static String moment(long micros) {
        return Instant.EPOCH
                .plus(micros, ChronoUnit.MICROS)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
