package org.maftia.services.authority;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.pki.Identifier;

/** Orders and authorizations. */
final class Orders {
    /** Some kilobyte each, when all have a few names. */
    static final int ORDERS_MAX = 8_192;

    /** A hundred names an order at worst, of whom few have so many. */
    static final int AUTHORIZATIONS_MAX = 32_768;

    /** How long an order waits for its client. */
    static final long ORDER_MICROS = 7 * Agreed.DAY_MICROS;

    private static final long PRUNE_MICROS = 600 * Agreed.SECOND_MICROS;

    /** Orders of an account that are shown when it asks for them. */
    private static final int LISTED_MAX = 100;

    private final SortedMap<Long, Order> orders = new TreeMap<>();
    private final SortedMap<Long, Authorization> authorizations = new TreeMap<>();

    /** The newest valid authorization of an account for a name; follows from the others. */
    private final SortedMap<String, Long> valid = new TreeMap<>();

    private long prunedMicros;

    @Nullable
    Order order(long id) {
        return orders.get(id);
    }

    @Nullable
    Authorization authorization(long id) {
        return authorizations.get(id);
    }

    private static String name(long account, Identifier identifier, boolean wildcard) {
        return account + (wildcard ? " *." : " ") + identifier.kind().word() + " " + identifier.value();
    }

    /** The newest that is still valid; null where there is none. */
    @Nullable
    Authorization valid(long account, Identifier wanted, long nowMicros) {
        Long id = valid.get(name(account, wanted.plain(), wanted.isWildcard()));
        Authorization found = id == null ? null : authorizations.get(id);
        return found != null && found.isValid(nowMicros) ? found : null;
    }

    void becameValid(Authorization authorization) {
        valid.put(name(authorization.account, authorization.identifier, authorization.wildcard), authorization.id);
    }

    /** Whether there is room for an order of so many names; what is over makes room. */
    boolean hasRoom(int names, long nowMicros) {
        boolean full = orders.size() >= ORDERS_MAX || authorizations.size() + names > AUTHORIZATIONS_MAX;
        if (full || nowMicros - prunedMicros >= PRUNE_MICROS) {
            prune(nowMicros, full);
        }
        return orders.size() < ORDERS_MAX && authorizations.size() + names <= AUTHORIZATIONS_MAX;
    }

    /**
     * Forgets what is over.
     *
     * @param full whether to forget, too, the oldest of what has ended but could still be asked for
     */
    private void prune(long nowMicros, boolean full) {
        prunedMicros = nowMicros;
        orders.values().removeIf(order -> order.stage != Order.Stage.ISSUING && order.expiresMicros <= nowMicros);
        if (full) {
            forgetEnded(nowMicros);
        }
        SortedSet<Long> used = new TreeSet<>();
        orders.values().forEach(order -> used.addAll(order.authorizations));
        authorizations
                .values()
                .removeIf(one -> !used.contains(one.id)
                        && one.state != Authorization.State.PROCESSING
                        && !one.isValid(nowMicros));
        if (full) {
            forgetUnused(used);
        }
        valid.values().removeIf(id -> !authorizations.containsKey(id));
    }

    /**
     * How many may stay of those that make room, where so many others stay in any case: their clients may just be asking for
     * them. Three quarters in all, so that this is not done again at once, but always some, while there are eighths free.
     */
    private static long share(int max, long others) {
        long some = Math.max(max / 8, max / 4 * 3 - others);
        return Math.max(0, Math.min(some, max - max / 8 - others));
    }

