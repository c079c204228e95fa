package org.maftia.services.authority;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.Drawing;
import org.maftia.core.replica.Observations;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.authority.pki.CertificateForm;
import org.maftia.services.authority.pki.OcspForm;
import org.maftia.services.authority.pki.OcspQuestion;

/**
 * Certifies names for those who control them, as a quorum of the replicas saw for themselves. A command is an
 * {@link AuthorityCommand}. What is signed stands in the log before the first share of a signature exists, and a serial is
 * used once.
 *
 * <p>Source: RFC 8555; RFC 9773 for renewal, RFC 5280 for revocation lists, RFC 6960 for answers about certificates.
 */
public final class Authority implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "authority";

    /** The length of the periods, counted from 1970, of which nonces of gateways say theirs. */
    public static final int NONCE_SECONDS = Nonces.PERIOD_SECONDS;

    /** What waits for the group at the same time. */
    static final int PENDING_MAX = 4_096;

    /** Replicas have so long to look at a name: their own time-outs are shorter. */
    static final long LOOK_MICROS = 60 * Agreed.SECOND_MICROS;

    /** What the public record calls a certificate that is about to be signed. */
    private static final int RECORD_STATEMENT = 1;

    /** The number in nonces that no gateway made. */
    private static final int NO_GATEWAY = 0xff;

    private static final String NO_CHANCE = "the group has no key to draw by: it needs a new ceremony";

    private final Office office;
    private final OcspForm answerForm;
    private final SortedMap<Long, Pending> pending = new TreeMap<>();

    /** Authorizations at which to look later, with the time from which on. */
    private final SortedMap<Long, Long> later = new TreeMap<>();

    private long nextReference = 1;

    /**
     * @param keyId the group's key for certificates
     * @param issuer the certificate of that key, DER
     */
    public Authority(String keyId, byte[] issuer, AuthorityPolicy policy) {
        this.office = new Office(keyId, policy, new CertificateForm(issuer, policy.plainBases()));
        this.answerForm = new OcspForm(office.form);
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        try {
            return switch (AuthorityCommand.CODEC.decode(command.operation())) {
                case AuthorityCommand.Post post -> encoded(post(command.id(), post.jws(), context));
                case AuthorityCommand.Ask ask -> ask(command.id(), ask.question(), context);
                case AuthorityCommand.Official official -> encoded(office.revocations.official(official, context));
            };
        } catch (Refusal refusal) {
            return encoded(AuthorityAnswer.of(refusal));
        } catch (MalformedException e) {
            return encoded(AuthorityAnswer.of(new Refusal(Problem.Kind.MALFORMED, "no command of the authority")));
        }
    }

    private static byte @Nullable [] encoded(@Nullable AuthorityAnswer answer) {
        return answer == null ? null : AuthorityAnswer.CODEC.encode(answer);
    }

    private @Nullable AuthorityAnswer post(RequestId id, byte[] jws, Context context) {
        Envelope envelope = office.desk.open(id, jws, context);
        return switch (envelope.target().endpoint()) {
            case NEW_ACCOUNT -> office.desk.newAccount(envelope);
            case ACCOUNT -> office.desk.account(envelope);
            case ACCOUNT_ORDERS -> office.desk.orders(envelope);
            case KEY_CHANGE -> office.desk.changeKey(envelope);
            case NEW_ORDER -> newOrder(envelope);
            case ORDER -> office.orderDesk.order(envelope);
            case AUTHORIZATION -> office.orderDesk.authorization(envelope);
            case CHALLENGE -> challenge(envelope);
            case FINALIZE -> finalize(envelope);
            case CERTIFICATE -> office.revocations.certificate(envelope);
            case REVOKE -> office.revocations.revoke(envelope);
        };
    }

    private long await(Pending what) {
        long reference = nextReference++;
        pending.put(reference, what);
        return reference;
    }

    private void requireRoom(Context context) {
        if (!context.isMade(Drawing.KEY_ID)) {
            throw new Refusal(
                    new Problem(Problem.Kind.RATE_LIMITED, "the group is making the key by which it draws"), 2);
        }
        if (pending.size() >= PENDING_MAX) {
            throw new Refusal(new Problem(Problem.Kind.RATE_LIMITED, "too much waits to be signed"), 2);
        }
    }

    private @Nullable AuthorityAnswer newOrder(Envelope envelope) {
        requireRoom(envelope.context());
        if (!draws(office.orderDesk.opening(envelope), envelope.context())) {
            throw new Refusal(Problem.Kind.SERVER_INTERNAL, NO_CHANCE);
        }
        return null;
    }

    /** Asks for chance; false where the group has no key for it. */
    private boolean draws(Pending what, Context context) {
        long reference = await(what);
        boolean draws = context.draw(reference);
        if (!draws) {
            pending.remove(reference);
        }
        return draws;
    }

    private AuthorityAnswer challenge(Envelope envelope) {
        Authorization authorization = office.orderDesk.ownAuthorization(envelope);
        if (office.orderDesk.isToLook(envelope, authorization)) {
            authorization.state = Authorization.State.PROCESSING;
            authorization.method = envelope.target().method();
            long wait = office.lookDelayMicros();
            if (wait > 0) {
                later.put(authorization.id, envelope.nowMicros() + wait);
            } else {
                look(authorization, envelope.context());
            }
        }
        return office.orderDesk.challenge(envelope, authorization);
    }

    /** Where so much is being looked at that there is no room, again in a second. */
    private void look(Authorization authorization, Context context) {
        long now = context.timeMicros();
        byte[] question = ProbeQuestion.CODEC.encode(office.question(authorization));
        long reference = nextReference;
        switch (context.observe(question, reference, now + LOOK_MICROS)) {
            case TAKEN -> await(new Pending.Looking(authorization.id));
            case BUSY -> later.put(authorization.id, now + Agreed.SECOND_MICROS);
            case MALFORMED, REFUSED ->
                office.failed(
                        authorization,
                        new Problem(Problem.Kind.SERVER_INTERNAL, "the group does not look at the world outside"));
        }
    }

    private @Nullable AuthorityAnswer finalize(Envelope envelope) {
        requireRoom(envelope.context());
        Order order = office.orderDesk.finalize(envelope);
        order.waiting = envelope.id();
        if (!draws(new Pending.Issuing(order.id), envelope.context())) {
            order.waiting = null;
            return office.failed(order, NO_CHANCE);
        }
        return null;
    }

    @Override
    public void drawn(long reference, byte[] random, Context context) {
        Pending what = Invariant.present(pending.remove(reference), "chance comes once, for what waits for it");
        office.stir(random);
        switch (what) {
            case Pending.Opening opening ->
                context.complete(
                        opening.id(),
                        AuthorityAnswer.CODEC.encode(office.orderDesk.open(opening, random, context.timeMicros())));
            case Pending.Issuing issuing -> {
                Order order = office.numbered(issuing.order(), random, context.timeMicros());
                byte[] statement = office.statement(order);
                // Before the first share of the signature exists, so that nothing is certified in secret.
                if (context.record(RECORD_STATEMENT, statement) < 0) {
                    complete(office.postponed(order), order, context);
                    return;
                }
                long next = await(issuing);
                if (!context.sign(office.keyId, statement, next)) {
                    pending.remove(next);
                    complete(
                            office.failed(order, "the policy of the group gives the authority no key"), order, context);
                }
            }
            case Pending.Listing listing -> throw new IllegalStateException("a list needs no chance");
            case Pending.Answering answering -> throw new IllegalStateException("an answer needs no chance");
            case Pending.Looking looking -> throw new IllegalStateException("a look needs no chance");
        }
    }

    private static void complete(AuthorityAnswer answer, Order order, Context context) {
        RequestId waiting = order.waiting;
        order.waiting = null;
        if (waiting != null) {
            context.complete(waiting, AuthorityAnswer.CODEC.encode(answer));
        }
    }

    @Override
    public void signed(long reference, byte[] signature, Context context) {
        Pending what = Invariant.present(pending.remove(reference), "a signature comes once, for what waits for it");
        switch (what) {
            case Pending.Issuing issuing -> {
                Order order = Invariant.present(office.orders.order(issuing.order()), "an order that waits is kept");
                complete(office.issued(order, signature, context.timeMicros()), order, context);
            }
            case Pending.Listing listing -> office.listed(listing, signature, context.timeMicros());
            case Pending.Answering answering -> {
                byte[] answer = OcspForm.granted(answering.statement(), signature);
                office.answered(answering, answer);
                context.complete(answering.id(), answer);
            }
            case Pending.Opening opening -> throw new IllegalStateException("an order needs no signature");
            case Pending.Looking looking -> throw new IllegalStateException("a look needs no signature");
        }
    }

    /** Statements name the issuer's key: a group that got another one makes them anew. */
    @Override
    public byte[] restated(long reference, byte[] message) {
        return switch (pending.get(reference)) {
            case Pending.Issuing issuing ->
                office.statement(
                        Invariant.present(office.orders.order(issuing.order()), "an order that waits is kept"));
            case Pending.Listing listing -> {
                Pending.Listing anew = office.restated(listing);
                pending.put(reference, anew);
                yield anew.statement();
            }
            case Pending.Answering answering -> {
                // The asker named the key before; he gets his answer by it no more, and what he gets does not verify.
                pending.put(
                        reference,
                        new Pending.Answering(
                                answering.id(), "", answering.question(), message, 0, answering.fromSeconds()));
                yield message;
            }
            case null, default -> message;
        };
    }

    @Override
    public boolean observed(long reference, Observations observations, Context context) {
        if (!(pending.get(reference) instanceof Pending.Looking looking)) {
            return true;
        }
        boolean good = observations.isQuorum(ProbeFinding::isGood);
        boolean bad = observations.isKernel(vote -> !ProbeFinding.isGood(vote));
        if (!good && !bad && !observations.isOver()) {
            return false;
        }
        pending.remove(reference);
        Authorization authorization = office.orders.authorization(looking.authorization());
        if (authorization == null || authorization.state != Authorization.State.PROCESSING) {
            return true; // taken back meanwhile
        }
        if (good) {
            office.succeeded(authorization, context.timeMicros());
        } else {
            office.failed(authorization, Verdicts.against(observations));
        }
        return true;
    }

    private byte @Nullable [] ask(RequestId id, byte[] bytes, Context context) {
        OcspQuestion question;
        try {
            question = OcspQuestion.decode(bytes);
        } catch (MalformedException e) {
            return OcspForm.refused(OcspForm.Refusal.MALFORMED);
        }
        Issued one = answerForm.isAbout(question) ? office.ledger.of(question.serial()) : null;
        if (one == null) {
            return OcspForm.refused(OcspForm.Refusal.UNAUTHORIZED);
        }
        boolean lasting = question.nonce().length == 0;
        byte[] known = lasting ? office.answers.fresh(Answers.name(question), context.timeMicros()) : null;
        if (known != null) {
            return known;
        }
        if (pending.size() >= PENDING_MAX || !office.answers.count(context.timeMicros())) {
            return OcspForm.refused(OcspForm.Refusal.TRY_LATER);
        }
        long seconds = context.timeMicros() / Agreed.SECOND_MICROS;
        OcspForm.Verdict verdict = one.isRevoked()
                ? new OcspForm.Verdict.Revoked(one.revokedSeconds, one.reason)
                : new OcspForm.Verdict.Good();
        byte[] statement = answerForm.statement(question, verdict, seconds, seconds + Answers.LIFE_SECONDS);
        long reference = await(new Pending.Answering(
                id,
                lasting ? Answers.name(question) : "",
                bytes,
                statement,
                context.timeMicros() + Answers.FRESH_MICROS,
                seconds));
        if (!context.sign(office.keyId, statement, reference)) {
            pending.remove(reference);
            return OcspForm.refused(OcspForm.Refusal.TRY_LATER);
        }
        return null;
    }

    @Override
    public long dueMicros() {
        long due = office.ledger.dueMicros();
        for (long from : later.values()) {
            due = Math.min(due, from);
        }
        return due;
    }

    @Override
    public void tick(Context context) {
        long now = context.timeMicros();
        for (long id : List.copyOf(later.keySet())) {
            if (Invariant.present(later.get(id), "a key has a value") <= now) {
                later.remove(id);
                Authorization authorization = office.orders.authorization(id);
                if (authorization != null && authorization.state == Authorization.State.PROCESSING) {
                    look(authorization, context);
                }
            }
        }
        for (int shard : office.ledger.due(now)) {
            Pending.Listing listing = office.listing(shard, now);
            long reference = await(listing);
            if (!context.sign(office.keyId, listing.statement(), reference)) {
                pending.remove(reference);
                office.unlisted(listing, now);
            }
        }
    }

    /**
     * A nonce that no gateway made, for whoever signs on his own, such as an officer: he may choose one.
     *
     * @param timeMicros by his clock, which is right to some minutes
     * @param random 16 bytes
     */
    public static String nonce(long timeMicros, byte[] random) {
        return Nonces.made(timeMicros, NO_GATEWAY, random);
    }

    /** What clients may choose of their certificates, each profile with a word about it. */
    public static SortedMap<String, String> profiles() {
        SortedMap<String, String> profiles = new TreeMap<>();
        for (Profile profile : Profile.values()) {
            profiles.put(profile.word(), profile.description());
        }
        return profiles;
    }

    /**
     * Whether it issued this very certificate and has not revoked it, by what is executed so far: the same at every replica
     * between two commands. On the thread that executes the log.
     *
     * @param serial without leading zeros
     * @param certificate SHA-256 of its DER
     */
    public boolean isGood(byte[] serial, Digest certificate) {
        Issued one = office.ledger.of(serial);
        return one != null && !one.isRevoked() && one.digest.equals(certificate);
    }

    /** What one replica tells without the log; on the thread that executes it. */
    public Looks looks() {
        return new Looks(office);
    }

    @Override
    public void snapshot(Writer writer) {
        office.write(writer);
        writer.u64(nextReference).u32(pending.size());
        pending.forEach((reference, what) -> Pending.CODEC.write(writer.u64(reference), what));
        writer.u32(later.size());
        later.forEach((id, from) -> writer.u64(id).u64(from));
    }

    @Override
    public void restore(Reader reader) {
        office.read(reader);
        nextReference = reader.count();
        pending.clear();
        for (long count = Agreed.bounded(reader.u32(), 2L * PENDING_MAX + Ledger.SHARDS + Orders.AUTHORIZATIONS_MAX);
                count > 0;
                count--) {
            pending.put(reader.count(), Pending.CODEC.read(reader));
        }
        later.clear();
        for (long count = Agreed.bounded(reader.u32(), Orders.AUTHORIZATIONS_MAX); count > 0; count--) {
            later.put(reader.count(), reader.count());
        }
        reader.end();
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(4096);
        snapshot(writer);
        return Transcript.of("authority").field(writer.toBytes()).digest();
    }
}
