package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.Era;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a NEW-VIEW comes to: where the view begins, and what its leader proposes with it.
 *
 * @param start all slots up to this one are decided, and a state that contains them is certified
 * @param slots the batch of each slot above, without a hole; zero for a slot that holds nothing
 * @param fence of the leader, by which it moved to the view; null for the first view of an era
 * @param ui of the NEW-VIEW; null for the first view
 */
record Summary(
        long view,
        long start,
        SortedMap<Long, Digest> slots,
        @Nullable Fence fence,
        @Nullable Ui ui) {
    /** More slots than any window has. */
    private static final int SLOTS_MAX = 1 << 14;

    Summary {
        slots = Collections.unmodifiableSortedMap(new TreeMap<>(slots));
    }

    /** The view in which an era begins. */
    static Summary first(Era era) {
        return new Summary(era.firstView(), era.beginning(), Collections.emptySortedMap(), null, null);
    }

    /** The last slot that the leader need not propose. */
    long last() {
        return slots.isEmpty() ? start : slots.lastKey();
    }

    /** The mark CHECKPOINT that the leader had when it moved to the view. */
    long leaderMark() {
        return fence == null ? 0 : fence.checkpoint();
    }

    /** The first view is written without its slot, which all know. */
    static final Codec<Summary> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Summary value) {
            if (value.fence == null || value.ui == null) {
                throw new IllegalArgumentException("nobody has to be told of the first view");
            }
            writer.u64(value.view).u64(value.start);
            writer.list(List.copyOf(value.slots.values()), Writer::digest);
            Fence.CODEC.write(writer, value.fence);
            Ui.CODEC.write(writer, value.ui);
        }

        @Override
        public Summary read(Reader reader) {
            long view = reader.count();
            long start = reader.count();
            List<Digest> digests = reader.list(SLOTS_MAX, Digest.LENGTH, Reader::digest);
            if (view == 0 || start > Long.MAX_VALUE - SLOTS_MAX) {
                throw new MalformedException("no view that anybody moved to");
            }
            SortedMap<Long, Digest> slots = new TreeMap<>();
            for (Digest digest : digests) {
                slots.put(start + 1 + slots.size(), digest);
            }
            return new Summary(view, start, slots, Fence.CODEC.read(reader), Ui.CODEC.read(reader));
        }
    };

    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        for (Map.Entry<Long, Digest> slot : slots.entrySet()) {
            words.add("s" + slot.getKey() + " " + Words.of(slot.getValue()));
        }
        return "v" + view + " above s" + start + " " + words;
    }
}
