package org.maftia.services.authority;

import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.pki.OcspQuestion;

/** Signed answers about certificates, kept so that one signature serves all who ask within half a day. */
final class Answers {
    static final int KEPT_MAX = 4_096;

    /** How long an answer may be relied on. */
    static final long LIFE_SECONDS = 86_400;

    /** After it another one is signed for who asks. */
    static final long FRESH_MICROS = 12 * Agreed.HOUR_MICROS;

    /** In a second of agreed time: each costs a threshold signature, and certificates come first. */
    static final int SIGNED_PER_SECOND = 20;

    private static final int LENGTH_MAX = 8_192;

    private final SortedMap<String, Kept> kept = new TreeMap<>();
    private long second;
    private int signed;

    private record Kept(byte[] answer, long freshUntilMicros) {}

    /**
     * Under which the answer to a question is kept: it gives the question's own CertID back. Of two with one serial and hash, one
     * has a NULL beside the name of the hash, so that it is longer.
     */
    static String name(OcspQuestion question) {
        String serial = HexFormat.of().formatHex(question.serial());
        return serial + (question.sha1() ? "/1/" : "/256/") + question.identifier().length;
    }

    byte @Nullable [] fresh(String name, long nowMicros) {
        Kept found = kept.get(name);
        return found == null || found.freshUntilMicros <= nowMicros ? null : found.answer;
    }

    /** Counts a signature; false when this second has had enough. */
    boolean count(long nowMicros) {
        long now = nowMicros / Agreed.SECOND_MICROS;
        if (now != second) {
            second = now;
            signed = 0;
        }
        return ++signed <= SIGNED_PER_SECOND;
    }

    void keep(String name, byte[] answer, long freshUntilMicros) {
        if (kept.size() >= KEPT_MAX && !kept.containsKey(name)) {
            kept.values().removeIf(one -> one.freshUntilMicros + FRESH_MICROS < freshUntilMicros);
            if (kept.size() >= KEPT_MAX) {
                kept.remove(kept.firstKey());
            }
        }
        kept.put(name, new Kept(answer, freshUntilMicros));
    }

    /** What was said of a certificate holds no longer. */
    void forget(String serial) {
        kept.subMap(serial + "/", serial + "0").clear();
    }

    void clear() {
        kept.clear();
    }

    void write(Writer writer) {
        writer.u64(second).u32(signed).u32(kept.size());
        kept.forEach((name, one) -> writer.string(name).opaque16(one.answer).u64(one.freshUntilMicros));
    }

    void read(Reader reader) {
        kept.clear();
        second = reader.count();
        signed = Math.toIntExact(reader.u32());
        for (long count = Agreed.bounded(reader.u32(), KEPT_MAX); count > 0; count--) {
            kept.put(reader.string(80), new Kept(reader.opaque16(LENGTH_MAX), reader.count()));
        }
    }
}
