package org.maftia.core.ordering.hybrid;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.explore.Model;

/** The models of hybrid ordering, by name: larger scopes, which take minutes or more. */
public final class HybridModels {
    private HybridModels() {}

    public static SortedMap<String, Supplier<Model<?, ?>>> all() {
        FaultStructure three = FaultStructure.threshold(3, 1);
        SortedMap<String, Supplier<Model<?, ?>>> all = new TreeMap<>();
        all.put("large hybrid 1 change, corrupt leader", () -> new HybridModel(three, ReplicaSet.of(0), 1, false));
        all.put("large hybrid 1 change, corrupt follower", () -> new HybridModel(three, ReplicaSet.of(2), 1, false));
        all.put("large hybrid 1 change, crashes", () -> new HybridModel(three, ReplicaSet.of(2), 1, true));
        all.put("large hybrid 2 changes", () -> new HybridModel(three, ReplicaSet.of(0), 2, false));
        return all;
    }
}
