package org.maftia.services.openid;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.Drawing;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.openid.GrantDesk.Order;
import org.maftia.services.openid.ProviderAnswer.Fault;

/**
 * Signs people in and has tokens signed for relying parties. A command is a {@link ProvedCommand} of a gateway, a result a {@link
 * ProviderAnswer}; what is under way is bounded for each gateway and each person, in agreed time.
 */
public final class Provider implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "openid";

    /** A group in which nothing came of a draw for so long has no quorum. */
    static final long PATIENCE_MICROS = 60_000_000;

    private final Holdings holdings = new Holdings();
    private final PasskeyDesk passkeys;
    private final GrantDesk grants;
    private final PasswordDesk passwords;
    private final RemovalDesk removals;

    /** By attempt, who waits for a challenge; by other numbers, who waits for a nonce. */
    private final SortedMap<Long, Waiting> waiting = new TreeMap<>();

    private record Waiting(RequestId request, boolean forNonce, long dueMicros) {}

    /**
     * @param policy of the group
     * @param keys of the group for tokens, each for one algorithm; there is one for RS256
     * @param function that passwords go through; empty where the group has none, and takes no passwords
     * @param own certificates of the group's authority, which the same log tells of
     */
    public Provider(
            ProviderPolicy policy, List<TokenKey> keys, Optional<PasswordFunction> function, OwnCertificates own) {
        this.passkeys = new PasskeyDesk(policy, holdings);
        this.grants = new GrantDesk(policy, holdings, keys, own);
        this.removals = new RemovalDesk(policy, holdings);
        this.passwords = new PasswordDesk(holdings, passkeys, function, usual(keys));
    }

    /** Says what came of passwords, too. */
    private static String usual(List<TokenKey> keys) {
        return keys.stream()
                .filter(key -> key.algorithm().equals(TokenKey.RS256))
                .map(TokenKey::id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a provider has a key for RS256"));
    }

    /** How long an access token is good, and an identity token. */
    public static long tokenLifeSeconds() {
        return Tokens.LIFE_SECONDS;
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        holdings.forget(context.timeMicros());
        int gateway = command.id().client();
        if (gateway >= ReplicaSet.SIZE_MAX) {
            return answer(new ProviderAnswer.Refused(Fault.INVALID_REQUEST, "only gateways give commands"));
        }
        try {
            ProvedCommand proved = ProvedCommand.CODEC.decode(command.operation());
            ProviderCommand wish = ProviderCommand.CODEC.decode(proved.body());
            Optional<ProviderAnswer> answer = execute(wish, new Order(command.id(), proved, context));
            return answer.map(Provider::answer).orElse(null);
        } catch (MalformedException e) {
            return answer(new ProviderAnswer.Refused(Fault.INVALID_REQUEST, "the command is none"));
        } catch (Refusal refusal) {
            return answer(refusal.answer());
        }
    }

    private static byte[] answer(ProviderAnswer answer) {
        return ProviderAnswer.CODEC.encode(answer);
    }

    private Optional<ProviderAnswer> execute(ProviderCommand wish, Order order) {
        long now = order.nowMicros();
        return switch (wish) {
            case ProviderCommand.Begin it -> begin(it, order);
            case ProviderCommand.Register it ->
                Optional.of(passkeys.register(it, order.command(), order.gateway(), now));
            case ProviderCommand.Assert it -> Optional.of(passkeys.signIn(it, order.command(), order.gateway(), now));
            case ProviderCommand.Authorize it -> Optional.of(grants.authorize(it, order));
            case ProviderCommand.Redeem it -> Optional.of(grants.redeem(it, order));
            case ProviderCommand.Refresh it -> Optional.of(grants.refresh(it, order));
            case ProviderCommand.Identify it -> Optional.of(grants.identify(it, order));
            case ProviderCommand.Revoke it -> Optional.of(grants.revoke(it, order));
            case ProviderCommand.Nonce it -> nonce(order);
            case ProviderCommand.Present it -> Optional.of(grants.present(it, order));
            case ProviderCommand.Remove it -> Optional.of(removals.remove(it, order));
            case ProviderCommand.Official it -> Optional.of(removals.official(it, order));
            case ProviderCommand.Leave it -> Optional.of(passkeys.leave(it, order.command(), order.gateway()));
            case ProviderCommand.Evaluate it -> {
                passwords.evaluate(it, order);
                yield Optional.empty();
            }
            case ProviderCommand.Prove it -> Optional.of(passwords.signIn(it, order));
            case ProviderCommand.SetPassword it -> Optional.of(passwords.set(it, order));
        };
    }

    private Optional<ProviderAnswer> begin(ProviderCommand.Begin wish, Order order) {
        if (!order.context().isMade(Drawing.KEY_ID)) {
            throw Refusal.busy(1);
        }
        long attempt = passkeys.begin(wish, order.gateway(), order.nowMicros());
        if (!order.context().draw(attempt)) {
            holdings.attempts.remove(attempt);
            throw Refusal.of(Fault.ACCESS_DENIED, "this group draws no challenges");
        }
        waiting.put(attempt, new Waiting(order.id(), false, order.nowMicros() + PATIENCE_MICROS));
        return Optional.empty();
    }

    private Optional<ProviderAnswer> nonce(Order order) {
        Optional<Digest> fresh = holdings.nonces.fresh(order.nowMicros());
        if (fresh.isPresent()) {
            return fresh.map(ProviderAnswer.Nonce::new);
        }
        boolean asked =
                waiting.values().stream().anyMatch(who -> who.forNonce && who.request.client() == order.gateway());
        long number = holdings.number();
        if (asked || !order.context().draw(number)) {
            throw Refusal.busy(1);
        }
        waiting.put(number, new Waiting(order.id(), true, order.nowMicros() + PATIENCE_MICROS));
        return Optional.empty();
    }

    @Override
    public void drawn(long reference, byte[] random, Context context) {
        Waiting who = waiting.remove(reference);
        if (who == null) {
            return; // nobody waits any more
        }
        ProviderAnswer answer = who.forNonce
                ? new ProviderAnswer.Nonce(holdings.nonces
                        .fresh(context.timeMicros())
                        .orElseGet(() -> holdings.nonces.drawn(random, context.timeMicros())))
                : passkeys.drawn(reference, random).orElseGet(() -> new ProviderAnswer.Busy(1));
        context.complete(who.request, answer(answer));
    }

    @Override
    public void evaluated(long reference, byte[] element, Context context) {
        passwords.evaluated(reference, element, context);
    }

    @Override
    public void signed(long reference, byte[] signature, Context context) {
        passwords.signed(reference, signature, context);
    }

    @Override
    public long dueMicros() {
        long draws =
                waiting.values().stream().mapToLong(Waiting::dueMicros).min().orElse(Long.MAX_VALUE);
        return Math.min(draws, passwords.dueMicros());
    }

    @Override
    public void tick(Context context) {
        for (Map.Entry<Long, Waiting> entry : new TreeMap<>(waiting).entrySet()) {
            if (entry.getValue().dueMicros <= context.timeMicros()) {
                waiting.remove(entry.getKey());
                holdings.attempts.remove(entry.getKey());
                context.complete(entry.getValue().request, answer(new ProviderAnswer.Busy(1)));
            }
        }
        passwords.tick(context);
    }

    @Override
    public byte @Nullable [] peek(byte[] question) {
        ProviderQuestion asked;
        try {
            asked = ProviderQuestion.CODEC.decode(question);
        } catch (MalformedException e) {
            return null;
        }
        Optional<ProviderFact> fact = switch (asked) {
            case ProviderQuestion.OfSession it ->
                holdings.sessions
                        .find(it.verifier())
                        .map(session ->
                                new ProviderFact.Present(session.name(), session.sinceSeconds(), session.dueMicros()));
            case ProviderQuestion.OfGrant it ->
                holdings.grants.find(it.number()).flatMap(this::fact);
            case ProviderQuestion.OfRefresh it ->
                holdings.grants
                        .find(it.number())
                        .filter(grant -> grant.mayRefresh() && grant.refresh().equals(it.verifier()))
                        .flatMap(this::fact);
            case ProviderQuestion.OfNonce it -> Optional.of(holdings.nonces.fact());
            case ProviderQuestion.OfAccount it -> account(it.session());
        };
        return ProviderFact.CODEC.encode(fact.orElseGet(ProviderFact.Nothing::new));
    }

    private Optional<ProviderFact> account(Digest session) {
        return holdings.sessions
                .find(session)
                .flatMap(found -> holdings.person(found.name()))
                .map(person -> new ProviderFact.Account(
                        person.name,
                        person.passkeys.stream().map(Person.Passkey::id).toList()));
    }

    private Optional<ProviderFact> fact(Grant grant) {
        Terms terms = grant.terms();
        return holdings.person(terms.name())
                .map(person -> new ProviderFact.Granted(
                        person.name, person.subject, terms.client(), terms.scope(), terms.issuer(), grant.dueMicros()));
    }

    @Override
    public void snapshot(Writer writer) {
        holdings.write(writer);
        passkeys.write(writer);
        passwords.write(writer);
        writer.u32(waiting.size());
        waiting.forEach((attempt, who) -> {
            RequestId.CODEC.write(writer.u64(attempt), who.request);
            writer.bool(who.forNonce).u64(who.dueMicros);
        });
    }

    @Override
    public void restore(Reader reader) {
        holdings.read(reader);
        passkeys.read(reader);
        passwords.read(reader);
        waiting.clear();
        long count = reader.u32();
        if (count > Holdings.ATTEMPTS_MAX + ReplicaSet.SIZE_MAX) { // each gateway may wait for a nonce besides
            throw new MalformedException("more attempts than a provider keeps");
        }
        for (; count > 0; count--) {
            waiting.put(reader.count(), new Waiting(RequestId.CODEC.read(reader), reader.bool(), reader.count()));
        }
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(1024);
        snapshot(writer);
        return Transcript.of("openid/state").field(writer.toBytes()).digest();
    }
}
