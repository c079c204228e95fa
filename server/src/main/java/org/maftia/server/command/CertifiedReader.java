package org.maftia.server.command;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** Asks gateways for a value of the group's state, and gives none that a quorum did not certify. */
final class CertifiedReader {
    private static final int TIMEOUT_MILLIS = 5_000;

    /** A state that is young enough is certified within a few seconds of being asked for. */
    private static final int ROUNDS_MAX = 20;

    private static final long PAUSE_MILLIS = 500;

    private final ClusterDirectory cluster;
    private final String service;
    private final String key;

    /** The newest last. */
    private final List<Known> history;

    /** @param cluster whose documents say who the group is */
    CertifiedReader(ClusterDirectory cluster, String service, String key)
            throws IOException, ConfigurationException, CommandException {
        this.cluster = cluster;
        this.service = service;
        this.key = key;
        this.history = history(cluster);
    }

    /** The configurations of the group that D tells of, the newest last; proofs of older ones are good for ever. */
    private static List<Known> history(ClusterDirectory cluster)
            throws IOException, ConfigurationException, CommandException {
        Configuration now = LocalCluster.open(cluster).configuration();
        List<Known> history = new ArrayList<>();
        for (int number = 0; number <= now.ordinal().number(); number++) {
            Path file = cluster.ceremony(number).resolve(GroupTranscript.FILE);
            if (Files.exists(file)) {
                history.add(Known.of(now, GroupTranscript.read(file)));
            }
        }
        if (history.isEmpty()) { // the host of a replica has it beside the keys at least
            history.add(Known.of(now, TranscriptOption.inDirectory(cluster).group()));
        }
        return history;
    }

    /**
     * A kept proof, or what a gateway said.
     *
     * @throws RefusedReadException when it proves nothing
     */
    CertifiedRead checked(byte[] bytes, long notBeforeMicros) throws RefusedReadException {
        CertifiedRead read = CertifiedRead.CODEC.decode(bytes);
        Known signers = history.stream()
                .filter(known -> known.configuration().digest().equals(read.configuration()))
                .findFirst()
                .orElse(history.getLast());
        read.verify(signers.charter(), service, key, notBeforeMicros);
        return read;
    }

    /**
     * Round after round of all replicas: the first asks for a younger state, a later one gets it.
     *
     * @param notBefore agreed time of the oldest state that is taken, in microseconds; 0 for any
     */
    CertifiedRead ask(long notBefore) throws Exception {
        Endpoints endpoints = LocalCluster.open(cluster).endpoints();
        SecureHttp http = SecureHttp.trusting(cluster.root().resolve(endpoints.caCertificate()));
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
                        return checked(reply.body(), notBefore);
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
}
