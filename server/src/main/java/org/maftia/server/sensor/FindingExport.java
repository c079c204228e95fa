package org.maftia.server.sensor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Tally;

/**
 * Clusters of alarms for other programs, one document a line: as OCSF detection findings (class 2004, activity "create"), as
 * IDMEFv2 draft-08 messages, or as tab-separated values. The id of a document follows from what the cluster covers and
 * when it began, so that a second export of the same cluster is recognised.
 */
public final class FindingExport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PRODUCT = "Maftia";

    /** The release of OCSF whose attributes are used. */
    private static final String OCSF_VERSION = "1.5.0";

    private static final int OCSF_CATEGORY_FINDINGS = 2;
    private static final int OCSF_CLASS_DETECTION = 2004;
    private static final int OCSF_ACTIVITY_CREATE = 1;
    private static final int OCSF_STATUS_NEW = 1;
    private static final int OCSF_ANALYTIC_STATISTICAL = 3;

    private FindingExport() {}

    /** What it can be written as. */
    public enum Form {
        OCSF("ocsf"),
        IDMEFV2("idmefv2"),
        TSV("tsv");

        private final String id;

        Form(String id) {
            this.id = id;
        }

        /** The form of this name. */
        public static Optional<Form> named(String id) {
            return Arrays.stream(values()).filter(form -> form.id.equals(id)).findFirst();
        }

        /** The names, for hints. */
        public static String names() {
            return Arrays.stream(values()).map(form -> form.id).collect(Collectors.joining(", "));
        }
    }

    /**
     * Writes all clusters.
     *
     * @param nowMicros since 1970: when the findings are made
     */
    public static void write(Form form, List<ClusterView> views, long nowMicros, Writer writer) throws IOException {
        if (form == Form.TSV) {
            writer.write("type\ttitle\twhere\tcount\tfirst\tlast\tdays\tpeakPerHour\tgrade\tflags\tcause\n");
        }
        for (ClusterView view : views) {
            switch (form) {
                case OCSF -> writer.write(JSON.writeValueAsString(ocsf(view, nowMicros)) + "\n");
                case IDMEFV2 -> writer.write(JSON.writeValueAsString(idmefv2(view, nowMicros)) + "\n");
                case TSV -> writer.write(tsv(view));
            }
        }
    }

    private static UUID id(ClusterView view) {
        String name = view.type() + "\n" + view.where() + "\n"
                + view.cluster().tally().firstMicros();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String headline(ClusterView view) {
        return view.cluster().tally().count() + " alarms " + view.title().orElse(view.type()) + place(view);
    }

    private static String place(ClusterView view) {
        String place = view.where().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        return place.isEmpty() ? "" : ": " + place;
    }

    static ObjectNode ocsf(ClusterView view, long nowMicros) {
        Tally tally = view.cluster().tally();
        ObjectNode event = JSON.createObjectNode();
        event.put("activity_id", OCSF_ACTIVITY_CREATE).put("category_uid", OCSF_CATEGORY_FINDINGS);
        event.put("class_uid", OCSF_CLASS_DETECTION)
                .put("type_uid", OCSF_CLASS_DETECTION * 100L + OCSF_ACTIVITY_CREATE);
        event.put("severity_id", tally.severityMax()).put("status_id", OCSF_STATUS_NEW);
        event.put("time", nowMicros / 1000)
                .put("start_time", tally.firstMicros() / 1000)
                .put("end_time", tally.lastMicros() / 1000)
                .put("count", tally.count());
        event.put("message", headline(view)).put("is_alert", false);
        ObjectNode metadata = event.putObject("metadata");
        metadata.put("version", OCSF_VERSION);
        metadata.putObject("product").put("name", PRODUCT).put("vendor_name", PRODUCT);
        ObjectNode finding = event.putObject("finding_info");
        finding.put("uid", id(view).toString()).put("title", view.title().orElse(view.type()));
        finding.put("first_seen_time", tally.firstMicros() / 1000).put("last_seen_time", tally.lastMicros() / 1000);
        finding.putArray("types").add(view.type());
        view.cause().ifPresent(cause -> finding.put("desc", cause));
        finding.putObject("analytic").put("name", "alarm clustering").put("type_id", OCSF_ANALYTIC_STATISTICAL);
        if (!tally.techniques().isEmpty()) {
            ArrayNode attacks = finding.putArray("attacks");
            tally.techniques()
                    .forEach(technique ->
                            attacks.addObject().putObject("technique").put("uid", technique));
        }
        ObjectNode data = event.putArray("evidences").addObject().putObject("data");
        view.where().forEach(data::put);
        data.put("peakPerHour", tally.peakPerHour()).put("days", tally.days());
        ArrayNode samples = data.putArray("samples");
        tally.samples().forEach(sample -> samples.add(sample.toString()));
        return event;
    }

    static ObjectNode idmefv2(ClusterView view, long nowMicros) {
        Tally tally = view.cluster().tally();
        ObjectNode message = JSON.createObjectNode();
        message.put("Version", "2.D.V08").put("ID", id(view).toString());
        message.put("CreateTime", ClusterView.moment(nowMicros));
        message.put("StartTime", ClusterView.moment(tally.firstMicros()));
        message.put("EndTime", ClusterView.moment(tally.lastMicros()));
        message.putArray("Type").add("Cyber");
        message.putArray("Category").add("Other.Undetermined");
        message.put("Cause", "Unknown")
                .put("Description", headline(view))
                .put("Priority", priority(tally.severityMax()));
        message.putArray("Status").add("Event");
        view.cause().ifPresent(cause -> message.put("Note", cause));
        message.putArray("AltNames").add(view.type());
        ArrayNode condition = message.putArray("AggrCondition");
        view.where().keySet().forEach(condition::add);
        ObjectNode analyzer = message.putObject("Analyzer").put("Name", PRODUCT);
        analyzer.putArray("Category").add("SIEM.SIEM");
        analyzer.putArray("Data").add("Alert");
        analyzer.putArray("Method").add("Statistical");
        entity(message, view, "src", "Source");
        entity(message, view, "dst", "Target");
        return message;
    }

    private static String priority(int severity) {
        return switch (severity) {
            case 1 -> "Info";
            case 2 -> "Low";
            case 3 -> "Medium";
            case 4, 5 -> "High";
            default -> "Unknown";
        };
    }

    /** An address stands as such; a network or a side of the border only as a note. */
    private static void entity(ObjectNode message, ClusterView view, String attribute, String name) {
        String value = view.where().getOrDefault(attribute, "");
        String host = name.equals("Target") ? view.where().getOrDefault("host", "") : "";
        if (value.isEmpty() && host.isEmpty()) {
            return;
        }
        ObjectNode entity = message.putArray(name).addObject();
        String seed = id(view) + name;
        entity.put(
                "ID",
                UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString());
        if (Address.parse(value).isPresent()) {
            entity.put("IP", value);
        } else if (!value.isEmpty()) {
            entity.put("Note", value);
        }
        if (!host.isEmpty()) {
            entity.put("Hostname", host);
        }
        String port = view.where().getOrDefault("dstPort", "");
        if (name.equals("Target") && !port.isEmpty() && port.chars().allMatch(Character::isDigit)) {
            entity.putArray("Port").add(Integer.parseInt(port));
        }
    }

    /** No value can hold a tab or a line feed: texts of alarms are clean. */
    private static String tsv(ClusterView view) {
        Tally tally = view.cluster().tally();
        List<String> cells = new ArrayList<>(List.of(view.type(), view.title().orElse("")));
        cells.add(view.where().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" ")));
        cells.addAll(List.of(
                Long.toString(tally.count()),
                ClusterView.moment(tally.firstMicros()),
                ClusterView.moment(tally.lastMicros()),
                Integer.toString(tally.days()),
                Long.toString(tally.peakPerHour()),
                view.grade().name().toLowerCase(Locale.ROOT),
                view.flags().stream().map(ClusterView.Flag::text).collect(Collectors.joining("; ")),
                view.cause().orElse("")));
        return String.join("\t", cells) + "\n";
    }
}
