package org.maftia.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.MerkleMap;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Sees what every copy of the service at a correct replica executes, and holds all copies to one log: the first copy
 * that executes a slot writes it down, the others must do the same.
 */
final class Witness {
    private final Predicate<Command> sentByItsClient;
    private final LongConsumer timeCheck;

    /** By slot, what the service executed there; slots without commands for it have no entry. */
    private final SortedMap<Long, Executed> log = new TreeMap<>();

    /** Looked up only. */
    private final Map<RequestId, Entry> places = new HashMap<>();

    private long commands;
    private long latestMicros;

    /** @param timeCheck told of the agreed time of each slot with commands */
    Witness(Predicate<Command> sentByItsClient, LongConsumer timeCheck) {
        this.sentByItsClient = sentByItsClient;
        this.timeCheck = timeCheck;
    }

    /** One slot as the service saw it, first at {@code writer}. */
    private record Executed(long timeMicros, StateMachine writer, List<Entry> entries) {}

    /** One command with its place in the total order. */
    record Entry(long place, long slot, long timeMicros, Command command) {}

    /** The place of a request in the total order, if it was executed anywhere. */
    @Nullable
    Long place(RequestId id) {
        Entry entry = places.get(id);
        return entry == null ? null : entry.place;
    }

    /** The slot in which it was executed; it must have been. */
    long slot(RequestId id) {
        Entry entry = places.get(id);
        if (entry == null) {
            throw new IllegalArgumentException(id + " was executed nowhere");
        }
        return entry.slot;
    }

    /** All commands in the one order. */
    List<Entry> all() {
        return log.values().stream().flatMap(slot -> slot.entries.stream()).toList();
    }

    /** The service as a replica runs it, with somebody who looks on. */
    StateMachine watch(int replica, StateMachine service) {
        return watch(replica, service, slot -> {});
    }

    /** @param turn told of each slot that this copy executes something in */
    StateMachine watch(int replica, StateMachine service, LongConsumer turn) {
        return new Watched(replica, service, turn);
    }

    private Entry append(Executed slot, Command command, Context context) {
        Violation.unless(sentByItsClient.test(command), command.id() + " is executed, but no client sent it");
        Violation.unless(!places.containsKey(command.id()), command.id() + " is executed twice");
        Entry entry = new Entry(commands++, context.index(), context.timeMicros(), command);
        places.put(command.id(), entry);
        slot.entries.add(entry);
        return entry;
    }

    private final class Watched implements StateMachine {
        private final int replica;
        private final StateMachine service;
        private final LongConsumer turn;
        private long slot;
        private int next;

        /** Whether the state came from elsewhere, so that slots may have been passed over. */
        private boolean restored = true;

        Watched(int replica, StateMachine service, LongConsumer turn) {
            this.replica = replica;
            this.service = service;
            this.turn = turn;
        }

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            if (context.index() != slot) {
                turn.accept(context.index());
                turnTo(context);
            }
            check(command, context);
            return service.apply(command, context);
        }

        private void turnTo(Context context) {
            long index = context.index();
            Violation.unless(index > slot || restored, "r" + replica + " executes slot " + index + " after " + slot);
            if (!restored) {
                Executed left = log.get(slot);
                Violation.unless(
                        left == null || left.entries.size() == next, "r" + replica + " executes less in slot " + slot);
                Violation.unless(log.subMap(slot + 1, index).isEmpty(), "r" + replica + " skips a slot below " + index);
            }
            if (log.isEmpty() || log.lastKey() < index) {
                Violation.unless(latestMicros <= context.timeMicros(), "agreed time goes back at slot " + index);
                latestMicros = context.timeMicros();
                timeCheck.accept(latestMicros);
                log.put(index, new Executed(latestMicros, this, new ArrayList<>()));
            }
            slot = index;
            next = 0;
            restored = false;
        }

        private void check(Command command, Context context) {
            Executed here = log.get(slot);
            Violation.unless(here != null, "r" + replica + " executes in slot " + slot + ", where others did nothing");
            if (here == null) {
                return;
            }
            // The slot is being written down only as long as it is the last one and nobody else came to it.
            Entry expected = next < here.entries.size() ? here.entries.get(next) : null;
            if (expected == null) {
                Violation.unless(
                        slot == log.lastKey() && here.writer == this, "r" + replica + " executes more in slot " + slot);
                append(here, command, context);
            } else {
                Violation.unless(
                        expected.command.id().equals(command.id())
                                && Arrays.equals(expected.command.operation(), command.operation())
                                && expected.timeMicros == context.timeMicros(),
                        "r" + replica + " executes " + command.id() + " in slot " + slot + ", others "
                                + expected.command.id());
            }
            next++;
        }

        @Override
        public void signed(long reference, byte[] signature, Context context) {
            service.signed(reference, signature, context);
        }

        @Override
        public long dueMicros() {
            return service.dueMicros();
        }

        @Override
        public void tick(Context context) {
            service.tick(context);
        }

        @Override
        public @Nullable Reading read(byte[] operation) {
            return service.read(operation);
        }

        @Override
        public MerkleMap view() {
            return service.view();
        }

        @Override
        public void snapshot(Writer writer) {
            service.snapshot(writer);
        }

        @Override
        public void restore(Reader reader) {
            service.restore(reader);
            restored = true;
            slot = 0;
            next = 0;
        }

        @Override
        public Digest root() {
            return service.root();
        }
    }
}
