package org.maftia.bench.endurance;

/**
 * One operation of a client on a key, with what became of it. Values are numbers, each written once in a run; 0 stands for
 * a key that nobody has written.
 *
 * @param client who asked
 * @param argument the value to write, or the amount to add; 0 for readers
 * @param expected what a swap requires; 0 for others
 * @param outcome what the client knows
 * @param result the value read, the new sum, or 1 for a swap that took place; meaningful with {@link Outcome#OK} only
 * @param slot of a certified value; 0 for others
 * @param invokedMicros when it was asked, since the run began, by a clock that never goes back
 * @param returnedMicros when its outcome was known; {@link Long#MAX_VALUE} while it is not
 */
record Operation(
        int client,
        Action action,
        String key,
        long argument,
        long expected,
        Outcome outcome,
        long result,
        long slot,
        long invokedMicros,
        long returnedMicros) {
    /** What can be asked. */
    enum Action {
        PUT,
        SWAP,
        ADD,
        /** A read through the log. */
        GET,
        /** A read from a quorum, or through the log where none agrees. */
        READ,
        /** A value with its proof, as old as its checkpoint. */
        CERTIFIED
    }

    /** What a client knows in the end. */
    enum Outcome {
        OK,
        /** It was refused, and never takes effect. */
        FAIL,
        /** No answer in time: it may have taken effect, or still do so. */
        UNKNOWN
    }

    /** One that has no outcome yet. */
    static Operation invoked(int client, Action action, String key, long argument, long expected, long micros) {
        return new Operation(client, action, key, argument, expected, Outcome.UNKNOWN, 0, 0, micros, Long.MAX_VALUE);
    }

    Operation ok(long value, long atSlot, long micros) {
        return new Operation(client, action, key, argument, expected, Outcome.OK, value, atSlot, invokedMicros, micros);
    }

    Operation failed(long micros) {
        return new Operation(client, action, key, argument, expected, Outcome.FAIL, 0, 0, invokedMicros, micros);
    }

    boolean isOk() {
        return outcome == Outcome.OK;
    }

    /** Whether it can have changed the key. */
    boolean mayHaveWritten() {
        return switch (action) {
            case PUT, ADD -> outcome != Outcome.FAIL;
            case SWAP -> outcome == Outcome.UNKNOWN || outcome == Outcome.OK && result == 1;
            case GET, READ, CERTIFIED -> false;
        };
    }

    @Override
    public String toString() {
        String asked = switch (action) {
            case PUT -> "put " + argument;
            case SWAP -> "swap " + expected + " for " + argument;
            case ADD -> "add " + argument;
            case GET -> "get";
            case READ -> "read";
            case CERTIFIED -> "certified read";
        };
        String became = outcome == Outcome.OK ? (slot > 0 ? result + " of slot " + slot : "" + result) : "" + outcome;
        String until = returnedMicros == Long.MAX_VALUE ? "" : "" + returnedMicros;
        return "client " + client + " " + key + ": " + asked + " -> " + became + " [" + invokedMicros + ", " + until
                + "]";
    }
}
