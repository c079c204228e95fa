package org.maftia.services.authority;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.Binding;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.x509.SubjectKey;

/** All accounts, and the credentials of officers that allow more. */
final class Accounts {
    /** Some kilobytes each. */
    static final int ACCOUNTS_MAX = 65_536;

    /** Of one gateway in an hour: accounts are made once and used for years. */
    static final int NEW_PER_HOUR = 3_600;

    static final int CREDENTIALS_MAX = 4_096;
    static final long CREDENTIAL_MICROS = Agreed.DAY_MICROS;

    private static final int GATEWAYS_MAX = 65_536;

    private final SortedMap<Long, Account> byId = new TreeMap<>();
    private final SortedMap<Digest, Long> byKey = new TreeMap<>();
    private final SortedMap<String, Credential> credentials = new TreeMap<>();

    /** Accounts made through each gateway in the present hour. */
    private final SortedMap<Integer, Integer> made = new TreeMap<>();

    private long hour;
    private long next = 1;

    private record Credential(byte[] secret, long untilMicros) {}

    private static Digest name(SubjectKey key) {
        return Transcript.of("authority key").field(key.encoded()).digest();
    }

    @Nullable
    Account of(long id) {
        return byId.get(id);
    }

    @Nullable
    Account of(SubjectKey key) {
        Long id = byKey.get(name(key));
        return id == null ? null : byId.get(id);
    }

    /** @param gateway through which the wish came */
    Account add(SubjectKey key, List<String> contacts, int gateway, long nowMicros) {
        long now = nowMicros / Agreed.HOUR_MICROS;
        if (now != hour) {
            hour = now;
            made.clear();
        }
        int before = made.getOrDefault(gateway, 0);
        if (byId.size() >= ACCOUNTS_MAX || before >= NEW_PER_HOUR) {
            throw new Refusal(
                    new Problem(Problem.Kind.RATE_LIMITED, "too many accounts were made in this hour"), 3_600);
        }
        made.put(gateway, before + 1);
        Account account = new Account(next++, key, contacts);
        byId.put(account.id, account);
        byKey.put(name(key), account.id);
        return account;
    }

    void change(Account account, SubjectKey key) {
        byKey.remove(name(account.key));
        account.key = key;
        byKey.put(name(key), account.id);
    }

    /** An account whose end is final keeps its key, so that nobody gets a new one with it. */
    void deactivate(Account account) {
        account.active = false;
    }

    /** Gives out a credential; false where so many are open that no more are given, or the name is taken. */
    boolean give(String name, byte[] secret, long nowMicros) {
        credentials.values().removeIf(credential -> credential.untilMicros < nowMicros);
        if (credentials.size() >= CREDENTIALS_MAX || credentials.containsKey(name)) {
            return false;
        }
        credentials.put(name, new Credential(secret.clone(), nowMicros + CREDENTIAL_MICROS));
        return true;
    }

    /** Takes a credential, once; false where the binding is of none, of another account, or too late. */
    boolean take(Binding binding, SubjectKey key, String url, long nowMicros) {
        Credential credential = credentials.get(binding.credential());
        if (credential == null
                || credential.untilMicros < nowMicros
                || !binding.isOf(key, url, Arrays.copyOf(credential.secret, credential.secret.length))) {
            return false;
        }
        credentials.remove(binding.credential());
        return true;
    }

    void write(Writer writer) {
        writer.u64(next).u64(hour).u32(byId.size());
        byId.values().forEach(account -> account.write(writer));
        writer.u32(made.size());
        made.forEach((gateway, count) -> writer.u16(gateway).u32(count));
        writer.u32(credentials.size());
        credentials.forEach((name, credential) ->
                writer.string(name).fixed(credential.secret).u64(credential.untilMicros));
    }

    void read(Reader reader) {
        byId.clear();
        byKey.clear();
        credentials.clear();
        made.clear();
        next = reader.count();
        hour = reader.count();
        for (long count = Agreed.bounded(reader.u32(), ACCOUNTS_MAX); count > 0; count--) {
            Account account = Account.read(reader);
            byId.put(account.id, account);
            byKey.put(name(account.key), account.id);
        }
        for (long count = Agreed.bounded(reader.u32(), GATEWAYS_MAX); count > 0; count--) {
            made.put(reader.u16(), Math.toIntExact(reader.u32()));
        }
        for (long count = Agreed.bounded(reader.u32(), CREDENTIALS_MAX); count > 0; count--) {
            credentials.put(
                    reader.string(64), new Credential(reader.fixed(OfficerOrder.SECRET_LENGTH), reader.count()));
        }
    }
}
