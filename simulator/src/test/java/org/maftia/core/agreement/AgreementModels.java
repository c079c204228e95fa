package org.maftia.core.agreement;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.explore.Model;
import org.maftia.simulator.explore.ModelGroups;

/** The models of agreement, by name: scopes that every build explores, and larger ones whose names begin with "large". */
public final class AgreementModels {
    private AgreementModels() {}

    public static SortedMap<String, Supplier<Model<?, ?>>> all() {
        FaultStructure four = ModelGroups.four();
        SortedMap<String, Supplier<Model<?, ?>>> all = new TreeMap<>();
        all.put("binary 001", () -> binary(four, ReplicaSet.of(3), 1, 0, false, false, true));
        all.put("binary 011", () -> binary(four, ReplicaSet.of(3), 1, 0, false, true, true));
        all.put("binary 000", () -> binary(four, ReplicaSet.of(3), 1, 0, false, false, false));
        all.put("agreement 1 view", () -> new MultivaluedModel(four, ReplicaSet.of(0), 0));
        all.put("large binary 2 rounds", () -> binary(four, ReplicaSet.of(3), 2, 0, false, false, true));
        all.put("large agreement 2 views", () -> new MultivaluedModel(four, ReplicaSet.of(0), 0, 0));
        all.put("large agreement 3 views", () -> new MultivaluedModel(four, ReplicaSet.of(3), 3, 2, 3));
        all.put(
                "binary 001, others silent",
                () -> new BinaryModel(four, ReplicaSet.of(3), List.of(false, false, true), new int[] {0}, 1, true));
        all.put("relay", () -> new RelayModel(four, ReplicaSet.of(0), 3));
        return all;
    }

    private static Model<?, ?> binary(
            FaultStructure trust, ReplicaSet corrupt, int rounds, int coin, Boolean... inputs) {
        return new BinaryModel(trust, corrupt, List.of(inputs), new int[] {coin, 1 - coin}, rounds, false);
    }
}
