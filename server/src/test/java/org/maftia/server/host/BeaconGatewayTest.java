package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.bls.BLS12_381G1;
import org.bouncycastle.crypto.bls.BLS12_381G2;
import org.bouncycastle.crypto.bls.BLS12_381G2Point;
import org.bouncycastle.crypto.bls.BLS12_381Pairing;
import org.bouncycastle.crypto.bls.BLS12_381Serialization;
import org.bouncycastle.crypto.bls.Fp12Element;
import org.bouncycastle.crypto.hash2curve.HashToCurveProfile;
import org.bouncycastle.crypto.hash2curve.HashToEllipticCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.testing.Eventually;

/** The beacon end to end: keys of a ceremony, real replicas, HTTP, and a verifier that shares no code with the group. */
class BeaconGatewayTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    @TempDir
    private Path directory;

    private final List<ReplicaHost> hosts = new ArrayList<>();

    @AfterEach
    void stop() {
        hosts.forEach(ReplicaHost::close);
    }

    /** @param liars so many of the first replicas say false things while they run */
    private Configuration start(int liars) throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        SmallGroup.make(directory, configuration.faultStructure());
        ClusterDirectory place = new ClusterDirectory(directory);
        for (ReplicaEntry entry : configuration.replicas()) {
            boolean lies = hosts.size() < liars;
            Files.createDirectories(place.data(entry.id()));
            hosts.add(ReplicaHost.start(new HostSetup(
                    configuration,
                    entry.id(),
                    place.keys(entry.id()),
                    place.data(entry.id()),
                    new Unlock.KeyFile(),
                    lies ? Intruder.of(orders(place, entry.id())) : Optional.empty())));
        }
        return configuration;
    }

    private static Path orders(ClusterDirectory place, String id) throws IOException {
        return Files.writeString(place.corruptionFile(id), Corruption.FALSE_SHARES.word() + "\n");
    }

    private static List<ReplicaStatus.Blame> blames(SecureHttp http, ReplicaEntry replica) {
        try {
            return ReplicaStatus.parse(
                            http.get(replica.httpsAddress() + "/status", 10_000).text())
                    .blames();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isBlamedForAShare(SecureHttp http, ReplicaEntry teller) {
        return blames(http, teller).stream()
                .anyMatch(blame -> blame.rule().equals("sent a false share of a signature"));
    }

    private static HttpResponse<String> get(ReplicaEntry replica, String path) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create(replica.httpAddress() + path);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(ReplicaEntry replica, String path) throws IOException {
        HttpResponse<String> response = get(replica, path);
        assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    /** As a client of drand does: e(signature, g2) = e(H(SHA-256(round)), key), and the value is the signature's hash. */
    private static void verify(JsonNode info, JsonNode value) throws Exception {
        byte[] signature = HEX.parseHex(value.path("signature").asText());
        byte[] message = sha256(
                ByteBuffer.allocate(8).putLong(value.path("round").asLong()).array());
        ECPoint base = HashToEllipticCurve.getInstance(
                        HashToCurveProfile.BLS12_381_G1_XMD_SHA_256_SSWU_RO,
                        "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_")
                .hashToCurve(message);
        ECPoint point = BLS12_381Serialization.decompressG1(signature, BLS12_381G1.createCurve());
        BLS12_381G2Point key = BLS12_381Serialization.decompressG2(
                HEX.parseHex(info.path("public_key").asText()));
        assertThat(BLS12_381Pairing.multiPair(
                        new ECPoint[] {point, base.negate()}, new BLS12_381G2Point[] {BLS12_381G2.getGenerator(), key}))
                .isEqualTo(Fp12Element.ONE);
        assertThat(value.path("randomness").asText()).isEqualTo(HEX.formatHex(sha256(signature)));
    }

    private static void awaitFirst(Configuration configuration) {
        for (ReplicaEntry replica : configuration.replicas()) {
            Eventually.until(
                    "the beacon of " + replica.id() + " answers",
                    () -> get(replica, "/beacon/latest").statusCode() == 200);
        }
    }

    @Test
    void everyReplicaGivesTheValueThatAClientOfDrandVerifies() throws Exception {
        Configuration configuration = start(0);
        awaitFirst(configuration);
        ReplicaEntry one = configuration.replicas().getFirst();
        JsonNode info = json(one, "/beacon/info");
        assertThat(info.path("schemeID").asText()).isEqualTo("bls-unchained-g1-rfc9380");
        assertThat(info.path("period").asInt()).isEqualTo(30);
        assertThat(info.path("metadata").path("beaconID").asText()).isEqualTo("test");
        long round = json(one, "/beacon/latest").path("round").asLong();
        long genesis = info.path("genesis_time").asLong();
        long now = System.currentTimeMillis() / 1_000;
        assertThat(round).isPositive().isLessThanOrEqualTo((now - genesis) / 30 + 1);
        JsonNode value = json(one, "/beacon/" + round);
        assertThat(value.path("round").asLong()).isEqualTo(round);
        verify(info, value);
        // Long before this group was there: nobody ever signed it, and it comes out the same everywhere.
        JsonNode old = json(one, "/beacon/1");
        verify(info, old);
        for (ReplicaEntry replica : configuration.replicas()) {
            assertThat(json(replica, "/beacon/info")).isEqualTo(info);
            assertThat(json(replica, "/beacon/" + round)).isEqualTo(value);
            assertThat(json(replica, "/beacon/public/" + round)).isEqualTo(value);
            assertThat(json(replica, "/beacon/1")).isEqualTo(old);
            verify(info, json(replica, "/beacon/public/latest"));
        }
        HttpResponse<String> early = get(one, "/beacon/" + (round + 1000));
        assertThat(early.statusCode()).isEqualTo(425);
        assertThat(early.body()).contains("nobody knows its value before");
        assertThat(early.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(get(one, "/beacon/" + Long.MAX_VALUE / 10).statusCode()).isEqualTo(425);
        for (String bad : List.of("-1", "1e3", "1".repeat(19), "%20")) {
            assertThat(get(one, "/beacon/" + bad).statusCode()).as(bad).isEqualTo(400);
        }
    }

    /** Whoever the group asks first: a share that is no share is found out, and the rounds come. */
    @Attack("false shares")
    @Test
    void aReplicaThatSendsFalseSharesIsBlamedAndTheBeaconGoesOn() throws Exception {
        Configuration configuration = start(1);
        ReplicaEntry honest = configuration.replicas().getLast();
        Eventually.until(
                "the beacon answers", () -> get(honest, "/beacon/latest").statusCode() == 200);
        JsonNode info = json(honest, "/beacon/info");
        String liar = configuration.replicas().getFirst().id();
        SecureHttp http = SecureHttp.trusting(directory.resolve("ceremony").resolve(Ceremony.ROOT_FILE));
        List<ReplicaEntry> others = configuration.replicas().subList(1, 4);
        // Old rounds are signed one after the other, by other minimal sets in turn. A liar who came too late once is
        // spared for the next 64, and cannot lie meanwhile.
        long round = 0;
        while (round < 12 || others.stream().noneMatch(replica -> isBlamedForAShare(http, replica))) {
            long asked = ++round;
            assertThat(asked).as("rounds without a blame").isLessThan(300);
            Eventually.until(
                    "round " + round, () -> get(honest, "/beacon/" + asked).statusCode() == 200);
            verify(info, json(honest, "/beacon/" + round));
        }
        for (ReplicaEntry replica : others) {
            assertThat(blames(http, replica)).allMatch(blame -> blame.replica().equals(liar));
        }
    }
}