    /** Keeps of the orders that have ended the youngest, with the authorizations that they name. */
    private void forgetEnded(long nowMicros) {
        List<Order> ended = new ArrayList<>();
        SortedSet<Long> named = new TreeSet<>();
        for (Order order : orders.values()) {
            String status = status(order, nowMicros);
            if (status.equals(VALID) || status.equals(INVALID)) {
                ended.add(order);
            } else {
                named.addAll(order.authorizations);
            }
        }
        ended.sort(Comparator.comparingLong(Order::sinceMicros)
                .thenComparingLong(order -> order.id)
                .reversed());
        long kept = share(ORDERS_MAX, orders.size() - ended.size());
        long namedMax = named.size() + share(AUTHORIZATIONS_MAX, named.size());
        boolean room = true;
        for (Order order : ended) {
            SortedSet<Long> more = new TreeSet<>(order.authorizations);
            more.removeAll(named);
            room &= kept-- > 0 && named.size() + more.size() <= namedMax;
            if (room) {
                named.addAll(more);
            } else {
                orders.remove(order.id);
            }
        }
    }

    /** Keeps of the valid authorizations that no order names the youngest: orders to come may use them. */
    private void forgetUnused(SortedSet<Long> used) {
        List<Authorization> unused = new ArrayList<>();
        for (Authorization one : authorizations.values()) {
            if (!used.contains(one.id) && one.state != Authorization.State.PROCESSING) {
                unused.add(one);
            }
        }
        unused.sort(Comparator.comparingLong((Authorization one) -> one.validatedMicros)
                .thenComparingLong(one -> one.id)
                .reversed());
        long kept = Math.max(0, AUTHORIZATIONS_MAX / 4 * 3 - (authorizations.size() - unused.size()));
        unused.stream().skip(kept).forEach(one -> authorizations.remove(one.id));
    }

    static final String PENDING = "pending";
    static final String READY = "ready";
    static final String PROCESSING = "processing";
    static final String VALID = "valid";
    static final String INVALID = "invalid";

    /**
     * Where an order stands: of one that is open it follows from its authorizations, so that it is ready in the very
     * command that makes the last of them valid.
     */
    String status(Order order, long nowMicros) {
        return switch (order.stage) {
            case ISSUING -> PROCESSING;
            case VALID -> VALID;
            case INVALID -> INVALID;
            case OPEN -> nowMicros >= order.expiresMicros ? INVALID : openStatus(order, nowMicros);
        };
    }

    private String openStatus(Order order, long nowMicros) {
        boolean ready = true;
        for (long id : order.authorizations) {
            Authorization authorization = authorizations.get(id);
            if (authorization == null || !authorization.isValid(nowMicros) && !authorization.isOpen(nowMicros)) {
                return INVALID;
            }
            ready &= authorization.isValid(nowMicros);
        }
        return ready ? READY : PENDING;
    }

    void add(Order order) {
        orders.put(order.id, order);
    }

    void add(Authorization authorization) {
        authorizations.put(authorization.id, authorization);
    }

    boolean hasOrder(long id) {
        return orders.containsKey(id);
    }

    boolean hasAuthorization(long id) {
        return authorizations.containsKey(id);
    }

    /** The orders of an account that are not over, some of them. */
    List<Order> of(long account, long nowMicros) {
        List<Order> found = new ArrayList<>();
        for (Order order : orders.values()) {
            boolean shown = order.account == account && status(order, nowMicros) != INVALID;
            if (shown && found.size() < LISTED_MAX) {
                found.add(order);
            }
        }
        return found;
    }

    void write(Writer writer) {
        writer.u64(prunedMicros).u32(orders.size());
        orders.values().forEach(order -> order.write(writer));
        writer.u32(authorizations.size());
        authorizations.values().forEach(authorization -> authorization.write(writer));
        writer.u32(valid.size());
        valid.forEach((name, id) -> writer.string(name).u64(id));
    }

    void read(Reader reader) {
        orders.clear();
        authorizations.clear();
        valid.clear();
        prunedMicros = reader.count();
        for (long count = Agreed.bounded(reader.u32(), ORDERS_MAX); count > 0; count--) {
            add(Order.read(reader));
        }
        for (long count = Agreed.bounded(reader.u32(), AUTHORIZATIONS_MAX); count > 0; count--) {
            add(Authorization.read(reader));
        }
        for (long count = Agreed.bounded(reader.u32(), AUTHORIZATIONS_MAX); count > 0; count--) {
            valid.put(reader.string(400), reader.count());
        }
    }
}
