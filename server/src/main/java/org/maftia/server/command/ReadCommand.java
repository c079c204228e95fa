package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.succession.GroupDesk;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia read}. */
@Command(
        name = "read",
        description = {
            "Read a value of a service, with a proof that the group certified it.",
            "",
            "Any one replica answers; the proof is checked before the value is printed. Kept with --out, it is",
            "checked again with --proof at any later time, offline, against the group's public documents in D.",
            "",
            "The notary shows 'serials' (stamps given out) and 'time'; the register each of its keys."
        },
        sortOptions = false)
final class ReadCommand implements Callable<Integer> {
    private static final int TIMEOUT_MILLIS = 5_000;

    /** A state that is young enough is certified within a few seconds of being asked for. */
    private static final int ROUNDS_MAX = 20;

    private static final long PAUSE_MILLIS = 500;

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--max-age",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "The oldest state wanted (default: ${DEFAULT-VALUE}); with --proof any is taken.")
    private long ageSecondsMax;

    @Option(names = "--out", paramLabel = "PROOF", description = "Keep the value with its proof in this file.")
    private @Nullable Path out;

    @Option(names = "--proof", paramLabel = "PROOF", description = "Check a kept file; no replica is asked.")
    private @Nullable Path kept;

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Whose value.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String service;

    @Parameters(index = "1", paramLabel = "KEY", description = "Which value.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String key;

    @Override
    public Integer call() throws Exception {
        ClusterDirectory cluster = directory.existing();
        List<Known> history = history(cluster);
        CertifiedRead read = kept != null ? check(history, kept) : ask(history, cluster);
        if (out != null) {
            Files.write(out, CertifiedRead.CODEC.encode(read));
        }
        output.print(json(read), sentence(read), state(read));
        return 0;
    }

    /** The configurations of the group that D tells of, the newest last; proofs of older ones are good for ever. */
    private static List<Known> history(ClusterDirectory cluster) throws IOException, ConfigurationException {
        Configuration now = LocalCluster.open(cluster).configuration();
        List<Known> history = new ArrayList<>();
        for (int number = 0; number <= now.ordinal().number(); number++) {
            Path file = cluster.ceremony(number).resolve(GroupTranscript.FILE);
            if (number == 0 || Files.exists(file)) {
                history.add(Known.of(now, GroupTranscript.read(file)));
            }
        }
        return history;
    }

    private CertifiedRead check(List<Known> history, Path file) throws IOException, CommandException {
        try {
            return checked(history, Files.readAllBytes(file), 0);
        } catch (RefusedReadException | MalformedException e) {
            throw new CommandException(
                    "the proof is refused: " + e.getMessage(),
                    "check that service, key, file and group belong together");
        }
    }

    private CertifiedRead checked(List<Known> history, byte[] bytes, long notBeforeMicros) throws RefusedReadException {
        CertifiedRead read = CertifiedRead.CODEC.decode(bytes);
        Known signers = history.stream()
                .filter(known -> known.configuration().digest().equals(read.configuration()))
                .findFirst()
                .orElse(history.getLast());
        read.verify(signers.charter(), service, key, notBeforeMicros);
        return read;
    }

    /** Round after round of all replicas: the first asks for a younger state, a later one gets it. */
    private CertifiedRead ask(List<Known> history, ClusterDirectory cluster) throws Exception {
        Endpoints endpoints = LocalCluster.open(cluster).endpoints();
        SecureHttp http = SecureHttp.trusting(cluster.root().resolve(endpoints.caCertificate()));
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        long notBefore = Math.max(0, now - TimeUnit.SECONDS.toMicros(ageSecondsMax));
        String question = "/certified?service=" + encoded(service) + "&key=" + encoded(key) + "&since=" + notBefore;
        GroupDesk desk = new GroupDesk(
                http,
                endpoints.replicas().stream().map(Endpoints.Replica::https).toList());
        StringBuilder failures = new StringBuilder();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            failures.setLength(0);
            for (Endpoints.Replica replica : endpoints.replicas()) {
                try {
                    SecureHttp.Reply reply = http.get(replica.https() + question, TIMEOUT_MILLIS);
                    if (reply.status() == 200) {
                        return checked(history, reply.body(), notBefore);
                    }
                    failures.append("; ")
                            .append(replica.id())
                            .append(": ")
                            .append(reply.text().strip());
                } catch (IOException | RefusedReadException | MalformedException e) {
                    failures.append("; ").append(replica.id()).append(": ").append(e.getMessage());
                }
            }
            // The group may have gone on since D was written; then it proves how.
            desk.after(history.getLast()).ifPresent(followed -> history.add(followed.known()));
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        throw new CommandException(
                "no replica gave an answer that verifies" + failures, "'maftia status' tells how the replicas are");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static ObjectNode json(CertifiedRead read) {
        byte[] value = read.value();
        ObjectNode node = Json.object()
                .put("service", read.service())
                .put("key", read.key())
                .put("found", value != null)
                .put("slot", read.slot())
                .put("time", time(read).toString());
        return value == null ? node : node.put("value", HexFormat.of().formatHex(value));
    }

    private static String sentence(CertifiedRead read) {
        byte[] value = read.value();
        return value == null
                ? read.service() + " has no " + read.key()
                : read.service() + " " + read.key() + " = " + HexFormat.of().formatHex(value);
    }

    private static String state(CertifiedRead read) {
        return "certified by a quorum after slot " + read.slot() + ", at " + time(read) + "; it may have changed since";
    }

    private static Instant time(CertifiedRead read) {
        return Instant.EPOCH.plus(read.timeMicros(), ChronoUnit.MICROS);
    }
}
