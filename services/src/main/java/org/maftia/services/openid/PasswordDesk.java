package org.maftia.services.openid;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Context;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.allowance.Allowances;
import org.maftia.services.openid.GrantDesk.Order;
import org.maftia.services.openid.ProviderAnswer.Fault;

/**
 * People sign in with passwords, which neither the group nor a gateway sees. Each evaluation is counted for its name before it takes
 * place, whether somebody has that name or not; what follows is the same for all of them until the key has signed.
 */
final class PasswordDesk {
    /** Evaluations under way: each has every replica compute for some milliseconds. */
    static final int PENDING_OF_GATEWAY_MAX = 16;

    /** Evaluated, and not proved yet. */
    static final int ATTEMPTS_OF_GATEWAY_MAX = 256;

    /** Who sets a password has just shown who he is: a browser left open is not enough. */
    static final long FRESH_SECONDS = 300;

    private static final long PATIENCE_MICROS = 60_000_000;
    private static final int PENDING_MAX = 1_024;

    /** Judges for those who have no password, so that what nobody can use takes as long as what somebody mistypes. */
    private static final Digest NOBODY = BearerSecret.of(BearerSecret.Use.ATTEMPT, new byte[BearerSecret.LENGTH])
            .verifier();

    private final Holdings holdings;
    private final PasskeyDesk people;
    private final Optional<PasswordFunction> function;
    private final String keyId;
    private final Allowances allowances = new Allowances();

    /** By attempt. */
    private final SortedMap<Long, Pending> pending = new TreeMap<>();

    /** @param element once it is evaluated, and waits for its signature */
    private record Pending(RequestId request, byte[] blinded, byte @Nullable [] element, long dueMicros) {}

    /**
     * @param people says who may register
     * @param function empty where the group has none
     * @param keyId the group's key that says what was evaluated
     */
    PasswordDesk(Holdings holdings, PasskeyDesk people, Optional<PasswordFunction> function, String keyId) {
        this.holdings = holdings;
        this.people = people;
        this.function = function;
        this.keyId = keyId;
    }

    /** Counts, and has evaluated; the answer comes later. */
    void evaluate(ProviderCommand.Evaluate wish, Order order) {
        PasswordFunction present = function.orElseThrow(PasswordDesk::none);
        if (!wish.name().matches(PasskeyDesk.NAME)) {
            throw Refusal.of(Fault.INVALID_REQUEST, "nobody can have this name");
        }
        byte[] user = PasswordFunction.user(wish.name());
        long wait = allowances.waitMicros(user, order.nowMicros());
        if (wait > 0) {
            throw Refusal.busy(wait / 1_000_000 + 2); // more than a second, which would mean that the group is busy
        }
        requireRoom(order.gateway());
        long number = holdings.number();
        switch (order.context().evaluate(present.keyId(), user, wish.blinded(), number)) {
            case TAKEN -> {}
            case BUSY -> throw Refusal.busy(1);
            case MALFORMED -> throw Refusal.of(Fault.INVALID_REQUEST, "that is no blinded password");
            case REFUSED -> throw none();
        }
        allowances.count(user, order.nowMicros());
        pending.put(number, new Pending(order.id(), wish.blinded(), null, order.nowMicros() + PATIENCE_MICROS));
        holdings.passwordAttempts.put(
                number,
                new PasswordAttempt(
                        wish.attempt(),
                        order.gateway(),
                        wish.name(),
                        Digest.ZERO,
                        order.nowMicros() + PasswordAttempt.LIFE_MICROS));
    }

    private static Refusal none() {
        return Refusal.of(Fault.ACCESS_DENIED, "this group takes no passwords");
    }

    private void requireRoom(int gateway) {
        long waiting = pending.values().stream()
                .filter(one -> one.request.client() == gateway)
                .count();
        if (waiting >= PENDING_OF_GATEWAY_MAX) {
            throw Refusal.busy(1);
        }
        long begun = holdings.passwordAttempts
                .all()
                .filter(one -> one.gateway() == gateway)
                .count();
        if (begun >= ATTEMPTS_OF_GATEWAY_MAX) {
            throw Refusal.busy(60);
        }
        holdings.passwordAttempts.requireRoom();
    }

    void evaluated(long number, byte[] element, Context context) {
        Pending asked = pending.get(number);
        if (asked == null) {
            return; // nobody waits any more
        }
        Optional<PasswordAttempt> attempt = holdings.passwordAttempts.find(number);
        Optional<Digest> challenge = attempt.flatMap(one -> function.map(
                present -> PasswordKey.challenge(present.name(), one.name(), asked.blinded, element, number)));
        if (challenge.isEmpty() || !context.sign(keyId, challenge.get().toBytes(), number)) {
            drop(number, asked, context);
            return;
        }
        pending.put(number, new Pending(asked.request, asked.blinded, element, asked.dueMicros));
        holdings.passwordAttempts.put(number, attempt.get().with(challenge.get()));
    }

