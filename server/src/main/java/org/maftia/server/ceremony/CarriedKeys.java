package org.maftia.server.ceremony;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/**
 * Keys of the configuration before that go on in the next one: nobody deals them, and the group itself gives the new members
 * their shares, through its log.
 *
 * @param dealt by kind, as the configuration before states those that a ceremony dealt once
 * @param made serials of those that the group made, or is to make
 */
record CarriedKeys(Map<CurveKey, DiscreteLogKey> dealt, Map<CurveKey, byte[]> made) {
    private static final String HINT =
            "hold the ceremony again with the results of the configuration before, as --before";

    /**
     * Which keys go on: all or none of those that may. Those who stay must be able to use the old sharing whatever fault set
     * of the next configuration is corrupted meanwhile, or the new one might never come.
     *
     * @return none for a new group
     */
    static CarriedKeys of(CeremonyPlan plan) {
        CarriedKeys carried = new CarriedKeys(new EnumMap<>(CurveKey.class), new EnumMap<>(CurveKey.class));
        plan.before().ifPresent(before -> {
            boolean hybrid = plan.isHybrid() || before.group().isHybrid(); // such a group makes no shares
            if (!hybrid && before.handsOn() && canBeShared(before.group(), plan)) {
                for (CurveKey kind : CurveKey.values()) {
                    if (before.group().madeKeys().containsKey(kind)) {
                        carried.made.put(kind, before.group().serial(kind));
                    } else if (kind.outlivesConfigurations()) {
                        carried.dealt.put(kind, before.group().key(kind));
                    }
                }
            }
        });
        return carried;
    }

    private static boolean canBeShared(GroupTranscript before, CeremonyPlan plan) {
        FaultStructure next = plan.trust();
        List<String> ids = plan.enrolments().stream().map(Enrolment::id).toList();
        boolean someLeave = !ids.containsAll(before.ids());
        // Those who left have an index together that is nobody's.
        if (!next.isListable() || someLeave && ids.size() == ReplicaSet.SIZE_MAX) {
            return false;
        }
        SharingFormula sharing = before.key(CurveKey.COIN).formula();
        return next.maximalFaultSets().stream().allMatch(corrupted -> {
            ReplicaSet left = ReplicaSet.EMPTY;
            for (int old = 0; old < before.ids().size(); old++) {
                int index = ids.indexOf(before.ids().get(old));
                left = index >= 0 && !corrupted.contains(index) ? left.with(old) : left;
            }
            return sharing.isQualified(left);
        });
    }

    /** All that go on. */
    Set<CurveKey> kinds() {
        Set<CurveKey> kinds = EnumSet.noneOf(CurveKey.class);
        kinds.addAll(dealt.keySet());
        kinds.addAll(made.keySet());
        return kinds;
    }

    /** Those that a ceremony has to deal. */
    Set<CurveKey> fresh(CeremonyPlan plan) {
        Set<CurveKey> fresh = EnumSet.copyOf(CurveKey.of(plan.isHybrid()));
        fresh.removeAll(kinds());
        fresh.removeIf(kind -> isMade(kind, plan));
        return fresh;
    }

    private static boolean isMade(CurveKey kind, CeremonyPlan plan) {
        return kind.isMadeByGroup(plan.isHybrid(), plan.trust().sharing().strong());
    }

    /** Serials of all keys that the group makes: of those that go on, and new ones of those that do not. */
    Map<CurveKey, byte[]> serials(CeremonyPlan plan, Entropy entropy) {
        Map<CurveKey, byte[]> serials = new EnumMap<>(CurveKey.class);
        serials.putAll(made);
        for (CurveKey kind : CurveKey.of(plan.isHybrid())) {
            if (isMade(kind, plan) && !kinds().contains(kind)) {
                serials.put(kind, entropy.bytes(CurveKey.SERIAL_LENGTH));
            }
        }
        return serials;
    }

    /** What outsiders verify signatures with, of those that go on and were dealt. */
    Map<CurveKey, BlsKey> signing(CeremonyPlan plan) {
        Map<CurveKey, BlsKey> keys = new EnumMap<>(CurveKey.class);
        plan.before()
                .ifPresent(before -> dealt.keySet().stream()
                        .filter(CurveKey::isForSignatures)
                        .forEach(kind -> keys.put(kind, before.group().signing(kind))));
        return keys;
    }

    /**
     * Demands that the keys which a transcript says go on are those of the configuration before.
     *
     * @throws CeremonyException when one is another
     */
    static void require(GroupTranscript next, GroupTranscript before) {
        for (CurveKey kind : next.madeKeys().keySet()) {
            if (next.isCarried(kind)
                    && !(before.madeKeys().containsKey(kind)
                            && Arrays.equals(next.serial(kind), before.serial(kind)))) {
                throw another(kind);
            }
        }
        for (CurveKey kind : next.curveKeys()) {
            if (!before.curveKeys().contains(kind)) {
                continue;
            }
            byte[] stated = DiscreteLogKey.CODEC.encode(next.key(kind));
            if (next.isCarried(kind) && !Arrays.equals(stated, DiscreteLogKey.CODEC.encode(before.key(kind)))) {
                throw another(kind);
            }
        }
    }

    private static CeremonyException another(CurveKey kind) {
        return new CeremonyException(
                "key " + kind.id() + " is to go on, and is not the one of the configuration before", HINT);
    }
}
