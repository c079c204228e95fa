package org.maftia.server.host;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.replica.Status;
import org.maftia.server.console.EventLog;
import org.maftia.server.runtime.RuntimeEvents;

/** What happens in the runtime, told to operators with the names of replicas. */
final class HostEvents implements RuntimeEvents {
    private final EventLog log;
    private final IntFunction<String> ids;

    /** @param ids the name of who has a seat */
    HostEvents(EventLog log, IntFunction<String> ids) {
        this.log = log;
        this.ids = ids;
    }

    @Override
    public void journalLost(String reason) {
        log.journalLost(reason);
    }

    @Override
    public void waitsForWord(List<Integer> heard, List<Integer> later) {
        log.waitsForWord(
                heard.stream().map(ids::apply).toList(),
                later.stream().map(ids::apply).toList());
    }

    @Override
    public void linkUp(int peer) {
        log.linkUp(ids.apply(peer));
    }

    @Override
    public void linkDown(int peer, String reason) {
        log.linkDown(ids.apply(peer), reason);
    }

    @Override
    public void refused(String port, String address, String reason) {
        log.refused(port, address, reason);
    }

    @Override
    public void blamed(int replica, String rule, String path, long count) {
        log.blamed(ids.apply(replica), rule, path, count);
    }

    @Override
    public void renewed(DiscreteLogKey key, boolean holds) {
        log.keyEpoch(key.keyId(), key.epoch(), holds);
    }

    @Override
    public void broke(String service, long slot, long count, Throwable cause) {
        log.broke(service, slot, count, cause);
    }

    @Override
    public void excluded(int replica, List<Integer> by, long slot) {
        String who = ids.apply(replica);
        log.notice(
                by.isEmpty()
                        ? who + " is taken back above slot " + slot + ", with its trusted component in a new epoch"
                        : who + " is excluded above slot " + slot + ": "
                                + by.stream().map(ids::apply).collect(Collectors.joining(", "))
                                + " have proof that it is corrupt; 'maftia reconfigure' changes who is a member");
    }

    @Override
    public void trustedView(long number, List<Integer> members) {
        log.notice("its trusted component works in view " + Status.InView.name(number) + " with those of "
                + members.stream().map(ids::apply).collect(Collectors.joining(", ")));
    }

    @Override
    public void notice(String text) {
        log.notice(text);
    }

    @Override
    public void storageFailed(String reason) {
        log.storageFailed(reason);
    }

    @Override
    public void componentLost(String reason) {
        log.componentLost(reason);
    }

    @Override
    public void failed(Throwable failure) {
        log.failed(failure);
    }
}
