package org.maftia.server.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.server.ceremony.LogKeys;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.gateway.LogPath;
import org.maftia.server.gateway.LogSource;
import org.maftia.server.gateway.Submission;
import org.maftia.server.succession.Known;
import org.maftia.services.log.LogCheckpoint;
import org.maftia.services.log.LogEntry;
import org.maftia.services.log.LogOperation;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.LogState;
import org.maftia.services.log.NoteKey;
import org.maftia.services.log.SignedCheckpoint;
import org.maftia.services.log.TransparencyLog;

/**
 * Keeps the log on this replica's disk: takes entries from its copy of the service, fetches from other gateways what that has
 * forgotten, and signs heads once all that they cover is durable here. What others bring is believed when it leads to the root
 * that the group agreed on.
 */
public final class LogKeeper implements LogSource, AutoCloseable {
    private static final int LOOK_MILLIS = 100;

    /** A signature that is under way is not sent again for so long. */
    private static final long AGAIN_NANOS = 3_000_000_000L;

    private static final int PEER_MILLIS = 5_000;

    /** 256 entries with their lengths. */
    private static final int BUNDLE_LENGTH_MAX = LogArchive.WIDTH * (LogEntry.LENGTH_MAX + 2);

    private final Submission submission;
    private final Supplier<Known> present;
    private final int seat;
    private final LogKeys keys;
    private final Consumer<String> notices;
    private final LogArchive archive;
    private final SignedHeads heads;
    private final Thread thread;

    private volatile @Nullable SignedCheckpoint published;

    /** Up to here the archive is what the group agreed on. */
    private volatile long trusted;

    private long sentSize = -1;
    private long sentSeconds;
    private long sentNanos;
    private volatile boolean closed;

    private LogKeeper(Setup setup, LogArchive archive, SignedHeads heads) {
        this.submission = setup.submission;
        this.present = setup.present;
        this.seat = setup.seat;
        this.keys = setup.keys;
        this.notices = setup.notices;
        this.archive = archive;
        this.heads = heads;
        this.thread = Thread.ofPlatform().daemon().name("log-keeper").unstarted(this::run);
    }

    /**
     * What it works with.
     *
     * @param directory of its files
     * @param submission to this replica's copy of the service, and into the log of the group
     * @param present configuration, as far as is known here
     * @param seat of this replica
     * @param notices takes what an operator should read
     */
    public record Setup(
            Path directory,
            Submission submission,
            Supplier<Known> present,
            int seat,
            LogKeys keys,
            Consumer<String> notices) {}

    /** Opens the files and begins. */
    public static LogKeeper begin(Setup setup) throws IOException {
        LogArchive archive = LogArchive.open(setup.directory);
        SignedHeads heads = SignedHeads.open(setup.directory);
        LogKeeper keeper = new LogKeeper(setup, archive, heads);
        keeper.thread.start();
        return keeper;
    }

    private void run() {
        String told = "";
        while (!closed) {
            try {
                Thread.sleep(LOOK_MILLIS);
                look();
            } catch (InterruptedException e) {
                return;
            } catch (IOException e) {
                String text = "the log on this disk: " + e.getMessage();
                if (!text.equals(told)) { // every look finds the same until somebody mends it
                    notices.accept(text);
                    told = text;
                }
            }
        }
    }

    private Optional<byte[]> peek(LogState.Question question) throws InterruptedException {
        try {
            return submission
                    .peek(TransparencyLog.NAME, LogState.Question.CODEC.encode(question))
                    .get();
        } catch (ExecutionException e) {
            return Optional.empty(); // the replica has not begun, or is busy, or stops: the next look asks again
        }
    }

    private void look() throws IOException, InterruptedException {
        Optional<byte[]> answer = peek(new LogState.Question.State());
        if (answer.isEmpty()) {
            return;
        }
        LogState state = LogState.CODEC.decode(answer.get());
        if (archive.size() < state.first()) {
            fetch(state.first());
        }
        take(state);
        if (archive.size() < state.size()) {
            return;
        }
        if (trusted < state.size() && !archive.root(state.size()).equals(state.root())) {
            notices.accept("the log on this disk is not that of the group: it is fetched anew");
            trusted = 0;
            published = null;
            archive.truncate(0);
            return;
        }
        trusted = Math.max(trusted, state.size());
        show(state.published());
        sign(state);
    }

    /** What the copy of the service still has. */
    private void take(LogState state) throws IOException, InterruptedException {
        while (archive.size() >= state.first() && archive.size() < state.size()) {
            Optional<byte[]> answer = peek(new LogState.Question.Entries(archive.size()));
            List<byte[]> entries = answer.isEmpty() ? List.of() : LogState.ENTRIES.decode(answer.get());
            if (entries.isEmpty()) {
                return;
            }
            archive.append(entries);
        }
    }

