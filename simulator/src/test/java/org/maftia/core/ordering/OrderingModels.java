package org.maftia.core.ordering;

import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.maftia.core.ordering.OrderingModel.Scope;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.explore.Model;
import org.maftia.simulator.explore.ModelGroups;

/** The models of the ordering, by name: scopes that every build explores, and larger ones whose names begin with "large". */
public final class OrderingModels {
    private static final int RANDOM_GROUPS = 4;

    private OrderingModels() {}

    public static SortedMap<String, Supplier<Model<?, ?>>> all() {
        SortedMap<String, Supplier<Model<?, ?>>> all = new TreeMap<>();
        all.put(
                "ordering 1 epoch",
                () -> new OrderingModel(ModelGroups.four(), ReplicaSet.of(0), new Scope(1, 1, false, 2)));
        for (int seed = 1; seed <= RANDOM_GROUPS; seed++) {
            FaultStructure trust = ModelGroups.random(seed, 5 + seed % 2);
            // The largest set makes the fewest replicas to explore, and holds the first leader or not, as it comes.
            ReplicaSet corrupt = trust.maximalFaultSets().stream()
                    .max(Comparator.comparingInt(ReplicaSet::size))
                    .orElseThrow();
            all.put(
                    "ordering 1 epoch, random " + seed,
                    () -> new OrderingModel(trust, corrupt, new Scope(1, 1, false, 2)));
        }
        all.put(
                "large ordering 1 epoch, checkpoints",
                () -> new OrderingModel(ModelGroups.four(), ReplicaSet.of(0), new Scope(1, 2, true, 1)));
        all.put(
                "ordering 1 epoch, sites of two and one",
                () -> new OrderingModel(
                        ModelGroups.sitesOfTwoAndOne(), ReplicaSet.of(0, 1), new Scope(1, 1, false, 2)));
        all.put(
                "ordering 1 epoch, false reports",
                () -> new OrderingModel(ModelGroups.four(), ReplicaSet.of(0), new Scope(1, 1, false, 2, 1, true)));
        all.put(
                "large ordering 2 epochs, one value",
                () -> new OrderingModel(ModelGroups.four(), ReplicaSet.of(1), new Scope(2, 1, false, 2, 1, false)));
        all.put(
                "large ordering 2 epochs",
                () -> new OrderingModel(ModelGroups.four(), ReplicaSet.of(1), new Scope(2, 1, false, 2)));
        all.putAll(activations());
        return all;
    }

    private static SortedMap<String, Supplier<Model<?, ?>>> activations() {
        SortedMap<String, Supplier<Model<?, ?>>> all = new TreeMap<>();
        all.put(
                "activation, decided by a recovery",
                () -> activation(new ActivationModel.Scope(false, 0, 2, false, true)));
        all.put("activation, with crashes", () -> activation(new ActivationModel.Scope(true, 0, 1, true, false)));
        all.put(
                "large activation, decided by the leader",
                () -> activation(new ActivationModel.Scope(true, 2, 1, false, true)));
        all.put(
                "large activation, decided by either",
                () -> activation(new ActivationModel.Scope(false, 1, 2, true, true)));
        return all;
    }

    private static ActivationModel activation(ActivationModel.Scope scope) {
        return new ActivationModel(ModelGroups.four(), ReplicaSet.of(0), scope);
    }
}
