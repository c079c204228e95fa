package org.maftia.wormhole.tpm;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Counters;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.LaneCounters;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;

/**
 * Where the streams of a chain stand after its links so far, and what may come next. The TPM knows nothing of it: the
 * host keeps it to write statements, every receiver keeps it to check them, and whoever breaks the rules once is heard
 * no more in this epoch.
 */
final class ChainState {
    /** As many as any component keeps. */
    static final int STREAMS_MAX = 64;

    private static final Position NEW = new Position(0, 0, 0);

    private final Header epoch;
    private final Map<Integer, Position> positions = new TreeMap<>();

    /** The last counter of the one lane, and the marks. */
    record Position(long counter, long view, long ckpt) {}

    ChainState(Header epoch) {
        this.epoch = epoch;
    }

    Position at(Stream stream) {
        return positions.getOrDefault(stream.protocol(), NEW);
    }

    /** Puts a stream where one's own link says; links of the host's own journal come in their order. */
    void restore(Certificate link) {
        @Nullable
        Position position = switch (link) {
            case Ui ui -> new Position(ui.counter(), ui.view(), ui.ckpt());
            case Fence fence -> new Position(fence.counters().of(0), fence.view(), fence.ckpt());
            case Counters counters -> new Position(counters.counters().of(0), counters.view(), counters.ckpt());
            default -> null;
        };
        if (position != null) {
            positions.put(link.header().stream().protocol(), position);
        }
    }

    /** Whether there is room for the stream. */
    boolean hasRoom(Stream stream) {
        return positions.containsKey(stream.protocol()) || positions.size() < STREAMS_MAX;
    }

    static LaneCounters counters(Position position) {
        long[] counters = new long[Stream.LANES];
        counters[0] = position.counter();
        return LaneCounters.of(counters);
    }

    /** Takes the statement as the next link; false if the rules do not let it be one. */
    boolean take(Certificate certificate) {
        Header header = certificate.header();
        if (header.ttcb() != epoch.ttcb()
                || header.epoch() != epoch.epoch()
                || !header.stream().sameGroup(epoch.stream())
                || !hasRoom(header.stream())) {
            return false;
        }
        Position now = at(header.stream());
        Position next = next(now, certificate);
        if (next == null) {
            return false;
        }
        positions.put(header.stream().protocol(), next);
        return true;
    }

    private static @Nullable Position next(Position now, Certificate certificate) {
        return switch (certificate) {
            case Ui ui
            when ui.lane() == 0
                    && ui.counter() == now.counter() + 1
                    && ui.view() == now.view()
                    && ui.ckpt() == now.ckpt() -> new Position(ui.counter(), now.view(), now.ckpt());
            case Fence fence when isNext(now, fence) -> new Position(now.counter(), fence.view(), fence.ckpt());
            case Counters counters
            when counters.view() == now.view()
                    && counters.ckpt() == now.ckpt()
                    && counters.counters().equals(counters(now)) -> now;
            default -> null;
        };
    }

    private static boolean isNext(Position now, Fence fence) {
        boolean rises = fence.mark() == Mark.VIEW
                ? fence.view() > now.view() && fence.ckpt() == now.ckpt()
                : fence.ckpt() > now.ckpt() && fence.view() == now.view();
        return rises && fence.counters().equals(counters(now));
    }
}
