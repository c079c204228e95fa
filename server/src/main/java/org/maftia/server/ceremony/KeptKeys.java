package org.maftia.server.ceremony;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.trust.SharingFormula;

/** Which of its keys a group makes, or renews, by itself: a function of public documents, so all members agree. */
public final class KeptKeys {
    /** Certified keys are rolled, not renewed. */
    private static final Set<CurveKey> RENEWED = EnumSet.allOf(CurveKey.class);

    private KeptKeys() {}

    /**
     * Whether the group renews what the ceremony dealt: then the shares of epoch 0 are erased one day. A hybrid group does not:
     * a quorum that acknowledged new shares need not hold enough of them once a fault set is gone.
     */
    static boolean renews(GroupTranscript group, CurveKey kind) {
        return !group.isHybrid() && RENEWED.contains(kind);
    }

    /** Ids of the keys that go on from the configuration before. */
    public static List<String> carried(GroupTranscript group) {
        return RENEWED.stream().filter(group::isCarried).map(CurveKey::id).toList();
    }

    /**
     * Ids of the keys whose shares are erased when their configuration is over, as another one goes on with them or nobody needs
     * them. None of a hybrid group, which reads what was dealt at every start: 'maftia key destroy' destroys it.
     */
    public static List<String> lasting(GroupTranscript group) {
        return RENEWED.stream()
                .filter(kind -> kind.outlivesConfigurations() && renews(group, kind))
                .map(CurveKey::id)
                .toList();
    }

    /** Whether the key of this id is the same in both configurations, so that shares of the one serve in the other. */
    public static boolean isSame(String keyId, GroupTranscript one, GroupTranscript other) {
        return RENEWED.stream().filter(kind -> kind.id().equals(keyId)).allMatch(kind -> isSame(kind, one, other));
    }

    private static boolean isSame(CurveKey kind, GroupTranscript one, GroupTranscript other) {
        if (one.madeKeys().containsKey(kind) || other.madeKeys().containsKey(kind)) {
            return Arrays.equals(one.madeKeys().get(kind), other.madeKeys().get(kind));
        }
        boolean both = one.curveKeys().contains(kind) && other.curveKeys().contains(kind);
        return !both || Arrays.equals(one.key(kind).publicKey(), other.key(kind).publicKey());
    }

    /** What is to be done for each of them. */
    public static List<KeyUpkeep> of(GroupTranscript group, KeyUpkeep.Pace pace) {
        List<KeyUpkeep> kept = new ArrayList<>();
        if (group.isHybrid()) {
            return kept;
        }
        SharingFormula formula = group.key(CurveKey.COIN).formula();
        for (CurveKey kind : RENEWED) {
            if (group.madeKeys().containsKey(kind)) {
                String name = CurveKey.name(group.id());
                kept.add(KeyUpkeep.signing(name, kind.id(), formula, group.isCarried(kind), pace));
                continue;
            }
            DiscreteLogKey dealt = group.key(kind);
            kept.add(new KeyUpkeep(dealt.group(), dealt.keyId(), formula, dealt, group.isCarried(kind), pace));
        }
        return kept;
    }
}
