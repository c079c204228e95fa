package org.maftia.server.ceremony;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.trust.SharingFormula;

/** Which of its keys a group makes and renews by itself: a function of public documents, so all members agree. */
public final class KeptKeys {
    /**
     * A key of the group's own making that nothing depends on: with it operators rehearse a renewal, and drills show what
     * shares are worth that were stolen before one.
     */
    public static final String DRILL = "drill";

    /** How it is shared, and in which group. */
    public static final String ALGORITHM = "joint-feldman-bls12-381-g1";

    /** What it is for. */
    public static final String DRILL_PURPOSE = "drills";

    /** What the ceremony dealt and the group renews from then on. Certified keys are rolled, not renewed. */
    private static final Set<CurveKey> RENEWED = EnumSet.noneOf(CurveKey.class);

    private KeptKeys() {}

    /**
     * What is to be done for each of them.
     *
     * @param sharing the group's formula for secrets
     */
    public static List<KeyUpkeep> of(GroupTranscript group, SharingFormula sharing, KeyUpkeep.Pace pace) {
        List<KeyUpkeep> kept = new ArrayList<>();
        for (CurveKey kind : RENEWED) {
            var dealt = group.key(kind);
            kept.add(new KeyUpkeep(dealt.group(), dealt.keyId(), dealt.formula(), dealt, pace));
        }
        kept.add(new KeyUpkeep(CurveKey.name(group.id()), DRILL, sharing, null, pace));
        return kept;
    }
}
