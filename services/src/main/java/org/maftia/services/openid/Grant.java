package org.maftia.services.openid;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a client got with a code: tokens, and perhaps refresh tokens one after the other. Whoever brings one that was replaced
 * shows that two have it, so the grant ends (RFC 9700, section 4.14.2).
 *
 * @param binding of all its tokens
 * @param refresh the token that is good; zero where there is none
 * @param replacedBy the command that brought the one before
 * @param replaced the beginnings of all that were good before: enough to know them by, and to find another key with the same
 *     beginning would only end a grant
 */
record Grant(Terms terms, Binding binding, Digest refresh, Digest replacedBy, List<Long> replaced, long dueMicros)
        implements Shelf.Perishable {
    /** Without refresh tokens a grant lasts as long as its access token, and a little. */
    static final long SHORT_MICROS = 2 * Tokens.LIFE_SECONDS * 1_000_000;

    static final long LONG_MICROS = 7 * 24 * 3_600_000_000L;

    /** Then the person signs in again. One replacement each time that an access token ends, for two days. */
    static final int REPLACED_MAX = 576;

    public Grant {
        replaced = List.copyOf(replaced);
    }

    static long beginning(Digest verifier) {
        return verifier.a();
    }

    boolean mayRefresh() {
        return !refresh.equals(Digest.ZERO);
    }

    boolean wasReplaced(Digest verifier) {
        return replaced.contains(beginning(verifier));
    }

    Grant replacedBy(Digest next, Digest command, Binding held) {
        List<Long> more = new ArrayList<>(replaced);
        more.add(beginning(refresh));
        return new Grant(terms, held, next, command, more, dueMicros);
    }

    static void write(Writer writer, Grant it) {
        Terms.write(writer, it.terms);
        Binding.write(writer, it.binding);
        writer.digest(it.refresh).digest(it.replacedBy).list(it.replaced, Writer::u64);
        writer.u64(it.dueMicros);
    }

    static Grant read(Reader reader) {
        return new Grant(
                Terms.read(reader),
                Binding.read(reader),
                reader.digest(),
                reader.digest(),
                reader.list(REPLACED_MAX, Long.BYTES, Reader::u64),
                reader.count());
    }
}
