package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;

/**
 * The schedule that keeps the algorithm of PODC 2014 from ever deciding, for four replicas of which the last is
 * corrupted. It knows the coin of a round from the moment when the first correct share leaves, and not earlier. In every
 * round one replica, the runner, is led to the coin with both values in its hands, while another, the laggard, hears
 * nothing; then the laggard is fed with nothing but the contrary of what came up.
 */
final class CoinAwareAdversary {
    /** Kinds of messages, common to all algorithms of this family. */
    enum Kind {
        VAL,
        ECHO,
        ECHO2,
        SHARE,
        DECIDE
    }

    /**
     * @param value null where the message speaks for neither
     */
    record Item(int round, Kind kind, @Nullable Boolean value) {}

    /** The language of the algorithm under attack. */
    interface Dialect {
        Item read(byte[] frame);

        /** What the corrupted replica says to support a value in a round. */
        List<byte[]> support(int round, boolean value);

        /** Both values, for a beginning, and the corrupted share. */
        List<byte[]> opening(int round);
    }

    private static final int CORRUPTED = 3;
    private static final int HELD = 1000;

    private final TestGroup<?, ?> group;
    private final Dialect dialect;
    private final long seed;
    private final SplittableRandom random;

    private long scanned;
    private final SortedMap<Integer, RoundView> views = new TreeMap<>();

    /** What the adversary sees of a round. */
    private static final class RoundView {
        final SortedMap<Integer, Boolean> estimates = new TreeMap<>();
        final List<Integer> echoed = new ArrayList<>();
        final List<Integer> released = new ArrayList<>();

        @Nullable
        Boolean coin;

        /** The one whose estimate is alone, the first of the others, the second. Replica 0 runs when all are alike. */
        int lone() {
            for (int i = 0; i < CORRUPTED; i++) {
                Boolean mine = estimates.get(i);
                int same = 0;
                for (Boolean other : estimates.values()) {
                    same += other.equals(mine) ? 1 : 0;
                }
                if (mine != null && same == 1) {
                    return i;
                }
            }
            return 0;
        }

        int laggard() {
            return lone() == 2 ? 1 : 2;
        }
    }

    CoinAwareAdversary(TestGroup<?, ?> group, Dialect dialect, long seed) {
        this.group = group;
        this.dialect = dialect;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        group.crash(CORRUPTED);
    }

    /** Takes note of what left since the last step, adds what the corrupted says, and lets one message arrive. */
    boolean step() {
        for (int i = 0; i < group.flights().size(); i++) {
            TestGroup.Flight flight = group.flights().get(i);
            if (flight.number() >= scanned) {
                scanned = flight.number() + 1;
                if (flight.from() != CORRUPTED) {
                    note(flight.from(), dialect.read(flight.frame()));
                }
            }
        }
        if (group.flights().isEmpty()) {
            return false;
        }
        int best = 0;
        int bestScore = Integer.MAX_VALUE;
        int offset = random.nextInt(group.flights().size());
        for (int i = 0; i < group.flights().size(); i++) {
            int place = (i + offset) % group.flights().size();
            int score = score(group.flights().get(place));
            if (score < bestScore) {
                best = place;
                bestScore = score;
            }
        }
        group.deliver(best);
        return true;
    }

    private void note(int from, Item item) {
        if (item.kind() == Kind.DECIDE) {
            return;
        }
        RoundView view = views.get(item.round());
        if (view == null) {
            view = new RoundView();
            views.put(item.round(), view);
            say(dialect.opening(item.round()));
        }
        switch (item.kind()) {
            case VAL -> {
                if (item.value() != null) {
                    view.estimates.putIfAbsent(from, item.value());
                }
            }
            case ECHO -> view.echoed.add(from);
            case SHARE -> {
                view.released.add(from);
                if (view.coin == null) {
                    view.coin = coin(item.round());
                    say(dialect.support(item.round(), !view.coin));
                }
            }
            default -> {}
        }
    }

    private void say(List<byte[]> frames) {
        for (byte[] frame : frames) {
            for (int to = 0; to < CORRUPTED; to++) {
                group.inject(CORRUPTED, to, frame);
            }
        }
    }

    private boolean coin(int round) {
        Coin.Name name = new Coin.Name("test0", round);
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int i = 2; i <= CORRUPTED; i++) {
            shares.put(i, new IdealCoin(seed, Structures.FOUR, i).share(name));
        }
        return new IdealCoin(seed, Structures.FOUR, 0).combine(name, shares).bit();
    }

    /** The lower, the earlier. */
    private int score(TestGroup.Flight flight) {
        Item item = dialect.read(flight.frame());
        RoundView view = views.get(item.round());
        int to = flight.to();
        if (to == CORRUPTED || view == null || view.released.contains(to)) {
            return item.kind() == Kind.DECIDE ? 2 * HELD : item.round();
        }
        int score = 2 * item.round();
        Boolean value = item.value();
        if (view.coin != null) {
            // The laggard first, and to everyone nothing that agrees with the coin.
            score += to == view.laggard() ? 0 : 1;
            return view.coin.equals(value) ? HELD + score : score;
        }
        if (to == view.laggard() || (to != view.lone() && item.kind() != Kind.VAL)) {
            return HELD + score;
        }
        // Runner and partner approve their own estimate first, so that their echoes differ.
        boolean early = item.kind() == Kind.VAL
                && !view.echoed.contains(to)
                && value != null
                && !value.equals(view.estimates.get(to));
        return early ? HELD / 2 + score : score;
    }
}
