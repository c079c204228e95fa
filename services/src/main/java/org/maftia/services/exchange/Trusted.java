package org.maftia.services.exchange;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.message.Opening;

/**
 * By what names offers may mean this group: its key, and those that it had before. Parties who began under an old one must
 * not be left without a trusted party when the group gets new keys.
 */
final class Trusted {
    /** The group gets new keys with a roll or a reconfiguration; the names of the last are kept. */
    static final int FORMER_MAX = 64;

    private final Digest key;

    /** Oldest first, without the present one. */
    private final List<Digest> former = new ArrayList<>();

    Trusted(Digest key) {
        this.key = key;
    }

    /** The present key, under which tokens are signed. */
    Digest key() {
        return key;
    }

    boolean isNamedBy(Opening opening) {
        return opening.trusted().equals(key) || former.contains(opening.trusted());
    }

    void write(Writer writer) {
        List<Digest> all = new ArrayList<>(former);
        all.add(key);
        writer.list(all, Writer::digest);
    }

    void read(Reader reader) {
        List<Digest> all = reader.list(FORMER_MAX + 1, Digest.LENGTH, Reader::digest);
        if (all.isEmpty()) {
            throw new MalformedException("a group has a key");
        }
        former.clear();
        all.stream().filter(name -> !name.equals(key)).forEach(former::add);
        while (former.size() > FORMER_MAX) {
            former.removeFirst();
        }
    }
}
