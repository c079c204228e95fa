package org.maftia.server.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.OfficerKeys;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.host.Services;
import org.maftia.server.succession.Known;
import org.maftia.services.authority.Authority;
import org.maftia.services.authority.AuthorityCommand;
import org.maftia.services.authority.OfficerOrder;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.RemovalOrder;

/** The authority of a cluster, and what else its officers order, asked through whichever gateway answers. */
final class CaAccess {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ClusterDirectory directory;
    private final Endpoints endpoints;
    private final SecureHttp http;

    CaAccess(ClusterDirectory directory) throws Exception {
        this.directory = directory;
        this.endpoints = LocalCluster.open(directory).endpoints();
        this.http = SecureHttp.trusting(directory.root().resolve(endpoints.caCertificate()));
    }

    /** Whether the group gives nobody an account without a credential. */
    boolean credentialsRequired() throws Exception {
        Known known = Known.of(GroupTranscript.read(newestTranscript()));
        return known.description().settings().authority().agreed().credentialsRequired();
    }

    /** The certificate under which the gateways can be believed. */
    Path root() {
        return directory.root().resolve(endpoints.caCertificate());
    }

    /** Where clients of ACME find one of the gateways. */
    String acme() {
        return endpoints.replicas().getFirst().https() + Services.paths().get("acme");
    }

    /** What the first gateway that answers says at this path. */
    SecureHttp.Reply get(String path) throws CommandException {
        String failure = "no replica is known";
        for (Endpoints.Replica replica : endpoints.replicas()) {
            try {
                return http.get(replica.https() + path, TIMEOUT_MILLIS);
            } catch (IOException e) {
                failure = replica.id() + ": " + e.getMessage();
            }
        }
        throw unreachable(failure);
    }

    JsonNode json(String path) throws CommandException {
        SecureHttp.Reply reply = get(path);
        if (reply.status() != 200) {
            throw new CommandException(reply.text().strip(), "'maftia ca list' shows what there is");
        }
        return parsed(reply);
    }

    private static JsonNode parsed(SecureHttp.Reply reply) throws CommandException {
        try {
            return MAPPER.readTree(reply.text());
        } catch (JsonProcessingException e) {
            throw new CommandException("the gateway's answer is no JSON", "ask another one");
        }
    }

    private static CommandException unreachable(String failure) {
        return new CommandException("no gateway answers: " + failure, "'maftia status' tells how the replicas are");
    }

    /**
     * Has the group carry out what an officer signs.
     *
     * @param officer his name
     * @param hint for whom the group refuses
     */
    void order(String officer, OfficerOrder.Act act, Unlock unlock, String hint) throws Exception {
        Known known = Known.of(GroupTranscript.read(newestTranscript()));
        int index = index(known, officer);
        byte[] order = OfficerOrder.CODEC.encode(new OfficerOrder(index, nonce(), act));
        byte[] statement = OfficerOrder.statement(Services.authorityGroup(known), order);
        byte[] signature = signature(known, index, officer, Digest.of(statement), unlock);
        submit("/ca/official", AuthorityCommand.CODEC.encode(new AuthorityCommand.Official(order, signature)), hint);
    }

    /**
     * Has the group's provider remove a person.
     *
     * @param officer his name
     */
    void remove(String officer, String person, Unlock unlock) throws Exception {
        Known known = Known.of(GroupTranscript.read(newestTranscript()));
        int index = index(known, officer);
        byte[] random = new byte[Digest.LENGTH];
        new SecureRandom().nextBytes(random);
        long untilSeconds = System.currentTimeMillis() / 1_000 + RemovalOrder.SECONDS_MAX / 2;
        byte[] order = RemovalOrder.CODEC.encode(new RemovalOrder(index, Digest.of(random), untilSeconds, person));
        Digest statement = RemovalOrder.statement(Services.authorityGroup(known), order);
        byte[] signature = signature(known, index, officer, statement, unlock);
        submit(
                "/oidc/official",
                ProviderCommand.CODEC.encode(new ProviderCommand.Official(order, signature)),
                "the name is the one under which the person registered");
    }

    private static int index(Known known, String officer) throws CommandException {
        List<String> names = known.description().officers().names();
        int index = names.indexOf(officer);
        if (names.isEmpty()) {
            throw new CommandException(
                    "this group names no officers, so nobody orders this alone",
                    "'maftia init NAME --officer' makes a key for [[officer]], 'maftia reconfigure' brings it in");
        }
        if (index < 0) {
            throw new CommandException(
                    "there is no officer '" + officer + "'",
                    "--officer is one of " + String.join(", ", names) + ", whose key lies on this host");
        }
        return index;
    }

    private byte[] signature(Known known, int index, String officer, Digest statement, Unlock unlock) throws Exception {
        OfficerKeys.Signed signed = OfficerKeys.sign(directory.officers().resolve(officer), statement, unlock);
        byte[] wanted = HexFormat.of()
                .parseHex(known.description().officers().entries().get(index).key());
        if (!Arrays.equals(signed.publicKey(), wanted)) {
            throw new CommandException(
                    "the key of officer '" + officer + "' is not the one that the group knows", "restore his key");
        }
        return signed.signature();
    }

    private Path newestTranscript() throws Exception {
        int number = LocalCluster.open(directory).configuration().ordinal().number();
        return directory.ceremony(number).resolve(GroupTranscript.FILE);
    }

    private static String nonce() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return Authority.nonce(System.currentTimeMillis() * 1_000, random);
    }

    private void submit(String path, byte[] body, String hint) throws CommandException {
        String failure = "no replica is known";
        for (Endpoints.Replica replica : endpoints.replicas()) {
            SecureHttp.Reply reply;
            try {
                reply = http.post(replica.https() + path, TIMEOUT_MILLIS, "application/octet-stream", body);
            } catch (IOException e) {
                failure = replica.id() + ": " + e.getMessage();
                continue;
            }
            if (reply.status() == 503) {
                failure = replica.id() + " is busy";
                continue;
            }
            if (reply.status() != 200) {
                JsonNode answer = parsed(reply);
                String why = answer.path("detail")
                        .asText(answer.path("error_description").asText());
                throw new CommandException("the group refused: " + why, hint);
            }
            return;
        }
        throw unreachable(failure);
    }
}
