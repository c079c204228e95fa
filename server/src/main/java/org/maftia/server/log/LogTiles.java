package org.maftia.server.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.maftia.core.wire.Digest;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.gateway.LogPath;
import org.maftia.services.log.LogTree;

/**
 * Hashes of a log from its tiles, wherever these lie: what is computed of them is worth no more than what it leads to. Source: C2SP
 * tlog-tiles.
 */
public final class LogTiles implements LogTree.Subtrees {
    /** Of the levels of a tree in one tile. */
    private static final int TILE_LEVELS = 8;

    private static final int TILE_LENGTH_MAX = LogPath.WIDTH_MAX * Digest.LENGTH;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Source source;
    private final long size;
    private final Map<String, byte[]> tiles = new HashMap<>();

    /** Where tiles are read. */
    @FunctionalInterface
    public interface Source {
        /** @param path such as {@code 0/x001/234.p/17} */
        byte[] tile(String path) throws IOException;
    }

    /** No tile came, or none of this length. */
    public static final class MissingException extends RuntimeException {
        private static final long serialVersionUID = 1;

        MissingException(String message) {
            super(message);
        }
    }

    /** @param size of the log whose tiles they are: its last ones are partial */
    public LogTiles(Source source, long size) {
        this.source = source;
        this.size = size;
    }

    /** A folder with {@code tile/} in it, as a mirror of a log has it. */
    public static Source in(Path folder) {
        return path -> {
            Path file = folder.resolve("tile").resolve(path);
            if (Files.size(file) > TILE_LENGTH_MAX) {
                throw new IOException(file + " is longer than a tile");
            }
            return Files.readAllBytes(file);
        };
    }

    /**
     * A gateway.
     *
     * @param base such as {@code https://localhost:8443/log}
     */
    public static Source at(String base, SecureHttp http) {
        return path -> {
            SecureHttp.Reply reply = http.get(base + "/tile/" + path, TIMEOUT_MILLIS, TILE_LENGTH_MAX + 1);
            if (reply.status() != 200) {
                throw new IOException(base + " answers HTTP " + reply.status());
            }
            return reply.body();
        };
    }

    @Override
    public Digest hash(int level, long index) {
        int above = level % TILE_LEVELS;
        long first = index << above;
        byte[] tile = tile(level / TILE_LEVELS, first >>> TILE_LEVELS);
        int from = (int) (first % LogPath.WIDTH_MAX);
        List<Digest> row = new ArrayList<>();
        for (int i = from; i < from + (1 << above); i++) {
            if ((i + 1) * Digest.LENGTH > tile.length) {
                throw new MissingException("the log has not so many entries");
            }
            row.add(Digest.of(Arrays.copyOfRange(tile, i * Digest.LENGTH, (i + 1) * Digest.LENGTH)));
        }
        while (row.size() > 1) {
            List<Digest> next = new ArrayList<>();
            for (int i = 0; i < row.size(); i += 2) {
                next.add(LogTree.node(row.get(i), row.get(i + 1)));
            }
            row = next;
        }
        return row.getFirst();
    }

    private byte[] tile(int level, long index) {
        long hashes = size >>> TILE_LEVELS * level;
        int width = (int) Math.min(LogPath.WIDTH_MAX, hashes - index * LogPath.WIDTH_MAX);
        if (width <= 0) {
            throw new MissingException("the log has not so many entries");
        }
        return tiles.computeIfAbsent(new LogPath(level, index, width).text(), path -> read(path, width));
    }

    private byte[] read(String path, int width) {
        byte[] tile;
        try {
            tile = source.tile(path);
        } catch (IOException e) {
            throw new MissingException("tile " + path + ": " + e.getMessage());
        }
        if (tile.length != width * Digest.LENGTH) {
            throw new MissingException("tile " + path + " has another length");
        }
        return tile;
    }
}
