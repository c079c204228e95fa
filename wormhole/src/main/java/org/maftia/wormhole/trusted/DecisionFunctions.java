package org.maftia.wormhole.trusted;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;

/** Makes one value of a map from entries of the list to values; the same map gives the same value everywhere. */
final class DecisionFunctions {
    private DecisionFunctions() {}

    /**
     * The decided value, or null for none.
     *
     * @param values by entry of the list; null where an entry proposed nothing
     */
    static byte @Nullable [] decide(Decision decision, Eid[] list, byte[] @Nullable [] values, TrustedView view) {
        byte[][] proposed = Arrays.stream(values).filter(value -> value != null).toArray(byte[][]::new);
        if (proposed.length == 0) {
            return null;
        }
        Arrays.sort(proposed, Arrays::compareUnsigned);
        return switch (decision) {
            case RMULTICAST -> values[0];
            case MAJORITY -> mostFrequent(proposed);
            case QUORUM, KERNEL -> supported(decision, proposed, list, values, view);
            case MIN -> proposed[0];
            case MAX -> proposed[proposed.length - 1];
            case MEDIAN -> proposed[(proposed.length - 1) / 2];
            case OR, AND -> combined(decision, proposed);
        };
    }

    /** Which entries proposed this value. */
    static int proposers(byte[] value, byte[] @Nullable [] values) {
        int mask = 0;
        for (int k = 0; k < values.length; k++) {
            if (Arrays.equals(value, values[k])) {
                mask |= 1 << k;
            }
        }
        return mask;
    }

    private static byte[] mostFrequent(byte[][] sorted) {
        byte[] best = sorted[0];
        int most = 0;
        int run = 0;
        for (int i = 0; i < sorted.length; i++) {
            run = i > 0 && Arrays.equals(sorted[i], sorted[i - 1]) ? run + 1 : 1;
            if (run > most) { // a later, larger value must be strictly more frequent
                most = run;
                best = sorted[i];
            }
        }
        return best;
    }

    private static byte @Nullable [] supported(
            Decision decision, byte[][] sorted, Eid[] list, byte[] @Nullable [] values, TrustedView view) {
        for (byte[] value : sorted) {
            long components = 0;
            for (int k = 0; k < values.length; k++) {
                int member = view.indexOf(list[k].ttcb(), list[k].epoch());
                if (member >= 0 && Arrays.equals(value, values[k])) {
                    components |= 1L << member;
                }
            }
            if (decision == Decision.QUORUM ? view.isQuorum(components) : view.isKernel(components)) {
                return value;
            }
        }
        return null;
    }

    private static byte[] combined(Decision decision, byte[][] proposed) {
        byte[] result = proposed[0].clone();
        for (byte[] value : proposed) {
            for (int i = 0; i < Digest.LENGTH; i++) {
                result[i] = (byte) (decision == Decision.OR ? result[i] | value[i] : result[i] & value[i]);
            }
        }
        return result;
    }
}
