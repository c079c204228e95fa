package org.maftia.core.agreement;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Coin;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Binary agreement as Mostefaoui, Moumen, Raynal had it at PODC 2014: a counterexample, kept so that the test of the
 * schedule against it shows its teeth. Safe, and not live: nothing binds the others' values when the coin comes up.
 */
final class Podc2014 implements Protocol<Podc2014.Message> {
    sealed interface Message {
        int round();
    }

    record Est(int round, boolean value) implements Message {}

    record Aux(int round, boolean value) implements Message {}

    record Share(int round, byte[] share) implements Message {}

    private static final boolean[] BOTH = {false, true};

    private final Port<Message, Boolean> port;
    private final Coin coin;
    private final SortedMap<Integer, Round> rounds = new TreeMap<>();
    int current;
    private boolean decided;

    private static final class Round {
        final SortedMap<Boolean, ReplicaSet> ests = new TreeMap<>();
        final SortedMap<Boolean, ReplicaSet> auxes = new TreeMap<>();
        final SortedMap<Boolean, Boolean> relayed = new TreeMap<>();
        final SortedMap<Integer, byte[]> shares = new TreeMap<>();
        boolean echoed;
        boolean ready;
        /** The only value, or null for both. */
        @Nullable
        Boolean value;
    }

    Podc2014(Port<Message, Boolean> port, Coin coin) {
        this.port = port;
        this.coin = coin;
    }

    static final Codec<Message> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Message message) {
            switch (message) {
                case Est m -> writer.u8(0).u32(m.round()).bool(m.value());
                case Aux m -> writer.u8(1).u32(m.round()).bool(m.value());
                case Share m -> writer.u8(2).u32(m.round()).opaque16(m.share());
            }
        }

        @Override
        public Message read(Reader reader) {
            int type = reader.u8();
            int round = (int) reader.u32();
            return switch (type) {
                case 0 -> new Est(round, reader.bool());
                case 1 -> new Aux(round, reader.bool());
                case 2 -> new Share(round, reader.opaque16(100));
                default -> throw new MalformedException("no message");
            };
        }
    };

    @Override
    public Codec<Message> codec() {
        return CODEC;
    }

    void propose(boolean value) {
        est(0, value);
    }

    private Round round(int number) {
        return rounds.computeIfAbsent(number, missing -> new Round());
    }

    private void est(int number, boolean value) {
        if (round(number).relayed.putIfAbsent(value, true) == null) {
            port.sendAll(new Est(number, value));
        }
    }

    @Override
    public void receive(int from, Message message) {
        Round round = round(message.round());
        switch (message) {
            case Est m -> round.ests.merge(m.value(), ReplicaSet.of(from), ReplicaSet::union);
            case Aux m -> round.auxes.merge(m.value(), ReplicaSet.of(from), ReplicaSet::union);
            case Share m -> round.shares.put(from, m.share());
        }
        progress(message.round(), round);
    }

    private static ReplicaSet of(SortedMap<Boolean, ReplicaSet> votes, boolean value) {
        return votes.getOrDefault(value, ReplicaSet.EMPTY);
    }

    private boolean isIn(Round round, boolean value) {
        return port.trust().isQuorum(of(round.ests, value));
    }

    private void progress(int number, Round round) {
        if (number > current) {
            return;
        }
        for (boolean w : BOTH) {
            if (port.trust().isKernel(of(round.ests, w))) {
                est(number, w);
            }
            if (isIn(round, w) && !round.echoed) {
                round.echoed = true;
                port.sendAll(new Aux(number, w));
            }
        }
        for (boolean w : BOTH) {
            if (!round.ready && isIn(round, w) && port.trust().isQuorum(of(round.auxes, w))) {
                round.value = w;
                ready(number, round);
            }
        }
        boolean both = isIn(round, false) && isIn(round, true);
        if (!round.ready && both && port.trust().isQuorum(of(round.auxes, false).union(of(round.auxes, true)))) {
            ready(number, round);
        }
        toss(number, round);
    }

    private void ready(int number, Round round) {
        round.ready = true;
        port.sendAll(new Share(number, coin.share(new Coin.Name(port.path().toString(), number))));
    }

    private void toss(int number, Round round) {
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (int sender : round.shares.keySet()) {
            senders = senders.with(sender);
        }
        if (number != current || !round.ready || !coin.isQualified(senders)) {
            return;
        }
        boolean toss = coin.combine(new Coin.Name(port.path().toString(), number), round.shares)
                .bit();
        Boolean only = round.value;
        if (only != null && only == toss && !decided) {
            decided = true;
            port.output(toss);
        }
        current++;
        est(current, only != null ? only : toss);
        progress(current, round(current));
    }
}
