package org.maftia.simulator;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.maftia.core.trust.ReplicaSet;

/** One direction between two replicas: authentic, first in first out; what is under way gets lost with the session. */
final class Link extends Action {
    private final int from;
    private final int to;
    private final Consumer<Link> deliver;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();

    /** How many faults hold it up at the moment. */
    private int blocks;

    boolean open;

    /** Whether the receiver takes frames. */
    boolean receiverUp;

    /** The present, as far as frames that are delayed wait for it. */
    long nowMicros;

    /** A frame under way, sent at a step; it does not arrive before the moment. */
    private record Frame(byte[] bytes, long step, long dueMicros, long mark) {}

    Link(int from, int to, int priority, Consumer<Link> deliver) {
        super(ReplicaSet.of(from, to), priority);
        this.from = from;
        this.to = to;
        this.deliver = deliver;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    int length() {
        return frames.size();
    }

    /** @param mark how far the sender's disk had come */
    void send(byte[] bytes, long step, long dueMicros, long mark) {
        if (open) {
            frames.add(new Frame(bytes, step, dueMicros, mark));
        }
    }

    /** How far the sender's disk had come when it sent the frame that arrives next. */
    long mark() {
        return frames.element().mark;
    }

    byte[] take() {
        return frames.remove().bytes;
    }

    void block() {
        blocks++;
    }

    void unblock() {
        blocks--;
    }

    boolean blocked() {
        return blocks > 0;
    }

    void unblockWhole() {
        blocks = 0;
    }

    void cut() {
        open = false;
        frames.clear();
    }

    @Override
    boolean enabled() {
        return isMoving() && frames.element().dueMicros <= nowMicros;
    }

    private boolean isMoving() {
        return receiverUp && blocks == 0 && !frames.isEmpty();
    }

    /** When its next frame may arrive. */
    long nextMicros() {
        return isMoving() ? frames.element().dueMicros : Long.MAX_VALUE;
    }

    @Override
    long birth() {
        return frames.isEmpty() ? Long.MAX_VALUE : frames.element().step;
    }

    @Override
    void perform() {
        deliver.accept(this);
    }
}
