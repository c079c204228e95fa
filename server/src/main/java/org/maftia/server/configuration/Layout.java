package org.maftia.server.configuration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The groups that {@code maftia up --layout} knows by name. */
public final class Layout {
    private Layout() {}

    /** Names of places and systems are examples: under {@code up} all replicas run on one machine. */
    private static final List<String> SITES = List.of(
            "zurich",
            "lisbon",
            "oslo",
            "kyoto",
            "toulouse",
            "newcastle",
            "rennes",
            "quito",
            "perth",
            "turku",
            "cork",
            "riga",
            "pune",
            "lima",
            "accra",
            "hanoi");

    private static final List<String> SYSTEMS = List.of("debian", "freebsd", "fedora", "illumos");

    private static final Pattern COUNT = Pattern.compile("[0-9]{1,3}");

    /** A whole site and a whole system at the same time. */
    private static final SortedMap<String, Integer> SITE_AND_SYSTEM =
            Collections.unmodifiableSortedMap(new TreeMap<>(Map.of("site", 1, "os", 1)));

    /** Fewer withstand no lie, unless trusted components stand beside them. */
    private static final int SIZE_MIN = 4;

    /** A client identity for tools. */
    private static final ClientEntry TOOLS = new ClientEntry("tools");

    /**
     * The configuration of a layout, without ports.
     *
     * @param layout a name, or a file
     */
    public static Configuration of(String layout, Overrides overrides) throws ConfigurationException {
        Configuration configuration = switch (layout) {
            case "grid-4x4" ->
                Configuration.parse(
                        "layout grid-4x4",
                        text("maftia-grid-4x4", TrustEntry.ASYNCHRONOUS, grid(4), SITE_AND_SYSTEM),
                        overrides);
            case "hybrid-3" ->
                Configuration.parse(
                        "layout hybrid-3",
                        text("maftia-hybrid-3", TrustEntry.HYBRID, row(3), new TreeMap<>(Map.of("any", 1))),
                        overrides);
            case "hybrid-3x3" ->
                Configuration.parse(
                        "layout hybrid-3x3",
                        text("maftia-hybrid-3x3", TrustEntry.HYBRID, grid(3), SITE_AND_SYSTEM),
                        overrides);
            default -> COUNT.matcher(layout).matches() ? any(layout, overrides) : file(layout, overrides);
        };
        return configuration.clients().isEmpty() ? configuration.withClients(List.of(TOOLS)) : configuration;
    }

    /** So many replicas, of which any may fall that are fewer than a third. */
    private static Configuration any(String layout, Overrides overrides) throws ConfigurationException {
        int size = Integer.parseInt(layout);
        if (size < SIZE_MIN || size > SITES.size()) {
            throw new ConfigurationException(
                    "a layout of " + size + " replicas",
                    "from " + SIZE_MIN + " to " + SITES.size() + ", or a file like group.toml; hybrid-3 has a trusted"
                            + " component beside each of three");
        }
        SortedMap<String, Integer> most = new TreeMap<>(Map.of("any", (size - 1) / 3));
        return Configuration.parse(
                "layout " + size, text("maftia-" + size, TrustEntry.ASYNCHRONOUS, row(size), most), overrides);
    }

    private static Configuration file(String layout, Overrides overrides) throws ConfigurationException {
        Path file = Path.of(layout);
        if (!Files.isRegularFile(file)) {
            throw new ConfigurationException(
                    "there is no layout '" + layout + "', and no such file",
                    "layouts: a count of replicas such as 4, grid-4x4, hybrid-3, hybrid-3x3, or a file like"
                            + " group.toml");
        }
        return Configuration.read(file, overrides);
    }

    /** Every replica with its own site, and the first ones with their own system. */
    private static List<ReplicaEntry> row(int size) {
        List<ReplicaEntry> replicas = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            replicas.add(replica(i, SITES.get(i), SYSTEMS.get(i % SYSTEMS.size())));
        }
        return replicas;
    }

    /** Every pair of a site and a system, row by row. */
    private static List<ReplicaEntry> grid(int side) {
        List<ReplicaEntry> replicas = new ArrayList<>();
        for (int i = 0; i < side * side; i++) {
            replicas.add(replica(i, SITES.get(i / side), SYSTEMS.get(i % side)));
        }
        return replicas;
    }

    private static ReplicaEntry replica(int index, String site, String system) {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("site", site);
        attributes.put("os", system);
        return new ReplicaEntry("r" + (index + 1), attributes, "localhost", 0, 0, 0, 0, index);
    }

    /** So many of each of the classes named may fall, all at the same time. */
    private static String text(
            String group, String model, List<ReplicaEntry> replicas, SortedMap<String, Integer> most) {
        TrustEntry trust = new TrustEntry(
                model,
                List.of("site", "os"),
                List.of(new TrustEntry.Clause(most, List.of())),
                "exact",
                "strong",
                Optional.empty(),
                "layout");
        return GroupFile.text(new Configuration(group, trust, replicas, List.of(TOOLS), Settings.DEFAULT));
    }
}
