package org.maftia.simulator;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.IdealView;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.ReplicaSet;

/**
 * The trusted views of a group whose components are told of each other, as in an eighth of the runs. Promised: no two components
 * are in different views of one number, each view is what the log says, and in the end those of the healed core are in the newest
 * one, unless too few are left of the view in which one is.
 */
final class ViewWatch implements TrustedComponents.ViewForm {
    /** Of the components among themselves, among the protocols that ask them. */
    private static final int STREAM = 2;

    /** Drawn apart, so that the other runs stay as they were. */
    private static final int RUNS = 8;

    private final World world;
    private final IdealComponents components;

    /** By number: what the first correct replica found that the log says. */
    private final SortedMap<Long, IdealView> views = new TreeMap<>();

    private ViewWatch(World world, IdealComponents components) {
        this.world = world;
        this.components = components;
    }

    /** Null where there are no components, or these are told nothing. */
    static @Nullable ViewWatch of(World world) {
        IdealComponents components = world.components();
        if (components == null || new Draw(world.configuration().d()).below(RUNS) != 0) {
            return null;
        }
        return new ViewWatch(world, components);
    }

    @Override
    public int stream() {
        return STREAM;
    }

    @Override
    public Optional<TrustedComponents.View> of(long number, Era era) {
        IdealView.Written written = new IdealView(
                        number, era.epochs(), era.excluded(), world.trust().maximalFaultSets())
                .written();
        return Optional.of(new TrustedComponents.View(written.bytes(), written.digest()));
    }

    /** A correct replica says that its component is in the view that the log names. */
    void entered(int replica, Output.TrustedView said) {
        IdealView view = components.view(replica).orElse(null);
        if (view != null && view.number() == said.number()) {
            IdealView known = views.putIfAbsent(said.number(), view);
            Violation.unless(known == null || known.equals(view), "two trusted views have the number " + said.number());
            ReplicaSet members = world.trust().all().minus(view.excluded());
            Violation.unless(
                    said.members().equals(members.toList()) && members.contains(replica),
                    "r" + replica + " takes others for members of its trusted view");
        }
    }

    /** Whether those of the core are where they can come to. */
    boolean settled(ReplicaSet core, IntFunction<Status> statuses) {
        for (int replica : core.toList()) {
            Status status = statuses.apply(replica);
            boolean present = status.trustedView().map(Status.InView::present).orElse(false);
            if (!present && canEnter(replica, core, status)) {
                return false;
            }
        }
        return true;
    }

    private boolean canEnter(int replica, ReplicaSet core, Status status) {
        ReplicaSet voters = ReplicaSet.EMPTY;
        for (int member : core.toList()) {
            boolean counts = status.componentEpochs().get(member) == components.epoch(member)
                    && status.excluded().stream().noneMatch(one -> one.replica() == member);
            voters = counts ? voters.with(member) : voters;
        }
        IdealView view = components.view(replica).orElse(null);
        return voters.contains(replica) && (view == null || view.isQuorum(voters(view, voters)));
    }

    /** Those of them who are members of the view, in the same epochs. */
    private ReplicaSet voters(IdealView view, ReplicaSet all) {
        ReplicaSet voters = ReplicaSet.EMPTY;
        for (int replica : all.toList()) {
            voters = view.isMember(replica, components.epoch(replica)) ? voters.with(replica) : voters;
        }
        return voters;
    }

    /** Also the component of a corrupted replica is in no other view of a number, but where it came by its first. */
    void conclude() {
        for (int replica : world.trust().all().toList()) {
            IdealView view = components.view(replica).orElse(null);
            IdealView known = view == null ? null : views.get(view.number());
            Violation.unless(
                    known == null || known.equals(view),
                    "the component of r" + replica + " is in another trusted view");
        }
    }

    String standing() {
        StringBuilder text = new StringBuilder("trusted views");
        for (int replica : world.trust().all().toList()) {
            text.append(" r").append(replica).append(' ');
            text.append(components.view(replica).map(view -> "" + view.number()).orElse("none"));
        }
        return text.toString();
    }
}
