package org.maftia.server.ceremony;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.keys.KeyUpkeep;

/** Which of its keys a group renews by itself: a function of public documents, so all members agree. */
public final class KeptKeys {
    /** Certified keys are rolled, not renewed. */
    private static final Set<CurveKey> RENEWED = EnumSet.allOf(CurveKey.class);

    private KeptKeys() {}

    /** Whether the group renews what the ceremony dealt: then the shares of epoch 0 are erased one day. */
    static boolean renews(CurveKey kind) {
        return RENEWED.contains(kind);
    }

    /** What is to be done for each of them. */
    public static List<KeyUpkeep> of(GroupTranscript group, KeyUpkeep.Pace pace) {
        List<KeyUpkeep> kept = new ArrayList<>();
        for (CurveKey kind : RENEWED) {
            DiscreteLogKey dealt = group.key(kind);
            kept.add(new KeyUpkeep(dealt.group(), dealt.keyId(), dealt.formula(), dealt, pace));
        }
        return kept;
    }
}
