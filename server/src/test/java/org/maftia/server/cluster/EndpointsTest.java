package org.maftia.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointsTest {
    private static Endpoints endpoints() {
        TreeMap<String, String> attributes = new TreeMap<>();
        attributes.put("site", "zurich");
        attributes.put("os", "debian");
        TreeMap<String, String> services = new TreeMap<>();
        services.put("tsa", "/tsa");
        return new Endpoints(
                "maftia-4",
                List.of(
                        new Endpoints.Replica(
                                "r1", attributes, 123, "https://localhost:3", "http://localhost:4", "localhost:2"),
                        new Endpoints.Replica(
                                "r2", attributes, 124, "https://localhost:7", "http://localhost:8", "localhost:6")),
                "ceremony/ca.pem",
                services);
    }

    @Test
    void theShapeIsTheOneThatScriptsRead() {
        assertThat(endpoints().json())
                .isEqualTo("{\"group\":\"maftia-4\",\"replicas\":["
                        + "{\"id\":\"r1\",\"attributes\":{\"os\":\"debian\",\"site\":\"zurich\"},\"pid\":123,"
                        + "\"https\":\"https://localhost:3\",\"http\":\"http://localhost:4\","
                        + "\"client\":\"localhost:2\"},"
                        + "{\"id\":\"r2\",\"attributes\":{\"os\":\"debian\",\"site\":\"zurich\"},\"pid\":124,"
                        + "\"https\":\"https://localhost:7\",\"http\":\"http://localhost:8\","
                        + "\"client\":\"localhost:6\"}],"
                        + "\"caCertificate\":\"ceremony/ca.pem\",\"services\":{\"tsa\":\"/tsa\"}}");
    }

    @Test
    void theFileIsWrittenByRenameAndReadBack(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("endpoints.json");
        assertThat(Endpoints.read(file)).isEmpty();
        endpoints().write(file);
        assertThat(Endpoints.read(file)).contains(endpoints());
        endpoints().withPid("r2", 999).write(file);
        assertThat(Endpoints.read(file).orElseThrow().replicas().get(1).pid()).isEqualTo(999);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }
}