    private void drop(long number, Pending asked, Context context) {
        pending.remove(number);
        holdings.passwordAttempts.remove(number);
        context.complete(asked.request, ProviderAnswer.CODEC.encode(new ProviderAnswer.Busy(1)));
    }

    void signed(long number, byte[] signature, Context context) {
        Pending asked = pending.remove(number);
        if (asked == null || asked.element == null) {
            return; // nobody waits any more
        }
        context.complete(
                asked.request,
                ProviderAnswer.CODEC.encode(new ProviderAnswer.Evaluated(number, asked.element, signature)));
    }

    long dueMicros() {
        return pending.values().stream().mapToLong(Pending::dueMicros).min().orElse(Long.MAX_VALUE);
    }

    void tick(Context context) {
        new TreeMap<>(pending).forEach((number, asked) -> {
            if (asked.dueMicros <= context.timeMicros()) {
                drop(number, asked, context);
            }
        });
    }

    private PasswordAttempt take(long number, Order order) {
        PasswordAttempt attempt = holdings.passwordAttempts
                .find(number)
                .filter(found -> found.isEvaluated() && found.gateway() == order.gateway())
                .filter(found -> order.proves(found.verifier()))
                .orElseThrow(() -> Refusal.of(Fault.ACCESS_DENIED, "the attempt took too long, or was another's"));
        holdings.passwordAttempts.remove(number); // whatever comes of it: a challenge is good once
        return attempt;
    }

    ProviderAnswer signIn(ProviderCommand.Prove wish, Order order) {
        PasswordAttempt attempt = take(wish.attempt(), order);
        holdings.sessions.requireRoom();
        Optional<Person> person = holdings.person(attempt.name()).filter(found -> !found.password.equals(Digest.ZERO));
        Digest verifier = person.map(found -> found.password).orElse(NOBODY);
        byte[] message = PasswordKey.signingIn(attempt.challenge()).toBytes();
        boolean signed = BearerSecret.isSignedBy(verifier, message, wish.signature());
        Person proved = person.filter(found -> signed)
                .orElseThrow(() -> Refusal.of(Fault.ACCESS_DENIED, "the name or the password is wrong"));
        return people.signedIn(proved, wish.session(), true, order.nowMicros());
    }

    /** For who has just signed in, and for who is new; whoever was signed in otherwise must sign in again. */
    ProviderAnswer set(ProviderCommand.SetPassword wish, Order order) {
        PasswordAttempt attempt = take(wish.attempt(), order);
        byte[] message =
                PasswordKey.setting(attempt.challenge(), wish.verifier()).toBytes();
        if (!BearerSecret.isSignedBy(wish.verifier(), message, wish.signature())) {
            throw Refusal.of(Fault.INVALID_REQUEST, "the new password's key did not sign");
        }
        people.requireNew(wish.session());
        boolean proved = order.proves(wish.by());
        if (isStale(wish.by(), order.nowSeconds())) {
            throw Refusal.of(Fault.ACCESS_DENIED, "to set a password, sign in again first");
        }
        Person person = people.person(
                attempt.name(), attempt.challenge(), wish.by(), proved, order.gateway(), order.nowMicros());
        person.password = wish.verifier();
        holdings.closeAll(person);
        return people.signedIn(person, wish.session(), true, order.nowMicros());
    }

    private boolean isStale(Digest session, long nowSeconds) {
        return holdings.sessions
                .find(session)
                .filter(found -> nowSeconds - found.sinceSeconds() > FRESH_SECONDS)
                .isPresent();
    }

    void write(Writer writer) {
        allowances.write(writer);
        writer.u32(pending.size());
        pending.forEach((number, asked) -> {
            RequestId.CODEC.write(writer.u64(number), asked.request);
            writer.fixed(asked.blinded).bool(asked.element != null);
            if (asked.element != null) {
                writer.fixed(asked.element);
            }
            writer.u64(asked.dueMicros);
        });
    }

    void read(Reader reader) {
        allowances.read(reader);
        pending.clear();
        long count = reader.u32();
        if (count > PENDING_MAX) {
            throw new MalformedException("more evaluations than a provider has under way");
        }
        for (; count > 0; count--) {
            long number = reader.count();
            pending.put(
                    number,
                    new Pending(
                            RequestId.CODEC.read(reader),
                            reader.fixed(ObliviousFunction.ELEMENT_LENGTH),
                            reader.bool() ? reader.fixed(ObliviousFunction.ELEMENT_LENGTH) : null,
                            reader.count()));
        }
    }
}
