package org.maftia.server.host;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.services.signing.CallerKey;

/** Real replicas, of which the first lies, with two short keys for others: {@code release} and {@code door}. */
final class SigningGroup implements AutoCloseable {
    static final String TOKEN = "0GkuyAJe4rZqVoIfcE5HXxTkA0fq9kp6-eVJ9hVZW0E";

    private final LyingHosts hosts;
    private final Path directory;
    private final Configuration configuration;
    private final GroupTranscript transcript;
    private final SSLContext tls;
    private final HttpClient http;

    SigningGroup(Path directory) throws Exception {
        this.directory = directory;
        String caller = HexFormat.of()
                .formatHex(CallerKey.ofToken(TOKEN.getBytes(StandardCharsets.UTF_8))
                        .publicKey());
        Overrides overrides = Overrides.parse(List.of(
                "signing.keys=[\"release\",\"door\"]",
                "signing.release.padding=pkcs1v15",
                "signing.release.callers=[\"" + caller + "\"]",
                "signing.release.signaturesPerMinute=60",
                "signing.door.padding=pss",
                "signing.door.hashes=[\"sha2-256\"]",
                "signing.door.callers=[\"" + caller + "\"]",
                "signing.door.hosts=[\"localhost\"]"));
        this.configuration = FreePorts.fill(Layout.of("4", overrides));
        this.transcript = SmallGroup.make(
                directory,
                configuration.faultStructure(),
                "",
                configuration.settings().signing().dealt());
        this.hosts = new LyingHosts(directory, configuration, configuration);
        this.tls = hosts.tls();
        this.http = HttpClient.newBuilder().sslContext(tls).build();
    }

    Path directory() {
        return directory;
    }

    GroupTranscript transcript() {
        return transcript;
    }

    /** Trusts the group's root and nobody else. */
    SSLContext tls() {
        return tls;
    }

    URI at(int replica, String path) {
        return URI.create(configuration.replicas().get(replica).httpsAddress() + path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What the JCA provider is configured with: the lying gateway first. */
    Path properties() throws IOException {
        return Files.writeString(
                directory.resolve("maftia.properties"),
                "gateways = "
                        + configuration.replicas().stream()
                                .map(ReplicaEntry::httpsAddress)
                                .collect(Collectors.joining(", "))
                        + "\nca = "
                        + hosts.root() + "\n");
    }

    @Override
    public void close() {
        http.close();
        hosts.close();
    }
}
