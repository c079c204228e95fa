package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;

/**
 * The calls of services in the order of the log: each is made as a whole or left out. Where a service breaks,
 * {@link Execution} goes back to before the slot and comes by again, and then that call is left out. A service is a function
 * of the log, so it breaks at the same call at all correct replicas; where it breaks at one alone, that one's state differs
 * from the certified one at the next checkpoint, and is replaced.
 *
 * <p>What execution causes outside passes through here: of a call that is left out nothing is caused, and of those that
 * are made again nothing twice.
 */
final class ServiceCalls implements Execution.Effects {
    /**
     * So many commands of one client in one slot may break a service, each at the price of executing the slot again; what
     * else it has in that slot is left out unseen.
     */
    static final int BROKEN_PER_CLIENT_MAX = 4;

    private final Execution.Effects outside;

    /** Calls that are left out, by slot, then by their place in it. */
    private final SortedMap<Long, SortedSet<Integer>> leftOut = new TreeMap<>();

    /** Of the present slot: commands that broke a service, by client. */
    private final SortedMap<Integer, Integer> offences = new TreeMap<>();

    /** What the present call causes, if it comes to its end. */
    private final List<Runnable> held = new ArrayList<>();

    private long slot;
    private int place;
    private boolean within;

    /** Everything before this place was caused before; slot 0: nothing was. */
    private long silentSlot;

    private int silentPlace;

    ServiceCalls(Execution.Effects outside) {
        this.outside = outside;
    }

    /** A service broke at a call, which left its state and that of its wishes as they must not stay. */
    static final class Broken extends RuntimeException {
        private final String service;
        private final long slot;
        private final int place;
        private final Throwable failure;

        Broken(String service, long slot, int place, Throwable cause) {
            super(cause);
            this.failure = cause;
            this.service = service;
            this.slot = slot;
            this.place = place;
        }
    }

    /** The calls of a slot follow, from its first one on. */
    void begin(long number) {
        slot = number;
        place = 0;
        offences.clear();
    }

    /**
     * The result of a command; null when it comes later.
     *
     * @param client as the slot names it
     * @throws Broken when the service breaks at it
     */
    byte @Nullable [] apply(int client, String name, StateMachine service, Command command, Context context) {
        if (offences.getOrDefault(client, 0) >= BROKEN_PER_CLIENT_MAX) {
            return UndoneCommand.result();
        }
        Said<byte[]> said = new Said<>(() -> service.apply(command, context));
        if (make(name, said)) {
            return said.value;
        }
        offences.merge(client, 1, Integer::sum);
        return UndoneCommand.result();
    }

    /**
     * What a service says to a question; false where it breaks at it.
     *
     * @throws Broken when the service breaks at it
     */
    boolean ask(String service, Supplier<Boolean> question) {
        Said<Boolean> said = new Said<>(question);
        return make(service, said) && Boolean.TRUE.equals(said.value);
    }

    private static final class Said<T> implements Runnable {
        private final Supplier<@Nullable T> call;
        private @Nullable T value;

        Said(Supplier<@Nullable T> call) {
            this.call = call;
        }

        @Override
        public void run() {
            value = call.get();
        }
    }

    /**
     * Makes a call of a service. False when it is left out.
     *
     * @throws Broken when the service breaks at it
     */
    boolean make(String service, Runnable call) {
        int here = place++;
        if (slot == silentSlot && here == silentPlace) {
            silentSlot = 0; // from here on nothing was caused before
        }
        SortedSet<Integer> broken = leftOut.get(slot);
        if (broken != null && broken.contains(here)) {
            return false;
        }
        within = true;
        try {
            call.run();
        } catch (RuntimeException | StackOverflowError e) {
            held.clear();
            throw new Broken(service, slot, here, e);
        } finally {
            within = false;
        }
        if (silentSlot == 0) {
            held.forEach(Runnable::run);
        }
        held.clear();
        return true;
    }

    /** From now on the call is left out, and what comes before it is caused no second time. */
    void leaveOut(Broken broken) {
        leftOut.computeIfAbsent(broken.slot, key -> new TreeSet<>()).add(broken.place);
        if (broken.slot >= silentSlot) {
            silentSlot = broken.slot;
            silentPlace = broken.place;
        }
        outside.broke(broken.service, broken.slot, broken.failure);
    }

    /** Nobody comes by these slots again. */
    void forgetUpTo(long last) {
        leftOut.headMap(last + 1).clear();
    }

    private void cause(Runnable effect) {
        if (within) {
            held.add(effect);
        } else if (silentSlot == 0) {
            effect.run();
        }
    }

    @Override
    public void reply(RequestId id, long at, byte[] result) {
        cause(() -> outside.reply(id, at, result));
    }

    @Override
    public void signatureWanted(long number, PendingSignatures.Wanted wanted) {
        cause(() -> outside.signatureWanted(number, wanted));
    }

    @Override
    public void signatureDone(long number) {
        cause(() -> outside.signatureDone(number));
    }

    @Override
    public void decryptionWanted(long number, PendingDecryptions.Wanted wanted) {
        cause(() -> outside.decryptionWanted(number, wanted));
    }

    @Override
    public void decryptionDone(long number) {
        cause(() -> outside.decryptionDone(number));
    }

    @Override
    public PendingDecryptions.Found found(long number, long keyEpoch) {
        return outside.found(number, keyEpoch);
    }

    @Override
    public void passEpoch(long epoch) {
        cause(() -> outside.passEpoch(epoch));
    }

    @Override
    public void blame(int replica, String rule) {
        cause(() -> outside.blame(replica, rule));
    }

    @Override
    public void falseSignature(int replica) {
        cause(() -> outside.falseSignature(replica));
    }

    @Override
    public void falseShares(int replica) {
        cause(() -> outside.falseShares(replica));
    }

    @Override
    public void broke(String service, long at, Throwable cause) {
        outside.broke(service, at, cause);
    }
}
