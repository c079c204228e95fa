package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.gateway.ExchangeInfo;
import org.maftia.server.gateway.RegistrationInfo;
import org.maftia.server.log.LogSetup;
import org.maftia.server.notarize.RegistrationClient;
import org.maftia.server.succession.Known;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.registration.Description;
import org.maftia.services.registration.Document;
import org.maftia.services.registration.SealedDocument;

/** The group of a directory as it registers documents; what is believed of it comes from its transcript. */
final class RegistrationGroup {
    private final ClusterDirectory cluster;
    private final GroupTranscript group;
    private final RegistrationInfo info;

    private RegistrationGroup(ClusterDirectory cluster, GroupTranscript group, RegistrationInfo info) {
        this.cluster = cluster;
        this.group = group;
        this.info = info;
    }

    static RegistrationGroup open(DirectoryOption directory)
            throws CommandException, IOException, ConfigurationException {
        ClusterDirectory cluster = directory.existing();
        GroupTranscript group = GroupTranscript.read(transcripts(cluster).getFirst());
        if (group.isHybrid()) {
            throw new CommandException(
                    "a group with trusted components registers no documents: it has no key to encrypt to",
                    "'maftia notarize FILE' has it time-stamp one");
        }
        try {
            ServiceKey key = group.key(ServiceKey.EXCHANGE);
            JsonWebKey.Rsa receipts = new JsonWebKey.Rsa(key.scheme().key().modulus());
            return new RegistrationGroup(
                    cluster, group, RegistrationInfo.of(group, new ExchangeInfo(receipts, key.certificate())));
        } catch (CeremonyException e) {
            throw new CommandException(
                    "this group registers no documents: its ceremony dealt no key for receipts", "hold a new ceremony");
        }
    }

    /** The transcripts of the configurations of a cluster, the present one first. */
    private static List<Path> transcripts(ClusterDirectory cluster) throws IOException, ConfigurationException {
        List<Path> files = new ArrayList<>();
        int present = Math.toIntExact(
                LocalCluster.open(cluster).configuration().ordinal().number());
        for (int number = present; number >= 0; number--) {
            files.add(cluster.ceremony(number).resolve(GroupTranscript.FILE));
        }
        return files;
    }

    /** The policies of its log, the present one first: who witnessed a head did so in the configuration of that time. */
    static List<LogPolicy> policies(DirectoryOption directory)
            throws CommandException, IOException, ConfigurationException {
        List<LogPolicy> policies = new ArrayList<>();
        for (Path file : transcripts(directory.existing())) {
            if (Files.isRegularFile(file)) {
                policies.add(LogPolicy.parsed(LogSetup.policy(Known.of(GroupTranscript.read(file)))));
            }
        }
        if (policies.isEmpty()) {
            throw new CommandException("there is no transcript of the group here", "name the policy with --policy");
        }
        return policies;
    }

    RegistrationClient.Registered register(Document document) throws CommandException, IOException {
        byte[] sealed = SealedDocument.seal(document, info.addressee(), info.cipher(), SystemEntropy.INSTANCE);
        return client().register(sealed, Description.of(document));
    }

    RegistrationClient client() throws CommandException, IOException {
        Endpoints endpoints;
        try {
            endpoints = LocalCluster.open(cluster).endpoints();
        } catch (ClusterException | ConfigurationException e) {
            throw new CommandException(String.valueOf(e.getMessage()), "'maftia up' starts the cluster");
        }
        String path = endpoints.services().get("notary");
        if (path == null) {
            throw new CommandException(
                    "the group's gateways register no documents", "start it with this version of Maftia");
        }
        return new RegistrationClient(
                endpoints.replicas().stream()
                        .map(replica -> replica.https() + path)
                        .toList(),
                SecureHttp.trusting(group.root()),
                new RegistrationClient.Trust(
                        group.root(),
                        info.receipts().certificate(),
                        LogPolicy.parsed(LogSetup.policy(Known.of(group)))));
    }
}