    private void show(String note) throws IOException {
        if (note.isEmpty()) {
            return;
        }
        SignedCheckpoint next = SignedCheckpoint.parsed(note);
        LogCheckpoint head = next.checkpoint();
        if (!next.equals(published)
                && head.size() <= trusted
                && archive.root(head.size()).equals(head.root())) {
            published = next;
        }
    }

    private void sign(LogState state) throws IOException {
        LogState.Wanted wanted = state.wanted();
        Known known = present.get();
        int self = known.configuration().indexOf(seat);
        if (wanted == null || self < 0 || wanted.signers().contains(self) || wanted.size() > trusted) {
            return;
        }
        boolean sent = wanted.size() == sentSize && wanted.seconds() == sentSeconds;
        if (sent && System.nanoTime() - sentNanos < AGAIN_NANOS) {
            return;
        }
        Digest root = archive.root(wanted.size());
        if (!root.equals(wanted.root()) || !heads.admit(wanted.size(), root)) {
            return;
        }
        String body = new LogCheckpoint(LogSetup.origin(known.group()), wanted.size(), root).body();
        LogOperation.Cosign cosign = new LogOperation.Cosign(
                self,
                wanted.size(),
                root,
                NoteKey.signLog(keys.log(), body),
                NoteKey.cosign(keys.witness(), body, wanted.seconds()));
        sentSize = wanted.size();
        sentSeconds = wanted.seconds();
        sentNanos = System.nanoTime();
        submission.submit(TransparencyLog.NAME, LogOperation.CODEC.encode(cosign));
    }

    /** From any other gateway, up to an entry that the copy of the service has; the root there tells whether it was true. */
    private void fetch(long to) throws IOException, InterruptedException {
        Known known = present.get();
        SecureHttp http = SecureHttp.trusting(known.group().root());
        long begin = archive.size();
        for (ReplicaEntry entry : known.description().replicas()) {
            if (entry.seat() == seat || closed) {
                continue;
            }
            if (fetch(http, entry.httpsAddress() + "/log/tile/", to)) {
                notices.accept("entries " + begin + " to " + to + " of the log came from " + entry.id());
                return;
            }
        }
        Thread.sleep(PEER_MILLIS);
    }

    private boolean fetch(SecureHttp http, String base, long to) throws IOException {
        while (archive.size() < to && !closed) {
            long index = archive.size() / LogArchive.WIDTH;
            int have = (int) (archive.size() % LogArchive.WIDTH);
            int width = (int) Math.min(LogArchive.WIDTH, to - index * LogArchive.WIDTH);
            List<byte[]> entries;
            try {
                String path = new LogPath(LogPath.ENTRIES, index, width).text();
                SecureHttp.Reply reply = http.get(base + path, PEER_MILLIS, BUNDLE_LENGTH_MAX);
                entries = reply.status() == 200 ? bundle(reply.body()) : List.of();
            } catch (IOException | MalformedException e) {
                return false; // the next one may have it
            }
            if (entries.size() != width) {
                return false;
            }
            archive.append(entries.subList(have, width));
        }
        return true;
    }

    private static List<byte[]> bundle(byte[] bytes) {
        Reader reader = new Reader(bytes);
        List<byte[]> entries = new ArrayList<>();
        while (reader.remaining() > 0 && entries.size() <= LogArchive.WIDTH) {
            entries.add(reader.opaque16(LogEntry.LENGTH_MAX));
        }
        reader.end();
        return entries;
    }

    @Override
    public Optional<SignedCheckpoint> published() {
        return Optional.ofNullable(published);
    }

    @Override
    public Optional<byte[]> tile(int level, long index, int width) throws IOException {
        return trusted(index, level, width) ? filled(archive.tile(level, index, width)) : Optional.empty();
    }

    @Override
    public Optional<byte[]> bundle(long index, int width) throws IOException {
        return trusted(index, 0, width) ? filled(archive.bundle(index, width)) : Optional.empty();
    }

    private boolean trusted(long index, int level, int width) {
        long hashes = level * 8 < Long.SIZE ? trusted >>> level * 8 : 0;
        return index < Long.MAX_VALUE / LogArchive.WIDTH && index * LogArchive.WIDTH + width <= hashes;
    }

    private static Optional<byte[]> filled(byte[] bytes) {
        return bytes.length == 0 ? Optional.empty() : Optional.of(bytes);
    }

    @Override
    public Optional<LogProof> proof(long index) throws IOException {
        SignedCheckpoint head = published;
        if (head == null || index >= head.checkpoint().size()) {
            return Optional.empty();
        }
        byte[] header = Arrays.copyOf(archive.entry(index), LogEntry.HEADER_LENGTH);
        return Optional.of(new LogProof(
                header, index, archive.inclusion(index, head.checkpoint().size()), head));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
            archive.close();
            heads.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            notices.accept("closing the files of the log failed: " + e.getMessage());
        }
    }
}
