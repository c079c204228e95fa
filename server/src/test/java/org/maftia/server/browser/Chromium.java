package org.maftia.server.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.maftia.server.testing.Eventually;

/** A Chromium of its own, with a profile of its own, which ends with the test. Source: the DevTools protocol. */
public final class Chromium implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 30;

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();

    private Chromium(Process process, Path profile) throws IOException {
        this.process = process;
        Path file = profile.resolve("DevToolsActivePort");
        Eventually.until("the browser listens", () -> isWritten(file));
        List<String> lines = Files.readAllLines(file);
        URI place = URI.create("ws://127.0.0.1:" + lines.getFirst() + lines.get(1));
        socket = http.newWebSocketBuilder().buildAsync(place, new Ear()).join();
    }

    private static boolean isWritten(Path file) {
        try {
            return Files.exists(file) && Files.readAllLines(file).size() == 2;
        } catch (IOException e) {
            return false; // just being written
        }
    }

    /** Where one is installed on this machine. */
    public static Optional<Path> program() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(folder -> List.of("chromium", "chromium-browser", "google-chrome").stream()
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param trusted hashes of the public keys whose certificates are taken as good, in base64 */
    public static Chromium start(Path program, Path profile, List<String> trusted) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless=new",
                "--no-sandbox", // build machines run as root
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--ignore-certificate-errors-spki-list=" + String.join(",", trusted),
                "about:blank"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output").toFile())
                .start();
        return new Chromium(process, profile);
    }

    private final class Ear implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                heard(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void heard(String message) {
        try {
            JsonNode json = JSON.readTree(message);
            CompletableFuture<JsonNode> answer = waiting.remove(json.path("id").asInt(-1));
            if (answer != null) {
                answer.complete(json);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the browser speaks JSON", e);
        }
    }

    /** A command, and what the browser says to it. */
    JsonNode call(@Nullable String page, String method, ObjectNode parameters) {
        int id = next.getAndIncrement();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ObjectNode command = JSON.createObjectNode().put("id", id).put("method", method);
        command.set("params", parameters);
        if (page != null) {
            command.put("sessionId", page);
        }
        socket.sendText(command.toString(), true).join();
        try {
            JsonNode said = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (said.has("error")) {
                throw new AssertionError(method + ": " + said.path("error"));
            }
            return said.path("result");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(method, e);
        }
    }

    /** Another page, with nothing in it. */
    public Page page() {
        String target = call(
                        null, "Target.createTarget", JSON.createObjectNode().put("url", "about:blank"))
                .path("targetId")
                .asText();
        ObjectNode wish = JSON.createObjectNode().put("targetId", target).put("flatten", true);
        return new Page(
                this,
                call(null, "Target.attachToTarget", wish).path("sessionId").asText());
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
