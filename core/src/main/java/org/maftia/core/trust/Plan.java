package org.maftia.core.trust;

import java.util.List;
import java.util.SortedMap;

/** The answer of {@link Planner}. */
public sealed interface Plan {
    /** Whether any placement does. */
    boolean possible();

    /**
     * A placement that survives what was asked, checked as the configuration of a group is.
     *
     * @param replicas how many
     * @param lost replicas of the largest fault set: what is survived at most
     * @param thresholdLost replicas that a plain threshold over as many replicas survives
     * @param proved whether fewer replicas are known to be impossible
     * @param placement attributes of each replica, by attribute
     * @param trust the structure of that placement, in exact form and with a plain sharing
     */
    record Possible(
            int replicas,
            int lost,
            int thresholdLost,
            boolean proved,
            List<SortedMap<String, String>> placement,
            FaultStructure trust)
            implements Plan {
        public Possible {
            placement = List.copyOf(placement);
        }

        @Override
        public boolean possible() {
            return true;
        }
    }

    /**
     * No placement does.
     *
     * @param missing what there is too little of, such as {@code site: 4 classes needed, 3 given}
     */
    record Impossible(String missing) implements Plan {
        @Override
        public boolean possible() {
            return false;
        }
    }
}
