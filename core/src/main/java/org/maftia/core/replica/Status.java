package org.maftia.core.replica;

import java.util.List;
import java.util.Optional;
import org.maftia.core.keys.KeyStanding;

/**
 * Where a replica stands, for consoles.
 *
 * @param epoch the current epoch
 * @param leader the index of its leader
 * @param decided the last slot decided without a gap
 * @param executed the last slot executed
 * @param known the highest slot that a kernel of peers claims to have decided
 * @param stable the slot of the newest certified checkpoint
 * @param timeoutMicros its patience with a leader, as it has adapted
 * @param signatures threshold signatures under way
 * @param abstaining whether it casts no vote, having lost its journal
 * @param fetching whether it fetches a state from others
 * @param keys those that the group makes and renews by itself, by id
 * @param componentEpochs in which the trusted components work, by replica, as the log says; empty where there are none
 * @param excluded those of whose components nothing counts: above which slot, and who has proof, as the log says
 * @param trustedView where its trusted component is; empty where that is in no view, or there is none
 */
public record Status(
        long epoch,
        int leader,
        long decided,
        long executed,
        long known,
        long stable,
        long timeoutMicros,
        int signatures,
        boolean abstaining,
        boolean fetching,
        List<KeyStanding> keys,
        List<Long> componentEpochs,
        List<Output.Excluded> excluded,
        Optional<InView> trustedView) {
    /**
     * A trusted view in which a component works.
     *
     * @param number of the view
     * @param present whether it is the one that the log names
     */
    public record InView(long number, boolean present) {
        /** Numbers of the eras of one configuration; those of the next one follow. */
        private static final int ERA_BITS = 32;

        /** The number of the view of an era: later eras, and those of later configurations, have higher ones. */
        public static long number(long configuration, long era) {
            return (configuration << ERA_BITS) + era;
        }

        /** The configuration of a view. */
        public static long configuration(long number) {
            return number >>> ERA_BITS;
        }

        /** For people: the number of the configuration, and that of its era. */
        public static String name(long number) {
            return configuration(number) + "." + (number - number(configuration(number), 0));
        }
    }

    public Status {
        keys = List.copyOf(keys);
        componentEpochs = List.copyOf(componentEpochs);
        excluded = List.copyOf(excluded);
    }

    /** That of a replica without a trusted component. */
    public Status(
            long epoch,
            int leader,
            long decided,
            long executed,
            long known,
            long stable,
            long timeoutMicros,
            int signatures,
            boolean abstaining,
            boolean fetching,
            List<KeyStanding> keys) {
        this(
                epoch,
                leader,
                decided,
                executed,
                known,
                stable,
                timeoutMicros,
                signatures,
                abstaining,
                fetching,
                keys,
                List.of(),
                List.of(),
                Optional.empty());
    }

    /** Slots that others are ahead. */
    public long lag() {
        return Math.max(0, known - executed);
    }
}
