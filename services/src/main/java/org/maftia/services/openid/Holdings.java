package org.maftia.services.openid;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.openid.Person.Passkey;

/** All that a provider knows: people for good, everything else until its time. */
final class Holdings {
    static final int PEOPLE_MAX = 16_384;
    static final int ATTEMPTS_MAX = 65_536;

    /** So that no gateway takes the room of others: that of all in a group of the largest is {@link #ATTEMPTS_MAX}. */
    static final int ATTEMPTS_OF_GATEWAY_MAX = 1_024;

    private static final int PASSWORD_ATTEMPTS_MAX = 16_384;
    private static final int SESSIONS_MAX = 32_768;
    private static final int CODES_MAX = 16_384;
    private static final int GRANTS_MAX = 32_768;
    private static final int ISSUES_MAX = 16_384;
    static final int SPENT_MAX = 65_536;
    private static final int INVITED_MAX = 16_384;

    final Shelf<Long, Attempt> attempts = new Shelf<>(ATTEMPTS_MAX);
    final Shelf<Long, PasswordAttempt> passwordAttempts = new Shelf<>(PASSWORD_ATTEMPTS_MAX);
    final Shelf<Digest, Session> sessions = new Shelf<>(SESSIONS_MAX);
    final Shelf<Digest, Code> codes = new Shelf<>(CODES_MAX);
    final Shelf<Long, Grant> grants = new Shelf<>(GRANTS_MAX);
    final Shelf<Long, Issue> issues = new Shelf<>(ISSUES_MAX);
    final Shelf<Digest, Spent> spent = new Shelf<>(SPENT_MAX);
    final Nonces nonces = new Nonces();

    /** Invitations that somebody used. */
    private final SortedSet<Digest> invited = new TreeSet<>();

    private final SortedMap<String, Person> people = new TreeMap<>();

    /** By the digest of a passkey's id. */
    private final SortedMap<Digest, String> owners = new TreeMap<>();

    private long next;

    /** Another number, for whatever needs a name. */
    long number() {
        return next++;
    }

    void forget(long nowMicros) {
        attempts.forget(nowMicros);
        passwordAttempts.forget(nowMicros);
        sessions.forget(nowMicros);
        codes.forget(nowMicros);
        grants.forget(nowMicros);
        issues.forget(nowMicros);
        spent.forget(nowMicros);
    }

    Optional<Person> person(String name) {
        return Optional.ofNullable(people.get(name));
    }

    Optional<Person> owner(byte[] passkey) {
        return Optional.ofNullable(owners.get(Passkey.name(passkey))).map(people::get);
    }

    boolean hasRoomForPeople() {
        return people.size() < PEOPLE_MAX;
    }

    void add(Person person) {
        people.put(person.name, person);
    }

    void add(Person person, Passkey passkey) {
        person.passkeys.add(passkey);
        owners.put(passkey.name(), person.name);
    }

    boolean wasUsed(Digest invitation) {
        return invited.contains(invitation);
    }

    /** @throws Refusal when too many were used in the life of this group */
    void use(Digest invitation) {
        if (invited.size() >= INVITED_MAX) {
            throw Refusal.busy(3_600);
        }
        invited.add(invitation);
    }

    /** Somebody goes, and all that he had or gave; who comes under the name later is another person. */
    void remove(Person person) {
        closeAll(person);
        person.passkeys.forEach(passkey -> owners.remove(passkey.name()));
        people.remove(person.name);
    }

    /** A passkey goes, and with it all sessions but one, and all grants: nobody knows which of them it gave. */
    void remove(Person person, Passkey passkey, Digest session) {
        person.passkeys.remove(passkey);
        owners.remove(passkey.name());
        person.sessions.stream().filter(other -> !other.equals(session)).forEach(sessions::remove);
        person.sessions.removeIf(other -> !other.equals(session));
        endGrants(person);
    }

    private void endGrants(Person person) {
        person.grants.forEach(grants::remove);
        person.grants.clear();
        codes.removeIf(code -> code.terms().name().equals(person.name));
    }

    /** A new session; too old ones of the same person end. */
    void open(Person person, Digest verifier, Session session) {
        person.sessions.removeIf(old -> sessions.find(old).isEmpty());
        if (person.sessions.size() >= Person.SESSIONS_MAX) {
            sessions.remove(person.sessions.removeFirst());
        }
        person.sessions.add(verifier);
        sessions.put(verifier, session);
    }

    /** A new grant; too old ones of the same person end. */
    void open(Person person, long number, Grant grant) {
        person.grants.removeIf(old -> grants.find(old).isEmpty());
        if (person.grants.size() >= Person.GRANTS_MAX) {
            grants.remove(person.grants.removeFirst());
        }
        person.grants.add(number);
        grants.put(number, grant);
    }

    /** Ends all sessions of a person, and all grants that came of them. */
    void closeAll(Person person) {
        person.sessions.forEach(sessions::remove);
        person.sessions.clear();
        endGrants(person);
    }

    void write(Writer writer) {
        writer.u64(next);
        attempts.write(writer, Writer::u64, Attempt::write);
        passwordAttempts.write(writer, Writer::u64, PasswordAttempt::write);
        sessions.write(writer, Writer::digest, Session::write);
        codes.write(writer, Writer::digest, Code::write);
        grants.write(writer, Writer::u64, Grant::write);
        issues.write(writer, Writer::u64, Issue::write);
        spent.write(writer, Writer::digest, Spent::write);
        nonces.write(writer);
        writer.list(List.copyOf(invited), Writer::digest);
        writer.u32(people.size());
        people.values().forEach(person -> person.write(writer));
    }

    void read(Reader reader) {
        next = reader.count();
        attempts.read(reader, Reader::count, Attempt::read);
        passwordAttempts.read(reader, Reader::count, PasswordAttempt::read);
        sessions.read(reader, Reader::digest, Session::read);
        codes.read(reader, Reader::digest, Code::read);
        grants.read(reader, Reader::count, Grant::read);
        issues.read(reader, Reader::count, Issue::read);
        spent.read(reader, Reader::digest, Spent::read);
        nonces.read(reader);
        invited.clear();
        invited.addAll(reader.list(INVITED_MAX, Digest.LENGTH, Reader::digest));
        people.clear();
        owners.clear();
        long count = reader.u32();
        if (count > PEOPLE_MAX) {
            throw new MalformedException("more people than a provider knows");
        }
        for (; count > 0; count--) {
            Person person = Person.read(reader);
            people.put(person.name, person);
            person.passkeys.forEach(passkey -> owners.put(passkey.name(), person.name));
        }
    }
}
