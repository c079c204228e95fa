package org.maftia.server.console;

import java.util.List;
import org.maftia.core.wire.Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every event of a replica that an operator should know of, one method each. What is not here is not logged by Maftia;
 * libraries may add warnings.
 *
 * <p>A peer that breaks rules by the thousand must not fill the disk: the first of each kind is logged, then every
 * doubling of the count.
 */
public final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger("org.maftia.replica");

    private final String id;

    /** @param id of the replica, for processes that run several */
    public EventLog(String id) {
        this.id = id;
    }

    public void started(String group, int replicas, String modularPower, String verification) {
        LOG.info(
                "{} of group {} ({} replicas) starts; modular arithmetic by {}; ECDSA verified by {}",
                id,
                group,
                replicas,
                modularPower,
                verification);
    }

    public void listening(int link, int client, String https, String http) {
        LOG.info("{} listens: link {}, client {}, {}, {}", id, link, client, https, http);
    }

    public void corrupted(String scenario) {
        LOG.warn("{} runs corrupted, as a drill asked: {}", id, scenario);
    }

    public void journalLost(String reason) {
        LOG.warn("{} has lost its memory ({}): it abstains until the group has passed an epoch", id, reason);
    }

    /** @param later who of those that spoke knows of newer data */
    public void waitsForWord(List<String> heard, List<String> later) {
        String doubt = later.isEmpty()
                ? ""
                : "; " + String.join(", ", later)
                        + " heard of newer ones, which keeps it waiting, for one word alone may be a"
                        + " lie: if an old copy of its data was put back, remove them";
        LOG.warn(
                "{} says nothing yet: a quorum must tell it that its data are the newest it had; it heard {}{}",
                id,
                heard.isEmpty() ? "nobody" : String.join(", ", heard),
                doubt);
    }

    /** Somebody who is neither replica nor client, or does not prove it, was turned away. */
    public void refused(String port, String address, String reason) {
        LOG.info("{}: {} port refused {}: {}", id, port, address, reason);
    }

    public void storageFailed(String reason) {
        LOG.error("{} stops, as nothing may leave that is not durable: {}", id, reason);
    }

    public void component(long epoch, String backEnd, boolean timely) {
        LOG.info(
                "{}: its trusted component works in epoch {}: {}; {}",
                id,
                epoch,
                backEnd,
                timely ? "timely" : "not timely");
    }

    public void componentLost(String reason) {
        LOG.error("{} stops, as it can certify nothing any more: {}", id, reason);
    }

    public void notice(String text) {
        LOG.info("{}: {}", id, text);
    }

    /** @param count how often so far, this time included */
    public void blamed(String peer, String rule, String path, long count) {
        if (Long.bitCount(count) == 1) {
            LOG.warn("{} blames {}: {} (at '{}', {} times)", id, peer, rule, path, count);
        }
    }

    public void keysInstalled(long configuration, Digest digest) {
        LOG.info("{}: keys for configuration {} ({}) are installed", id, configuration, digest);
    }

    /** New keys are there and cannot be used; the replica goes on with those that it has. */
    public void keysUnusable(String folder, String reason) {
        LOG.warn("{}: the keys in {} cannot be used: {}", id, folder, reason);
    }

    /** The group went on to another configuration, and no correct replica needs these keys to follow. */
    public void keysRetired(String folder, String replica) {
        LOG.info(
                "{}: the keys in {} are not needed any more: 'maftia key destroy {}' destroys them",
                id,
                folder,
                replica);
    }

    /** An operator of this host wants it. */
    public void refreshWished(String keyId) {
        LOG.info("{}: an operator wants key {} renewed", id, keyId);
    }

    /** @param held whether this replica has shares of this epoch */
    public void keyEpoch(String keyId, long epoch, boolean held) {
        if (held) {
            LOG.info("{}: key {} is in epoch {}", id, keyId, epoch);
        } else {
            LOG.warn("{}: key {} is in epoch {}, of which this replica has no shares", id, keyId, epoch);
        }
    }

    /** @param news how far the group has come with a key that it makes, or renews */
    public void keyUnderWay(String keyId, long attempt, boolean first, String news) {
        LOG.info("{}: the group {} the key `{}`, attempt {}: {}", id, first ? "makes" : "renews", keyId, attempt, news);
    }

    /** A key that nobody dealt is there. */
    public void keyMade(String keyId, long attempt, List<String> without) {
        LOG.info(
                "{}: the group has made the key `{}`, in attempt {}{}",
                id,
                keyId,
                attempt,
                without.isEmpty()
                        ? "; all members have their shares"
                        : "; without shares of it: " + String.join(", ", without));
    }

    /** @param without members that have not got their new shares yet */
    public void keyRenewed(String keyId, long attempt, List<String> without) {
        LOG.info(
                "{}: attempt {} renewed key {}{}",
                id,
                attempt,
                keyId,
                without.isEmpty()
                        ? ", all members have their shares"
                        : "; still without: " + String.join(", ", without));
    }

    /** @param without members that did not have new shares when time was up */
    public void keyKept(String keyId, long attempt, List<String> without) {
        LOG.warn(
                "{}: attempt {} at key {} was given up, everything stays as it was; without new shares were {}",
                id,
                attempt,
                keyId,
                String.join(", ", without));
    }

    /** An error of the service, which its authors should hear of; the group goes on. */
    public void broke(String service, long slot, long count, Throwable cause) {
        LOG.error(
                "{}: service {} failed at slot {}, {} times by now; what it failed at was undone, and the group goes"
                        + " on",
                id,
                service,
                slot,
                count,
                cause);
    }

    public void linkUp(String peer) {
        LOG.info("{}: link to {} is up", id, peer);
    }

    public void linkDown(String peer, String reason) {
        LOG.info("{}: link to {} is down: {}", id, peer, reason);
    }

    public void stopping(String reason) {
        LOG.info("{} stops: {}", id, reason);
    }

    /** The replica stops rather than do harm. */
    public void failed(Throwable failure) {
        LOG.error("{} stops: it broke an own invariant", id, failure);
    }
}
