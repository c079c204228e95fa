package org.maftia.server.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.maftia.core.replica.Configuration;
import org.maftia.core.replica.ConfigurationCertificate;
import org.maftia.core.replica.Input;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.console.EventLog;
import org.maftia.server.link.LinkStatus;
import org.maftia.server.runtime.ReplicaRuntime;
import org.maftia.server.succession.GroupDesk;
import org.maftia.server.succession.Keyring;
import org.maftia.server.succession.Known;

/**
 * Finds the group again for a replica that was away while it changed. Members of now have no link with who is none, and may
 * be strangers to who comes back; but every gateway hands out what followed a configuration, as it does to clients, and each
 * step proves itself. So gateways are asked for as long as too few members of the configuration that is known here have
 * links, another one at each look, as none is trusted to know the newest. One at a look: where many replicas start together,
 * each would pay for a handshake with all others again and again, for as long as that itself delays the start.
 */
final class GroupSearch implements AutoCloseable {
    /** A cluster whose processes are only starting has its links before; who was away is not in such a hurry. */
    private static final int LOOK_MILLIS = 2_000;

    private final Keyring keyring;
    private final org.maftia.server.configuration.Configuration written;
    private final HostMembership membership;
    private final ReplicaRuntime runtime;
    private final EventLog log;
    private final Thread thread;

    /** How many looks there were: the next asks the next gateway. */
    private int looks;

    /** Whether it had links with a quorum: who is removed later was told so, and ends when its operator ends it. */
    private boolean tookPart;

    private GroupSearch(
            Keyring keyring,
            org.maftia.server.configuration.Configuration written,
            HostMembership membership,
            ReplicaRuntime runtime,
            EventLog log) {
        this.keyring = keyring;
        this.written = written;
        this.membership = membership;
        this.runtime = runtime;
        this.log = log;
        this.thread = Thread.ofVirtual().name("group-search").unstarted(this::run);
    }

    /** @param written the operators' file as it is here, which may name members that the replica has not heard of */
    static GroupSearch begin(
            Keyring keyring,
            org.maftia.server.configuration.Configuration written,
            HostMembership membership,
            ReplicaRuntime runtime,
            EventLog log) {
        GroupSearch search = new GroupSearch(keyring, written, membership, runtime, log);
        search.thread.start();
        return search;
    }

    private void run() {
        try {
            while (!runtime.stopped().isDone()) {
                Thread.sleep(LOOK_MILLIS);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            HostMembership.View view = runtime.ask(membership::view);
            if (isLinked(view.present())) {
                tookPart = true;
                return;
            }
            if (tookPart && view.gone()) {
                return;
            }
            List<ConfigurationCertificate> steps = search(runtime.ask(membership::newestKnown));
            if (!steps.isEmpty()) {
                runtime.give(new Input.Chain(steps));
            }
            HostMembership.View now = runtime.ask(membership::view);
            if (now.gone() && !tookPart) {
                String sentence = "the group went on to configuration "
                        + now.present().number() + " without " + keyring.id() + ", which is no member any more";
                log.stopping(sentence);
                runtime.stop(sentence);
            }
        } catch (IOException e) {
            log.notice("looking for the group failed: " + e.getMessage());
        } catch (TimeoutException e) {
            // The replica is busy or stops: the next look finds the same.
        }
    }

    private boolean isLinked(Configuration present) throws TimeoutException, InterruptedException {
        int self = present.indexOf(keyring.seat());
        ReplicaSet linked = self < 0 ? ReplicaSet.EMPTY : ReplicaSet.of(self);
        for (LinkStatus link : runtime.status().links()) {
            int index = present.indexOf(link.peer());
            linked = link.up() && index >= 0 ? linked.with(index) : linked;
        }
        return self >= 0 && keyring.trust(present).isQuorum(linked);
    }

    /** How the group went on from there, as far as the gateway whose turn it is knows, or then anybody. */
    private List<ConfigurationCertificate> search(Known from) throws IOException {
        SecureHttp http = SecureHttp.trusting(from.group().root());
        List<ConfigurationCertificate> steps = new ArrayList<>();
        List<String> gateways = gateways();
        if (gateways.isEmpty()) {
            return steps;
        }
        List<String> turn = List.of(gateways.get(looks++ % gateways.size()));
        Optional<GroupDesk.Followed> next = new GroupDesk(http, turn).after(from);
        while (next.isPresent()) {
            Known reached = next.get().known();
            steps.add(next.get().step().certificate());
            keyring.learn(reached);
            next = new GroupDesk(http, gateways()).after(reached);
        }
        return steps;
    }

    /** Those of the newest configuration first, who know the most. */
    private List<String> gateways() {
        Set<String> seen = new TreeSet<>();
        List<String> gateways = new ArrayList<>();
        List<ReplicaEntry> entries = new ArrayList<>(written.replicas());
        keyring.all()
                .reversed()
                .forEach(known -> entries.addAll(known.description().replicas()));
        for (ReplicaEntry entry : entries) {
            if (!entry.id().equals(keyring.id()) && seen.add(entry.httpsAddress())) {
                gateways.add(entry.httpsAddress());
            }
        }
        return gateways;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
