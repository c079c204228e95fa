package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.coverage.AttackClass;
import org.maftia.services.detection.coverage.Incident;

/**
 * Recorded attacks that were replayed to a sensor: what its EVE log says of each capture, and the technique that each shows.
 * A capture counts from the first event of any kind that names it ({@code pcap_filename}), so that one over which no alarm was
 * raised counts too.
 */
public final class CaptureReplay {
    private static final int CAPTURES_MAX = 100_000;
    private static final int TYPES_MAX = 10_000;
    private static final long LABELS_LENGTH_MAX = 16 << 20;
    private static final String LABEL_HEADER = "zip,dataset_id,title,technique,sub_technique,tactics";

    private final SortedMap<String, SortedSet<String>> typesByCapture = new TreeMap<>();

    /** Reads a log of EVE, compressed or not. */
    public Tally read(String argument) throws IOException {
        AlarmReader reader = new AlarmReader(
                Optional.of(Format.EVE), Optional.empty(), 0, Progress.silent(), (format, setting) -> this::note);
        reader.read(argument, InputStream.nullInputStream(), alarm -> {});
        return reader.total();
    }

    /** Types of alarms, by capture; empty where there were none. */
    public SortedMap<String, SortedSet<String>> typesByCapture() {
        return Collections.unmodifiableSortedMap(typesByCapture);
    }

    private @Nullable Alarm note(byte[] bytes, int offset, int length) throws BadRecord {
        return JsonRecord.read(bytes, offset, length, parser -> {
            @Nullable String capture = null;
            @Nullable String type = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                boolean object = parser.nextToken() == JsonToken.START_OBJECT;
                if (name.equals("pcap_filename")) {
                    capture = JsonRecord.text(parser);
                } else if (name.equals("alert") && object) {
                    type = alert(parser);
                } else {
                    parser.skipChildren();
                }
            }
            if (capture != null) {
                note(capture.substring(capture.lastIndexOf('/') + 1), type);
            }
            return null;
        });
    }

    private static String alert(JsonParser parser) throws IOException, BadRecord {
        @Nullable String group = null;
        @Nullable String signature = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "gid" -> group = JsonRecord.text(parser);
                case "signature_id" -> signature = JsonRecord.text(parser);
                default -> parser.skipChildren();
            }
        }
        return EveParser.type(group, signature);
    }

    private void note(String capture, @Nullable String type) {
        boolean room = typesByCapture.size() < CAPTURES_MAX || typesByCapture.containsKey(capture);
        if (!room) {
            return;
        }
        SortedSet<String> types = typesByCapture.computeIfAbsent(Alarm.clean(capture), name -> new TreeSet<>());
        if (type != null && types.size() < TYPES_MAX) {
            types.add(type);
        }
    }

    /**
     * Joins captures with the labels of OTRF's Security Datasets: a capture is of the data set whose archive's name follows
     * {@code otrf__} at the beginning of its own. Others have no label and are left out.
     *
     * @param beginnings for each sensor, with what the types of its alarms begin
     */
    public List<Incident> incidents(Path labels, List<List<String>> beginnings) throws IOException {
        SortedMap<String, String> techniques = techniques(labels);
        List<Incident> incidents = new ArrayList<>();
        typesByCapture.forEach((capture, types) -> {
            String best = "";
            for (String archive : techniques.keySet()) {
                boolean fits = capture.startsWith("otrf__" + archive) && archive.length() > best.length();
                best = fits ? archive : best;
            }
            String technique = techniques.getOrDefault(best, "");
            if (AttackClass.isTechnique(technique)) {
                incidents.add(new Incident(capture, new TreeSet<>(List.of(technique)), reporting(types, beginnings)));
            }
        });
        return incidents;
    }

    private static ReplicaSet reporting(SortedSet<String> types, List<List<String>> beginnings) {
        ReplicaSet reporting = ReplicaSet.EMPTY;
        for (int i = 0; i < beginnings.size(); i++) {
            List<String> own = beginnings.get(i);
            boolean any = types.stream().anyMatch(type -> own.stream().anyMatch(type::startsWith));
            reporting = any ? reporting.with(i) : reporting;
        }
        return reporting;
    }

    /** By the names of archives, without their ending. */
    private static SortedMap<String, String> techniques(Path labels) throws IOException {
        if (Files.size(labels) > LABELS_LENGTH_MAX) {
            throw new IOException(labels + " is too long for a file of labels");
        }
        SortedMap<String, String> techniques = new TreeMap<>();
        try (BufferedReader reader = Files.newBufferedReader(labels, StandardCharsets.UTF_8)) {
            @Nullable String line = reader.readLine();
            if (line == null || !line.strip().equals(LABEL_HEADER)) {
                throw new IOException(labels + " does not begin with " + LABEL_HEADER);
            }
            for (line = reader.readLine(); line != null; line = reader.readLine()) {
                List<String> columns = AitParser.columns(line.strip());
                if (columns.size() >= 5 && columns.getFirst().endsWith(".zip")) {
                    String archive =
                            columns.getFirst().substring(0, columns.getFirst().length() - ".zip".length());
                    String part = columns.get(4).isEmpty() ? "" : "." + columns.get(4);
                    techniques.put(archive, columns.get(3) + part);
                }
            }
        } catch (BadRecord e) {
            throw new IOException(labels + " has a line that is no list of values", e);
        }
        return techniques;
    }
}
