package org.maftia.server.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.function.IntPredicate;
import org.maftia.core.keys.KeyStanding;
import org.maftia.core.replica.Configuration;
import org.maftia.core.replica.Input;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.console.EventLog;
import org.maftia.server.runtime.ReplicaRuntime;
import org.maftia.server.succession.Keyring;

/**
 * Looks after a running replica's directory of keys: tells the replica of those that are installed, and the operator of
 * those that nobody needs any more.
 */
final class KeyWatch implements AutoCloseable {
    private static final int LOOK_MILLIS = 500;

    private final Keyring keyring;
    private final HostMembership membership;
    private final ReplicaRuntime runtime;
    private final EventLog log;
    private final Set<String> told = new TreeSet<>();

    /** By key: the attempt whose end was told, or had come before this process looked. */
    private final SortedMap<String, Long> ended = new TreeMap<>();

    /** By key: what was told last of an attempt under way. */
    private final SortedMap<String, String> underWay = new TreeMap<>();

    private final Thread thread;

    private KeyWatch(Keyring keyring, HostMembership membership, ReplicaRuntime runtime, EventLog log) {
        this.keyring = keyring;
        this.membership = membership;
        this.runtime = runtime;
        this.log = log;
        this.thread = Thread.ofVirtual().name("key-watch").unstarted(this::run);
    }

    static KeyWatch begin(Keyring keyring, HostMembership membership, ReplicaRuntime runtime, EventLog log) {
        KeyWatch watch = new KeyWatch(keyring, membership, runtime, log);
        watch.thread.start();
        return watch;
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
            for (Keyring.Finding finding : keyring.scan()) {
                switch (finding) {
                    case Keyring.Finding.Installed installed -> {
                        log.keysInstalled(
                                installed.known().number(),
                                installed.known().configuration().digest());
                        runtime.give(new Input.Installed(installed.known().configuration()));
                    }
                    case Keyring.Finding.Unusable unusable ->
                        log.keysUnusable(unusable.folder().toString(), unusable.reason());
                }
            }
            for (String keyId : keyring.refreshWishes()) {
                log.refreshWished(keyId);
                runtime.give(new Input.Renew(keyId));
            }
            HostMembership.View view = runtime.ask(membership::view);
            view.status().keys().forEach(key -> tell(view.present(), key));
            long needed = view.retiredBelow();
            keyring.forget(needed, System.nanoTime());
            for (Path folder : keyring.retired(needed)) {
                if (told.add(folder.toString())) {
                    log.keysRetired(folder.toString(), keyring.id());
                }
            }
        } catch (IOException | CeremonyException e) {
            if (told.add(String.valueOf(e.getMessage()))) { // every look finds the same until somebody mends it
                log.keysUnusable("the directory of keys", String.valueOf(e.getMessage()));
            }
        } catch (TimeoutException e) {
            // The replica is busy or stops: the next look finds the same.
        }
    }

    /** How far an attempt at a key has come, and how attempts came out. */
    private void tell(Configuration present, KeyStanding key) {
        key.open().ifPresent(open -> tell(present, key, open));
        long attempt = key.last().map(KeyStanding.Ended::attempt).orElse(0L);
        Long before = ended.put(key.keyId(), attempt);
        if (before == null || before == attempt || key.last().isEmpty()) {
            return;
        }
        KeyStanding.Ended last = key.last().get();
        List<String> without = names(present, index -> !last.safe().contains(index));
        if (last.made() && key.epoch() == 0) {
            log.keyMade(key.keyId(), attempt, without);
        } else if (last.made()) {
            log.keyRenewed(key.keyId(), attempt, without);
        } else {
            log.keyKept(key.keyId(), attempt, without);
        }
    }

    private void tell(Configuration present, KeyStanding key, KeyStanding.Open open) {
        String news;
        if (!open.safe().isEmpty()) {
            news = String.join(", ", names(present, open.safe()::contains)) + " have shares";
        } else if (!open.dealers().isEmpty()) {
            news = "dealings of " + String.join(", ", names(present, open.dealers()::contains)) + " agreed";
        } else {
            news = open.enrolled().isEmpty()
                    ? "it waits for members to take part"
                    : String.join(", ", names(present, open.enrolled()::contains)) + " take part";
        }
        if (!news.equals(underWay.put(key.keyId(), news))) {
            log.keyUnderWay(key.keyId(), open.attempt(), key.key().isEmpty(), news);
        }
    }

    private static List<String> names(Configuration present, IntPredicate which) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < present.seats().size(); i++) {
            if (which.test(i)) {
                names.add(present.seats().get(i).member().id());
            }
        }
        return names;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
