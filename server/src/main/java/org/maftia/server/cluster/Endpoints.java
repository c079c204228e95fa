package org.maftia.server.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The content of {@code endpoints.json}: how clients find a cluster that is up.
 *
 * @param group its name
 * @param caCertificate the root certificate, in PEM, relative to the directory
 * @param services the path of each client protocol, by name
 */
public record Endpoints(
        String group, List<Replica> replicas, String caCertificate, SortedMap<String, String> services) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Endpoints {
        replicas = List.copyOf(replicas);
        services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    }

    /**
     * One replica.
     *
     * @param client host and port for clients of the group
     */
    public record Replica(
            String id, SortedMap<String, String> attributes, long pid, String https, String http, String client) {
        public Replica {
            attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        }

        Replica withPid(long other) {
            return new Replica(id, attributes, other, https, http, client);
        }
    }

    /** The same with another process for one replica. */
    public Endpoints withPid(String id, long pid) {
        return new Endpoints(
                group,
                replicas.stream()
                        .map(replica -> replica.id().equals(id) ? replica.withPid(pid) : replica)
                        .toList(),
                caCertificate,
                services);
    }

    public String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("group", group);
        ArrayNode list = root.putArray("replicas");
        for (Replica replica : replicas) {
            ObjectNode node = list.addObject();
            node.put("id", replica.id);
            ObjectNode attributes = node.putObject("attributes");
            replica.attributes.forEach(attributes::put);
            node.put("pid", replica.pid).put("https", replica.https).put("http", replica.http);
            node.put("client", replica.client);
        }
        root.put("caCertificate", caCertificate);
        ObjectNode paths = root.putObject("services");
        services.forEach(paths::put);
        return root.toString();
    }

    /** Reads what {@link #json} gave; refuses anything else. */
    public static Endpoints parse(String json) throws IOException {
        try {
            JsonNode root = JSON.readTree(json);
            List<Replica> replicas = new ArrayList<>();
            for (JsonNode node : root.required("replicas")) {
                replicas.add(new Replica(
                        node.required("id").asText(),
                        texts(node.required("attributes")),
                        node.required("pid").asLong(),
                        node.required("https").asText(),
                        node.required("http").asText(),
                        node.required("client").asText()));
            }
            return new Endpoints(
                    root.required("group").asText(),
                    replicas,
                    root.required("caCertificate").asText(),
                    texts(root.required("services")));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException("endpoints.json is broken: " + e.getMessage(), e);
        }
    }

    private static SortedMap<String, String> texts(JsonNode node) {
        SortedMap<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            texts.put(entry.getKey(), entry.getValue().asText());
        }
        return texts;
    }

    /** Writes the file, by rename. */
    public void write(Path file) throws IOException {
        DurableText.replace(file, json() + "\n");
    }

    /** Reads the file, which stands there only while the cluster is up. */
    public static Optional<Endpoints> read(Path file) throws IOException {
        try {
            return Optional.of(parse(Files.readString(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
