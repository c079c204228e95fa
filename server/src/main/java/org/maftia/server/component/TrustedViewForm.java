package org.maftia.server.component;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.certificate.Stream;

/**
 * Writes the trusted views of one configuration, from the public keys that its transcript has for the components. There is none
 * for an era with an epoch of which the transcript has no keys, nor where the fault structure has more sets than a view can name.
 */
public final class TrustedViewForm implements TrustedComponents.ViewForm {
    private final List<Known> components;

    /** Empty where there are too many. */
    private final Optional<List<ReplicaSet>> faultSets;

    /**
     * The component of a member.
     *
     * @param seat of its replica
     * @param epoch in which it works
     * @param keys of that epoch
     */
    public record Known(int seat, long epoch, EpochKeys keys) {}

    /** @param components of all members, by index */
    public TrustedViewForm(List<Known> components, FaultStructure trust) {
        this.components = List.copyOf(components);
        this.faultSets = Optional.of(trust)
                .filter(FaultStructure::isListable)
                .map(FaultStructure::maximalFaultSets)
                .filter(sets -> sets.size() <= TrustedView.FAULT_SETS_MAX);
    }

    @Override
    public int stream() {
        return Stream.MEMBERSHIP;
    }

    @Override
    public Optional<TrustedComponents.View> of(long number, Era era) {
        return view(number, era)
                .map(view -> new TrustedComponents.View(
                        view.toBytes(), Digest.of(view.content().toBytes())));
    }

    Optional<TrustedView> view(long number, Era era) {
        if (!era.epochs().equals(components.stream().map(Known::epoch).toList())) {
            return Optional.empty();
        }
        List<Integer> members = new ArrayList<>();
        for (int index = 0; index < components.size(); index++) {
            if (!era.excluded().contains(index)) {
                members.add(index);
            }
        }
        members.sort(Comparator.comparingInt(index -> components.get(index).seat()));
        List<TrustedView.Member> list = members.stream()
                .map(components::get)
                .map(known -> new TrustedView.Member(known.seat(), known.epoch(), known.keys()))
                .toList();
        return faultSets.map(sets -> new TrustedView(number, 0, list, lost(sets, era.excluded(), members)));
    }

    /** Who of the members may be lost together, where the excluded are lost already: so quorums are those of the whole group. */
    private static List<Long> lost(List<ReplicaSet> faultSets, ReplicaSet excluded, List<Integer> members) {
        List<Long> lost = new ArrayList<>();
        for (ReplicaSet faultSet : faultSets) {
            if (faultSet.containsAll(excluded)) {
                long bits = 0;
                for (int k = 0; k < members.size(); k++) {
                    bits |= faultSet.contains(members.get(k)) ? 1L << k : 0;
                }
                lost.add(bits);
            }
        }
        return lost;
    }
}
