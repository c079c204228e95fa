package org.maftia.services.log;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The roots of the full subtrees of a growing log, at most one of each height: all that it takes to go on with it. */
public final class CompactRange {
    private long size;

    /** The largest first. */
    private final List<Digest> peaks = new ArrayList<>();

    /** Entries so far. */
    public long size() {
        return size;
    }

    /** Takes one more entry, given by its leaf hash. */
    public void append(Digest leaf) {
        Digest hash = leaf;
        for (long rest = size; (rest & 1) == 1; rest >>>= 1) {
            hash = LogTree.node(peaks.removeLast(), hash);
        }
        peaks.add(hash);
        size++;
    }

    /** The root of the tree of all entries. */
    public Digest root() {
        if (peaks.isEmpty()) {
            return LogTree.empty();
        }
        Digest root = peaks.getLast();
        for (int i = peaks.size() - 2; i >= 0; i--) {
            root = LogTree.node(peaks.get(i), root);
        }
        return root;
    }

    /** The same, to go on by itself. */
    public CompactRange copy() {
        CompactRange copy = new CompactRange();
        copy.size = size;
        copy.peaks.addAll(peaks);
        return copy;
    }

    public void write(Writer writer) {
        writer.u64(size);
        peaks.forEach(writer::digest);
    }

    public static CompactRange read(Reader reader) {
        CompactRange range = new CompactRange();
        range.size = reader.u64();
        if (range.size < 0) {
            throw new MalformedException("no log is that long");
        }
        for (int i = Long.bitCount(range.size); i > 0; i--) {
            range.peaks.add(reader.digest());
        }
        return range;
    }
}
