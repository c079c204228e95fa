package org.maftia.services.openid;

import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.openid.Person.Passkey;
import org.maftia.services.openid.ProviderAnswer.Fault;
import org.maftia.services.openid.webauthn.Expected;
import org.maftia.services.openid.webauthn.NewCredential;
import org.maftia.services.openid.webauthn.PasskeyCheck;

/** People register and sign in. Each challenge is good once, for the browser that asked for it. */
final class PasskeyDesk {
    /** New people through one gateway: enough for a firm's first day, and a flood takes weeks. */
    static final int PEOPLE_PER_HOUR = 60;

    static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";
    /** One sentence, so that it tells nobody whether the name is somebody's. */
    static final String STRANGER = "to register under this name one needs its invitation, or to be signed in under it";

    private static final long HOUR_MICROS = 3_600_000_000L;

    private final ProviderPolicy policy;
    private final Holdings holdings;

    /** By gateway. */
    private final SortedMap<Integer, Hour> newcomers = new TreeMap<>();

    private record Hour(long number, int count) {}

    PasskeyDesk(ProviderPolicy policy, Holdings holdings) {
        this.policy = policy;
        this.holdings = holdings;
    }

    /** Takes note of an attempt whose challenge is to be drawn, and gives its number. */
    long begin(ProviderCommand.Begin wish, int gateway, long nowMicros) {
        if (wish.registers() && !wish.name().matches(NAME)
                || !wish.registers() && !wish.name().isEmpty()) {
            throw Refusal.of(
                    Fault.INVALID_REQUEST,
                    "a name has 1 to 63 small letters, digits, dots, hyphens and underscores, and begins with a letter"
                            + " or digit");
        }
        long own = holdings.attempts
                .all()
                .filter(attempt -> attempt.gateway() == gateway)
                .count();
        if (own >= Holdings.ATTEMPTS_OF_GATEWAY_MAX) {
            throw Refusal.busy(60);
        }
        holdings.attempts.requireRoom();
        long number = holdings.number();
        holdings.attempts.put(
                number,
                new Attempt(
                        wish.attempt(),
                        gateway,
                        wish.registers(),
                        wish.name(),
                        Digest.ZERO,
                        nowMicros + Attempt.LIFE_MICROS));
        return number;
    }

    /** The challenge of an attempt, made of what the group drew. */
    Optional<ProviderAnswer> drawn(long number, byte[] random) {
        Optional<Attempt> waiting = holdings.attempts.find(number);
        waiting.ifPresent(attempt -> holdings.attempts.put(
                number,
                attempt.with(Transcript.of("openid/challenge")
                        .field(random)
                        .field(number)
                        .digest())));
        return holdings.attempts
                .find(number)
                .map(attempt -> new ProviderAnswer.Challenge(number, attempt.challenge(), subject(attempt)));
    }

    /** A person's for good, known before there is one: relying parties learn no name by it. */
    private byte[] subject(Attempt attempt) {
        if (!attempt.registers()) {
            return new byte[0];
        }
        return holdings.person(attempt.name())
                .map(person -> person.subject)
                .orElseGet(() -> subject(attempt.name(), attempt.challenge()));
    }

    private static byte[] subject(String name, Digest challenge) {
        byte[] digest = Transcript.of("openid/subject")
                .field(challenge)
                .field(name)
                .digest()
                .toBytes();
        return Arrays.copyOf(digest, Person.SUBJECT_LENGTH);
    }

    private Attempt take(long number, boolean registers, ProvedCommand command, int gateway) {
        Attempt attempt = holdings.attempts
                .find(number)
                .filter(found -> found.registers() == registers && found.isDrawn() && found.gateway() == gateway)
                .filter(found -> command.proves(found.verifier(), gateway))
                .orElseThrow(() -> Refusal.of(Fault.ACCESS_DENIED, "the attempt took too long, or was another's"));
        holdings.attempts.remove(number); // whatever comes of it: a challenge is good once
        return attempt;
    }

    private Expected expected(Attempt attempt) {
        return new Expected(attempt.challenge(), policy.place(), policy.bases());
    }

    ProviderAnswer register(ProviderCommand.Register wish, ProvedCommand command, int gateway, long nowMicros) {
        Attempt attempt = take(wish.attempt(), true, command, gateway);
        NewCredential made;
        try {
            made = PasskeyCheck.registered(wish.clientData(), wish.attestation(), expected(attempt));
        } catch (MalformedException e) {
            throw Refusal.of(Fault.INVALID_REQUEST, String.valueOf(e.getMessage()));
        }
        if (holdings.owner(made.id()).isPresent()) {
            throw Refusal.of(Fault.INVALID_REQUEST, "the passkey is registered already");
        }
        holdings.sessions.requireRoom();
        boolean full = holdings.person(attempt.name())
                .filter(known -> known.passkeys.size() >= Person.PASSKEYS_MAX)
                .isPresent();
        if (full) {
            throw Refusal.of(Fault.ACCESS_DENIED, "a person has at most " + Person.PASSKEYS_MAX + " passkeys");
        }
        boolean proved = command.proves(wish.by(), gateway);
        Person person = person(attempt.name(), attempt.challenge(), wish.by(), proved, gateway, nowMicros);
        holdings.add(person, new Passkey(made.id(), made.key(), made.counter()));
        return signedIn(person, wish.session(), false, nowMicros);
    }

