package org.maftia.simulator.explore;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.AgreementModels;
import org.maftia.core.ordering.OrderingModels;
import org.maftia.core.ordering.hybrid.HybridModels;

/** Explores a model by name. Loaded anew for each planted bug; only JDK types cross its border. */
public final class ModelHunt {
    private ModelHunt() {}

    public static SortedMap<String, Supplier<Model<?, ?>>> models() {
        SortedMap<String, Supplier<Model<?, ?>>> models = new TreeMap<>(AgreementModels.all());
        models.putAll(OrderingModels.all());
        models.putAll(HybridModels.all());
        return models;
    }

    public static Exploration explore(String name, int statesMax) {
        Supplier<Model<?, ?>> model = Objects.requireNonNull(models().get(name), "no model " + name);
        return Explorer.of(model.get()).statesMax(statesMax).run();
    }

    /** The first broken promise within so many states, in words, or null. */
    public static @Nullable String find(String name, int statesMax) {
        return explore(name, statesMax).finding().map(Object::toString).orElse(null);
    }
}
