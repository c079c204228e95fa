package org.maftia.wormhole.trusted;

import org.jspecify.annotations.Nullable;

/**
 * Profile SYNC. Components fail by crashing only, so flooding is enough: from the start on, for c + 1 rounds, each sends
 * what it has newly learnt to all. One of these rounds is free of crashes, and after it all know the same (Lynch,
 * Distributed Algorithms, 1996, section 6.2). A component that is late for a round fails rather than go on: the others
 * see a crash.
 */
final class Flooding implements AgreementProfile {
    private static final int NEWS = 1;

    private final ControlChannel channel;
    private final Sending sending;

    Flooding(ControlChannel channel, Sending sending) {
        this.channel = channel;
        this.sending = sending;
    }

    private int rounds() {
        return channel.crashes() + 1;
    }

    /** When round r, from 1, is over and its messages are all there. */
    private long roundEnd(Instance instance, int round) {
        long roundMicros = channel.roundMicros() + channel.skewMicros();
        return instance.startMicros + channel.skewMicros() + round * roundMicros;
    }

    @Override
    public long nextDue(Instance instance) {
        return instance.roundsSent == 0 ? instance.startMicros : roundEnd(instance, instance.roundsSent);
    }

    @Override
    public boolean act(Instance instance, long nowMicros) {
        if (nowMicros > nextDue(instance) + channel.skewMicros()) {
            return false; // the others wait no longer: whoever speaks now would divide them
        }
        if (instance.roundsSent == rounds()) {
            instance.decide(instance.values);
            return true;
        }
        instance.roundsSent++;
        byte[] @Nullable [] news = instance.nothing();
        for (int k = 0; k < news.length; k++) {
            news[k] = (instance.fresh & (1 << k)) != 0 ? instance.values[k] : null;
        }
        instance.fresh = 0;
        sending.send(instance, Sending.ALL, NEWS, instance.roundsSent, -1, news);
        return true;
    }

    @Override
    public boolean join(Instance instance, Told told, long nowMicros) {
        if (told.ballot() < 1 || told.ballot() > rounds() || nowMicros > roundEnd(instance, told.ballot())) {
            return false;
        }
        // Nobody proposed here, so nothing is held back; it joins in at the round that runs.
        instance.roundsSent = nowMicros < instance.startMicros ? 0 : told.ballot();
        return true;
    }

    @Override
    public void receive(Instance instance, Told told, long nowMicros) {
        boolean ofARound = told.type() == NEWS && told.ballot() >= 1 && told.ballot() <= rounds();
        // What is late broke the bound of the channel, and its sender is as good as crashed.
        if (ofARound && !instance.over && nowMicros <= roundEnd(instance, told.ballot())) {
            instance.learn(told.values());
        }
    }

    @Override
    public long timelyEnd(Instance instance) {
        return roundEnd(instance, rounds());
    }
}