    /**
     * Who may have another way to sign in under a name: whoever is signed in under it, or is new here and may be.
     *
     * @param challenge of this attempt, from which who is new gets his subject
     * @param by a session or an invitation
     * @param proved whether the command proves that one
     */
    Person person(String name, Digest challenge, Digest by, boolean proved, int gateway, long nowMicros) {
        Optional<Person> known = holdings.person(name);
        if (known.isPresent()) {
            requireOwn(known.get(), by, proved);
            return known.get();
        }
        boolean invited = requireWelcome(name, by, proved);
        countNewcomer(gateway, nowMicros);
        if (invited) {
            holdings.use(by);
        }
        Person person = new Person(name, subject(name, challenge));
        holdings.add(person);
        return person;
    }

    private void requireOwn(Person person, Digest by, boolean proved) {
        boolean own = proved
                && holdings.sessions
                        .find(by)
                        .filter(session -> session.name().equals(person.name))
                        .isPresent();
        if (!own) {
            throw Refusal.of(Fault.ACCESS_DENIED, STRANGER);
        }
    }

    /** A name to which somebody is invited is his, also where anybody may register. Tells whether he is. */
    private boolean requireWelcome(String name, Digest by, boolean proved) {
        Optional<ProviderPolicy.Invitation> invitation = policy.invitations().stream()
                .filter(one -> one.name().equals(name))
                .findFirst();
        boolean welcome = invitation
                .map(one -> proved && one.verifier().equals(by) && !holdings.wasUsed(by))
                .orElse(policy.open());
        if (!welcome) {
            throw Refusal.of(Fault.ACCESS_DENIED, STRANGER);
        }
        if (!holdings.hasRoomForPeople()) {
            throw Refusal.busy(3_600);
        }
        return invitation.isPresent();
    }

    private void countNewcomer(int gateway, long nowMicros) {
        long hour = nowMicros / HOUR_MICROS;
        Hour before = newcomers.getOrDefault(gateway, new Hour(hour, 0));
        int count = before.number == hour ? before.count : 0;
        if (count >= PEOPLE_PER_HOUR) {
            throw Refusal.busy(3_600 - nowMicros / 1_000_000 % 3_600);
        }
        newcomers.put(gateway, new Hour(hour, count + 1));
    }

    ProviderAnswer signIn(ProviderCommand.Assert wish, ProvedCommand command, int gateway, long nowMicros) {
        Attempt attempt = take(wish.attempt(), false, command, gateway);
        Person person = holdings.owner(wish.credential())
                .orElseThrow(() -> Refusal.of(Fault.ACCESS_DENIED, "nobody here has this passkey"));
        Passkey passkey = person.passkeys.stream()
                .filter(one -> one.isNamed(wish.credential()))
                .findFirst()
                .orElseThrow(() -> Refusal.of(Fault.ACCESS_DENIED, "nobody here has this passkey"));
        long counter;
        try {
            counter = PasskeyCheck.asserted(
                    wish.clientData(), wish.authenticatorData(), wish.signature(), passkey.key(), expected(attempt));
        } catch (MalformedException e) {
            throw Refusal.of(Fault.ACCESS_DENIED, String.valueOf(e.getMessage()));
        }
        if ((counter != 0 || passkey.counter() != 0) && counter <= passkey.counter()) {
            throw Refusal.of(Fault.ACCESS_DENIED, "the passkey counts less than it did: somebody may have copied it");
        }
        holdings.sessions.requireRoom();
        person.passkeys.set(person.passkeys.indexOf(passkey), new Passkey(passkey.id(), passkey.key(), counter));
        return signedIn(person, wish.session(), false, nowMicros);
    }

    void requireNew(Digest session) {
        if (holdings.sessions.find(session).isPresent()) {
            throw Refusal.of(Fault.INVALID_REQUEST, "the session exists");
        }
        holdings.sessions.requireRoom();
    }

    ProviderAnswer signedIn(Person person, Digest session, boolean byPassword, long nowMicros) {
        requireNew(session);
        holdings.open(
                person,
                session,
                new Session(person.name, nowMicros / 1_000_000, byPassword, nowMicros + Session.LIFE_MICROS));
        return new ProviderAnswer.SignedIn(person.name);
    }

    ProviderAnswer leave(ProviderCommand.Leave wish, ProvedCommand command, int gateway) {
        if (holdings.sessions.find(wish.session()).isPresent() && !command.proves(wish.session(), gateway)) {
            throw Refusal.of(Fault.ACCESS_DENIED, "the session is another's");
        }
        holdings.sessions.remove(wish.session());
        return new ProviderAnswer.Done();
    }

    void write(Writer writer) {
        writer.u32(newcomers.size());
        newcomers.forEach((gateway, hour) -> writer.u8(gateway).u64(hour.number).u32(hour.count));
    }

    void read(Reader reader) {
        newcomers.clear();
        long count = reader.u32();
        if (count > ReplicaSet.SIZE_MAX) {
            throw new MalformedException("more gateways than a group has");
        }
        for (; count > 0; count--) {
            newcomers.put(reader.u8(), new Hour(reader.count(), Math.toIntExact(reader.u32())));
        }
    }
}
