package org.maftia.server.command;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.exchange.MessageBox;
import org.maftia.server.exchange.TrustedParty;
import org.maftia.server.succession.Known;
import org.maftia.services.jose.JsonWebKey;

/** The group of a directory as the trusted party of exchanges. */
final class ExchangeGroup {
    private static final String SERVICE = "exchange";

    private final ClusterDirectory cluster;
    private final GroupTranscript group;
    private final JsonWebKey.Rsa key;

    private ExchangeGroup(ClusterDirectory cluster, GroupTranscript group, JsonWebKey.Rsa key) {
        this.cluster = cluster;
        this.group = group;
        this.key = key;
    }

    static ExchangeGroup open(DirectoryOption directory) throws CommandException, IOException, ConfigurationException {
        ClusterDirectory cluster = directory.existing();
        long number = LocalCluster.open(cluster).configuration().ordinal().number();
        Path file = cluster.ceremony(Math.toIntExact(number)).resolve(GroupTranscript.FILE);
        GroupTranscript group = GroupTranscript.read(file);
        BigInteger modulus;
        try {
            modulus = group.key(ServiceKey.EXCHANGE).scheme().key().modulus();
        } catch (CeremonyException e) {
            throw new CommandException(
                    "this group decides no exchanges: its ceremony dealt no key for them", "hold a new ceremony");
        }
        return new ExchangeGroup(cluster, group, new JsonWebKey.Rsa(modulus));
    }

    /** How offers name the group. */
    Digest trusted() {
        return key.thumbprint();
    }

    JsonWebKey key() {
        return key;
    }

    /** @throws CommandException in a hybrid group, which has no key to encrypt to */
    ThresholdCipher cipher() throws CommandException {
        if (group.isHybrid()) {
            throw new CommandException(
                    "a group with trusted components keeps no escrows", "contracts need none: 'maftia exchange offer'");
        }
        return group.cipher();
    }

    /** What one asks a trusted party. */
    @FunctionalInterface
    interface Question {
        TrustedParty.Decision ask(TrustedParty party)
                throws IOException, TrustedParty.RefusedException, CommandException;
    }

    private Endpoints endpoints() throws CommandException, IOException, ConfigurationException {
        Endpoints endpoints;
        try {
            endpoints = LocalCluster.open(cluster).endpoints();
        } catch (ClusterException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e.hint());
        }
        if (!endpoints.services().containsKey(SERVICE)) {
            throw new CommandException(
                    "the group's gateways know no exchanges", "start it with this version of Maftia");
        }
        return endpoints;
    }

    private static List<String> addresses(Endpoints endpoints) {
        String path = endpoints.services().get(SERVICE);
        return endpoints.replicas().stream()
                .map(replica -> replica.https() + path)
                .toList();
    }

    /** What one does at a mailbox. */
    @FunctionalInterface
    interface Visit<T> {
        T pay(MessageBox box) throws IOException, MessageBox.RefusedException, CommandException;
    }

    <T> T visit(Visit<T> visit) throws CommandException, IOException, ConfigurationException {
        Endpoints endpoints = endpoints();
        MessageBox box = new MessageBox(
                addresses(endpoints),
                SecureHttp.trusting(cluster.root().resolve(endpoints.caCertificate())),
                Known.of(group).trust());
        try {
            return visit.pay(box);
        } catch (MessageBox.RefusedException e) {
            throw new CommandException(
                    "the group does not keep the message: " + e.getMessage(),
                    "what was signed is in the file: send it in another way");
        } catch (IOException e) {
            throw new CommandException(
                    String.valueOf(e.getMessage()),
                    "what was signed is in the file: leave it later by 'maftia exchange leave', or send it in another way");
        }
    }

    TrustedParty.Decision ask(Question question) throws CommandException, IOException, ConfigurationException {
        Endpoints endpoints = endpoints();
        TrustedParty party = new TrustedParty(
                addresses(endpoints),
                SecureHttp.trusting(cluster.root().resolve(endpoints.caCertificate())),
                key,
                Known.of(group).trust());
        try {
            return question.ask(party);
        } catch (TrustedParty.RefusedException e) {
            throw new CommandException("the group refuses: " + e.getMessage(), "nothing changed");
        } catch (IOException e) {
            throw new CommandException(String.valueOf(e.getMessage()), "'maftia status' tells how the replicas are");
        }
    }
}
