package org.maftia.services.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.TrialLog;
import org.maftia.core.testing.Mutation;

/**
 * Gives the commands of an honest run to a service, and before each of them hostile ones to a copy that has the same state: the command
 * altered, given twice, by another client, or a former one again. Whatever comes, no service throws, time may go on, and who takes the
 * state over has the same.
 */
public final class Trial {
    /** Everything that a replica's answer to a question about the world outside can be, on an honest day. */
    public interface Sight {
        byte[] of(byte[] question);
    }

    /** Hostile commands that a copy has in a row. */
    private static final int ROW = 4;

    private static final int FORMER_MAX = 64;

    private final TrialLog log;
    private final Mutation mutation;
    private final String service;
    private final int count;
    private final Sight sight;
    private final List<byte[]> former = new ArrayList<>();
    private long tried;

    /** @param count of hostile commands before each good one */
    public Trial(TrialLog.Group group, String service, long timeMicros, long seed, int count, Sight sight) {
        this.log = new TrialLog(group, timeMicros);
        this.mutation = new Mutation(seed);
        this.service = service;
        this.count = count;
        this.sight = sight;
    }

    /** How many hostile commands were given. */
    public long tried() {
        return tried;
    }

    public long timeMicros() {
        return log.timeMicros();
    }

    public Mutation mutation() {
        return mutation;
    }

    /** A command that is good, and before it many that are not. Gives the answer to it, and null where there is none. */
    public byte @Nullable [] order(int client, byte[] operation) {
        return order(client, operation, UnaryOperator.identity());
    }

    /**
     * The same where a client signs or encrypts what it gives: hostile clients do so too.
     *
     * @param content that is altered
     * @param closed makes a command of it
     */
    public byte @Nullable [] order(int client, byte[] content, UnaryOperator<byte[]> closed) {
        harass(client, content, closed);
        byte[] operation = closed.apply(content);
        if (former.size() < FORMER_MAX) {
            former.add(operation);
        }
        RequestId id = log.give(client, service, operation);
        log.work((replica, question) -> sight.of(question));
        return log.reply(id);
    }

    /** The hostile commands alone. */
    public void harass(int client, byte[] content, UnaryOperator<byte[]> closed) {
        for (int left = count; left > 0; left -= ROW) {
            row(client, content, closed);
        }
    }

    private void row(int client, byte[] content, UnaryOperator<byte[]> closed) {
        TrialLog copy = log.copy();
        for (int i = 0; i < ROW; i++) {
            byte[] bad = bad(content, closed);
            try {
                int who = mutation.below(4) == 0 ? mutation.any(List.of(0, 1, 2, 3, 64, 65)) : client;
                copy.order(who, service, bad);
                if (mutation.below(16) == 0) {
                    copy.order(who, service, bad);
                }
                if (mutation.below(4) == 0) {
                    copy.work((replica, question) -> seen(question));
                }
                if (mutation.below(8) == 0) {
                    pass(copy);
                }
                copy.peek(service, mutation.coin() ? bad : mutation.of(bad));
                copy.read(service, bad);
                tried++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("after " + java.util.HexFormat.of().formatHex(bad), e);
            }
        }
        copy.requireSameAfterRestart();
        copy.work((replica, question) -> seen(question));
        pass(copy);
        copy.requireSameAfterRestart();
    }

    private byte[] bad(byte[] content, UnaryOperator<byte[]> closed) {
        return switch (mutation.below(8)) {
            case 0 -> former.isEmpty() ? closed.apply(content) : mutation.any(former);
            case 1 -> mutation.of(closed.apply(content));
            case 2 -> closed.apply(content);
            default -> closed.apply(mutation.of(content));
        };
    }

    /** One replica of four says what it likes, and so may an intruder who has more. */
    private byte[] seen(byte[] question) {
        byte[] answer = sight.of(question);
        return mutation.coin() ? answer : mutation.of(answer);
    }

    private void pass(TrialLog copy) {
        long due = copy.dueMicros();
        long micros = due == Long.MAX_VALUE ? 1_000_000L << mutation.below(16) : Math.max(0, due - copy.timeMicros());
        copy.pass(Math.min(micros, 400L * 86_400_000_000L));
    }

    /** Time goes on, for the honest too. */
    public void pass(long micros) {
        log.pass(micros);
        log.work((replica, question) -> sight.of(question));
        log.requireSameAfterRestart();
    }

    /** A question that its own gateway asks, and such as it would not. */
    public byte @Nullable [] peek(byte[] question) {
        for (int i = 0; i < count; i++) {
            log.peek(service, mutation.of(question));
        }
        return log.peek(service, question);
    }
}
