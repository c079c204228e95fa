package org.maftia.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.maftia.server.cluster.FreePorts;

/**
 * The peer's own configuration with what the comparison needs changed: ports, durability, no signatures of clients, and
 * a log of warnings only. Everything else stays as it comes.
 */
final class PeerConfiguration {
    /**
     * Only what goes wrong: what a logger prints for every request would be measured too. One class says at its start, and
     * then no more, that the replica is ready.
     */
    private static final String LOGGING = """
            <configuration debug="false">
              <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%msg%n</pattern></encoder>
              </appender>
              <root level="WARN"><appender-ref ref="OUT"/></root>
              <logger name="bftsmart.tom.core.DeliveryThread" level="INFO"/>
            </configuration>
            """;

    private PeerConfiguration() {}

    /** Makes the configuration directory of a run. */
    static void write(Path original, Path copy, int replicas, Durability durability) throws IOException {
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = copy.resolve(original.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        // The view of an earlier run would win over the file of addresses.
        Files.deleteIfExists(copy.resolve("currentView"));
        Path system = copy.resolve("system.config");
        Files.writeString(system, changed(Files.readString(system), keys(replicas, durability)));
        Files.writeString(copy.resolve("logback.xml"), LOGGING);
        Files.writeString(copy.resolve("hosts.config"), hosts(FreePorts.several(2 * replicas)));
    }

    private static SortedMap<String, String> keys(int replicas, Durability durability) {
        SortedMap<String, String> keys = new TreeMap<>();
        keys.put("system.servers.num", Integer.toString(replicas));
        keys.put("system.servers.f", Integer.toString((replicas - 1) / 3));
        keys.put(
                "system.initial.view",
                IntStream.range(0, replicas).mapToObj(Integer::toString).collect(Collectors.joining(",")));
        keys.put("system.communication.useSignatures", "0");
        keys.put("system.totalordermulticast.log", "true");
        keys.put("system.totalordermulticast.log_to_disk", Boolean.toString(durability != Durability.MEMORY));
        keys.put("system.totalordermulticast.sync_log", Boolean.toString(durability == Durability.SYNCED));
        return keys;
    }

    /** The text of a properties file with other values for these keys. */
    static String changed(String text, SortedMap<String, String> values) {
        StringBuilder out = new StringBuilder();
        for (String line : text.lines().toList()) {
            String key =
                    line.contains("=") ? line.substring(0, line.indexOf('=')).strip() : "";
            if (!values.containsKey(key)) {
                out.append(line).append('\n');
            }
        }
        values.forEach(
                (key, value) -> out.append(key).append(" = ").append(value).append('\n'));
        return out.toString();
    }

    static String hosts(List<Integer> ports) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < ports.size() / 2; i++) {
            out.append(i).append(" 127.0.0.1 ").append(ports.get(2 * i)).append(' ');
            out.append(ports.get(2 * i + 1)).append('\n');
        }
        return out.toString();
    }
}
