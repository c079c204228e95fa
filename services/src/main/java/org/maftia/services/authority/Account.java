package org.maftia.services.authority;

import java.util.List;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.x509.SubjectKey;

/** Who asks for certificates. */
final class Account {
    static final int CONTACTS_MAX = 8;
    private static final int CONTACT_LENGTH_MAX = 254;
    private static final int KEY_LENGTH_MAX = 1024;

    final long id;
    SubjectKey key;
    List<String> contacts;
    boolean active = true;

    /** The hour in which orders are counted, since 1970, and how many there were. */
    private long hour;

    private int orders;

    Account(long id, SubjectKey key, List<String> contacts) {
        this.id = id;
        this.key = key;
        this.contacts = List.copyOf(contacts);
    }

    /** Counts an order; false when this hour has had all that it may have. */
    boolean count(long nowMicros, int ordersPerHour) {
        long now = nowMicros / Agreed.HOUR_MICROS;
        if (now != hour) {
            hour = now;
            orders = 0;
        }
        return ++orders <= ordersPerHour;
    }

    String path() {
        return Target.ACCOUNTS + id;
    }

    void write(Writer writer) {
        writer.u64(id).opaque16(key.encoded()).list(contacts, Writer::string);
        writer.bool(active).u64(hour).u32(orders);
    }

    static Account read(Reader reader) {
        Account account = new Account(
                reader.count(),
                SubjectKey.decode(reader.opaque16(KEY_LENGTH_MAX)),
                reader.list(CONTACTS_MAX, 2, from -> from.string(CONTACT_LENGTH_MAX)));
        account.active = reader.bool();
        account.hour = reader.count();
        account.orders = Math.toIntExact(reader.u32());
        return account;
    }
}
