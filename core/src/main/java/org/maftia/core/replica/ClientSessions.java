package org.maftia.core.replica;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast.Standing;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One client's part of the replicated state: which of its requests were executed, and the latest results. Executes each
 * request at most once, whatever is ordered how often.
 *
 * <p>A session is a window over its sequence numbers; requests may arrive in any order inside it. A client that opens
 * more sessions than are kept retires its oldest.
 */
final class ClientSessions {
    /** Results kept for a client, in bytes: enough for its outstanding requests at ordinary sizes of a result. */
    private static final int REPLY_BYTES_MAX = 256 << 10;

    /** Results kept for a client, in number. */
    private static final int REPLIES_MAX = 1024;

    private final int window;
    private final int sessionsMax;
    private final SortedMap<Long, Session> sessions = new TreeMap<>();

    /** In the order of execution, which is the order in which they are forgotten. */
    private final Map<RequestId, Executed> replies = new LinkedHashMap<>();

    private long replyBytes;

    /** Sessions up to this one are retired. */
    private long retired = -1;

    ClientSessions(int window, int sessionsMax) {
        this.window = window;
        this.sessionsMax = sessionsMax;
    }

    /** A result and where it came about. */
    record Executed(long slot, byte[] result) {}

    Standing standing(RequestId id) {
        if (id.session() <= retired) {
            return Standing.REFUSED;
        }
        Session session = sessions.get(id.session());
        if (session == null) {
            return id.sequence() < window ? Standing.OPEN : Standing.REFUSED;
        }
        return session.standing(id.sequence());
    }

    /** Marks a request as executed; the caller has seen that it is open. */
    void execute(RequestId id) {
        sessions.computeIfAbsent(id.session(), key -> new Session(window)).execute(id.sequence());
        while (sessions.size() > sessionsMax) {
            retired = sessions.firstKey();
            sessions.remove(retired);
        }
    }

    void keep(RequestId id, long slot, byte[] result) {
        replies.put(id, new Executed(slot, result));
        replyBytes += result.length;
        var oldest = replies.entrySet().iterator();
        while (replies.size() > 1 && (replyBytes > REPLY_BYTES_MAX || replies.size() > REPLIES_MAX)) {
            replyBytes -= oldest.next().getValue().result.length;
            oldest.remove();
        }
    }

    @Nullable
    Executed reply(RequestId id) {
        return replies.get(id);
    }

    void write(Writer writer) {
        writer.u64(retired).u32(sessions.size());
        sessions.forEach((number, session) -> {
            writer.u64(number);
            session.write(writer);
        });
        writer.u32(replies.size());
        replies.forEach((id, executed) -> {
            RequestId.CODEC.write(writer, id);
            writer.u64(executed.slot).opaque32(executed.result);
        });
    }

    static ClientSessions read(Reader reader, int window, int sessionsMax) {
        ClientSessions client = new ClientSessions(window, sessionsMax);
        client.retired = reader.u64();
        for (long count = reader.u32(); count > 0; count--) {
            client.sessions.put(reader.count(), Session.read(reader, window));
        }
        for (long count = reader.u32(); count > 0; count--) {
            client.keep(RequestId.CODEC.read(reader), reader.count(), reader.opaque32(Integer.MAX_VALUE));
        }
        return client;
    }

    SortedMap<Long, Session> sessions() {
        return Collections.unmodifiableSortedMap(sessions);
    }

    /** The window of one session: all below {@code base} are executed, and above it those whose bit is set. */
    static final class Session {
        private final long[] bits;
        private long base;

        Session(int window) {
            bits = new long[window / Long.SIZE];
        }

        Standing standing(long sequence) {
            if (sequence < base) {
                return Standing.EXECUTED;
            }
            if (sequence >= base + window()) {
                return Standing.REFUSED;
            }
            return isSet(sequence) ? Standing.EXECUTED : Standing.OPEN;
        }

        void execute(long sequence) {
            bits[word(sequence)] |= 1L << sequence;
            while (isSet(base)) {
                bits[word(base)] &= ~(1L << base);
                base++;
            }
        }

        private int window() {
            return bits.length * Long.SIZE;
        }

        private int word(long sequence) {
            return (int) (sequence / Long.SIZE % bits.length);
        }

        private boolean isSet(long sequence) {
            return (bits[word(sequence)] & 1L << sequence) != 0;
        }

        void write(Writer writer) {
            writer.u64(base);
            for (long word : bits) {
                writer.u64(word);
            }
        }

        static Session read(Reader reader, int window) {
            Session session = new Session(window);
            session.base = reader.count();
            for (int i = 0; i < session.bits.length; i++) {
                session.bits[i] = reader.u64();
            }
            if (session.isSet(session.base)) {
                throw new MalformedException("a session's base is executed");
            }
            return session;
        }
    }
}
