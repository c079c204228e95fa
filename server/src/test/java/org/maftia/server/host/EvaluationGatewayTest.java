package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.MadeKeys;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.succession.Known;
import org.maftia.server.testing.Eventually;
import org.maftia.services.evaluation.EvaluationReceipt;

/** Evaluations end to end: keys of a ceremony, real replicas of which one lies, HTTPS, and a client that checks receipts. */
class EvaluationGatewayTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String USER = "alice";
    private static final byte[] PASSWORD = "correct horse".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private final List<ReplicaHost> hosts = new ArrayList<>();

    @AfterEach
    void stop() {
        hosts.forEach(ReplicaHost::close);
    }

    private Configuration start() throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        SmallGroup.make(directory, configuration.faultStructure());
        ClusterDirectory place = new ClusterDirectory(directory);
        for (ReplicaEntry entry : configuration.replicas()) {
            Path orders = place.corruptionFile(entry.id());
            Files.createDirectories(place.data(entry.id()));
            if (hosts.isEmpty()) {
                Files.writeString(orders, Corruption.FALSE_SHARES.word() + "\n");
            }
            hosts.add(ReplicaHost.start(new HostSetup(
                    configuration,
                    entry.id(),
                    place.keys(entry.id()),
                    place.data(entry.id()),
                    new Unlock.KeyFile(),
                    Intruder.of(orders))));
        }
        return configuration;
    }

    private static SecureHttp.Reply ask(SecureHttp http, ReplicaEntry replica, String user, byte[] blinded) {
        String body = JSON.createObjectNode()
                .put("user", user)
                .put("blinded", Base64.getUrlEncoder().withoutPadding().encodeToString(blinded))
                .toString();
        try {
            return http.post(
                    replica.httpsAddress() + "/oprf/evaluate",
                    60_000,
                    "application/json",
                    body.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(JsonNode json, String field) {
        return Base64.getUrlDecoder().decode(json.path(field).asText());
    }

    /** As a client does it that has nothing but the transcript, and what a quorum certified of the key that nobody dealt. */
    private static Optional<byte[]> value(
            SecureHttp http, ReplicaEntry replica, GroupTranscript group, byte[] receiptsKey) throws IOException {
        Digest function = EvaluationReceipt.function(group.function().orElseThrow());
        byte[] user = USER.getBytes(StandardCharsets.UTF_8);
        try (BlindedInput input = BlindedInput.of(PASSWORD, SystemEntropy.INSTANCE)) {
            SecureHttp.Reply reply = ask(http, replica, USER, input.toBytes());
            if (reply.status() == 429) {
                return Optional.empty();
            }
            assertThat(reply.status()).as(reply.text()).isEqualTo(200);
            JsonNode json = JSON.readTree(reply.text());
            byte[] element = bytes(json, "evaluated");
            byte[] receipt = EvaluationReceipt.message(function, user, input.toBytes(), element);
            assertThat(json.path("function").asText()).isEqualTo(function.toString());
            assertThat(BlsSignature.verify(receiptsKey, receipt, bytes(json, "signature")))
                    .isTrue();
            return input.finish(element);
        }
    }

    /** What all seeds in one place make of it. */
    private byte[] alone(Configuration configuration) throws Exception {
        ClusterDirectory place = new ClusterDirectory(directory);
        try (BlindedInput input = BlindedInput.of(PASSWORD, SystemEntropy.INSTANCE)) {
            SortedMap<Integer, byte[]> parts = new TreeMap<>();
            ObliviousFunction function = null;
            for (ReplicaEntry entry : configuration.replicas()) {
                ReplicaKeys keys = ReplicaKeys.load(place.keys(entry.id()));
                ObliviousFunction.Holder holder = keys.evaluators(configuration.faultStructure())
                        .values()
                        .iterator()
                        .next();
                function = holder.function();
                parts.put(keys.index(), holder.part(USER.getBytes(StandardCharsets.UTF_8), input.toBytes()));
            }
            return input.finish(java.util.Objects.requireNonNull(function)
                            .combine(parts)
                            .orElseThrow()
                            .element())
                    .orElseThrow();
        }
    }

    @Attack("password guessing")
    @Test
    void aClientGetsTheValueOfTheWholeKeySoOftenAndNoMoreThroughAnyGateway() throws Exception {
        Configuration configuration = start();
        SecureHttp http = SecureHttp.trusting(directory.resolve("ceremony").resolve(Ceremony.ROOT_FILE));
        GroupTranscript group =
                GroupTranscript.read(directory.resolve("ceremony").resolve(GroupTranscript.FILE));
        List<ReplicaEntry> honest = configuration.replicas().subList(1, 4);
        Eventually.until("the gateways are ready", () -> honest.stream().allMatch(replica -> isReady(http, replica)));
        byte[] receiptsKey = receiptsKey(http, honest.getFirst(), configuration, group);
        byte[] expected = alone(configuration);
        int values = 0;
        while (value(http, honest.get(values % 3), group, receiptsKey)
                .filter(value -> java.util.Arrays.equals(value, expected))
                .isPresent()) {
            values++;
        }
        assertThat(values).isEqualTo(10);
        assertThat(value(http, honest.get(1), group, receiptsKey))
                .as("another gateway")
                .isEmpty();
        try (BlindedInput input = BlindedInput.of(PASSWORD, SystemEntropy.INSTANCE)) {
            SecureHttp.Reply other = ask(http, honest.getFirst(), "bob", input.toBytes());
            assertThat(other.status()).isEqualTo(200);
            assertThat(input.finish(bytes(JSON.readTree(other.text()), "evaluated"))
                            .orElseThrow())
                    .as("every user has a key of his own")
                    .isNotEqualTo(expected);
        }
        for (byte[] bad : List.of(new byte[ObliviousFunction.ELEMENT_LENGTH], new byte[0])) {
            assertThat(ask(http, honest.getFirst(), USER + "2", bad).status()).isEqualTo(400);
        }
        assertThat(ask(http, honest.getFirst(), "", new byte[33]).status()).isEqualTo(400);
        Eventually.until(
                "who says false parts is named",
                () -> honest.stream().allMatch(replica -> isBlamedForAPart(http, replica)));
        JsonNode info = JSON.readTree(http.get(honest.getFirst().httpsAddress() + "/oprf/info", 60_000)
                .text());
        assertThat(info.path("receiptsKey").asText()).isEqualTo(HexFormat.of().formatHex(receiptsKey));
    }

    private static boolean isBlamedForAPart(SecureHttp http, ReplicaEntry teller) {
        try {
            String status = http.get(teller.httpsAddress() + "/status", 10_000).text();
            return ReplicaStatus.parse(status).blames().stream()
                    .anyMatch(blame ->
                            blame.replica().equals("r1") && blame.rule().equals("says a false part of an evaluation"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Whoever shows another one is found out: the certificate is of a quorum that the transcript names. */
    private static byte[] receiptsKey(
            SecureHttp http, ReplicaEntry replica, Configuration configuration, GroupTranscript group)
            throws Exception {
        assertThat(group.receipts()).as("a ceremony deals none").isEmpty();
        String place = "/certified?service=" + MadeKeys.VIEW + "&key=" + MadeKeys.entry(GroupTranscript.RECEIPTS_KEY);
        CertifiedRead proof = CertifiedRead.CODEC.decode(
                http.get(replica.httpsAddress() + place, 10_000).body());
        return MadeKeys.verified(proof, Known.of(configuration, group).charter(), GroupTranscript.RECEIPTS_KEY)
                .orElseThrow();
    }

    /** Until the group has made the key for receipts the gateway says so, and is asked again. */
    private static boolean isReady(SecureHttp http, ReplicaEntry replica) {
        try {
            SecureHttp.Reply info = http.get(replica.httpsAddress() + "/oprf/info", 10_000);
            if (info.status() == 503) {
                assertThat(info.text()).contains("the group is making the key of its receipts, which nobody dealt");
            }
            return info.status() == 200
                    && http.get(replica.httpsAddress() + "/ready", 10_000).status() == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }
}
