package org.maftia.services.authority;

import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.AccountKey;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.authority.pki.CertificateForm;
import org.maftia.services.authority.pki.OcspQuestion;
import org.maftia.services.x509.SubjectKey;

/** All that the authority keeps, and the steps that certificates and lists take in it. */
final class Office {
    /** Clients whose clocks lag take a certificate at once. */
    static final long BACKDATE_SECONDS = 3_600;

    /** A hostile authority lets a client wait so long before it looks. */
    private static final int HOSTILE_SECONDS = 16;

    private static final int SERIAL_LENGTH = 16;

    /** The next head of the log makes room, once enough replicas have signed it. */
    private static final int RECORD_AGAIN_SECONDS = 5;

    private static final byte[] NONE = {};

    final String keyId;
    final CertificateForm form;
    final Accounts accounts = new Accounts();
    final Orders orders = new Orders();
    final Ledger ledger = new Ledger();
    final Answers answers = new Answers();
    final Renewals renewals;
    final Desk desk;
    final OrderDesk orderDesk;
    final RevocationDesk revocations;

    private final AuthorityPolicy policy;
    private final Nonces nonces = new Nonces();
    private final Digest issuer;

    /** Agreed randomness so far: what a hostile authority decides by, new with every draw. */
    private Digest chance = Digest.ZERO;

    private long decided;

    /** By order, what is being signed: nothing but time depends on whether it is here. */
    private final SortedMap<Long, byte[]> statements = new TreeMap<>();

    Office(String keyId, AuthorityPolicy policy, CertificateForm form) {
        this.keyId = keyId;
        this.policy = policy;
        this.form = form;
        this.issuer = Transcript.sha256(form.issuerEncoded());
        this.renewals = new Renewals(form, ledger);
        this.desk = new Desk(policy, accounts, nonces, orders, this::below);
        this.orderDesk = new OrderDesk(policy, accounts, orders, ledger, renewals, this::below);
        this.revocations = new RevocationDesk(policy, accounts, nonces, orders, ledger, answers, form);
    }

    private int below(int bound, String purpose) {
        Digest value = Transcript.of("authority chance")
                .field(chance)
                .field(purpose)
                .field(decided++)
                .digest();
        return (int) Long.remainderUnsigned(value.a(), bound);
    }

    /** Mixes in what was drawn. */
    void stir(byte[] drawn) {
        chance = Transcript.of("authority chance").field(chance).field(drawn).digest();
    }

    /** How long the client waits until the replicas look. */
    long lookDelayMicros() {
        return policy.hostile() ? below(HOSTILE_SECONDS, "delay") * Agreed.SECOND_MICROS : 0;
    }

    /** What a request that only reads is shown; empty where it is about something that is not read so. */
    Optional<AuthorityAnswer> shown(Envelope reader) {
        return switch (reader.target().endpoint()) {
            case ORDER -> Optional.of(orderDesk.order(reader));
            case AUTHORIZATION -> Optional.of(orderDesk.authorization(reader));
            case CERTIFICATE -> Optional.of(revocations.certificate(reader));
            default -> Optional.empty();
        };
    }

    ProbeQuestion question(Authorization authorization) {
        Account account = Invariant.present(accounts.of(authorization.account), "accounts are kept");
        return new ProbeQuestion(
                authorization.method,
                authorization.identifier,
                authorization.wildcard,
                authorization.token,
                AccountKey.authorization(authorization.token, account.key),
                account.path());
    }

    void succeeded(Authorization authorization, long nowMicros) {
        authorization.state = Authorization.State.VALID;
        authorization.validatedMicros = nowMicros;
        authorization.expiresMicros = nowMicros + Authorization.VALID_MICROS;
        orders.becameValid(authorization);
    }

    void failed(Authorization authorization, Problem problem) {
        authorization.state = Authorization.State.INVALID;
        authorization.problem = problem;
    }

    /** The order of this id, which now has its serial: a byte for the list, 15 that nobody foresees. */
    Order numbered(long id, byte[] drawn, long nowMicros) {
        Order order = Invariant.present(orders.order(id), "an order that waits is kept");
        byte[] serial = serial(drawn, 0);
        for (int i = 1; ledger.has(serial); i++) {
            serial = serial(drawn, i);
        }
        order.serial = serial;
        order.fromSeconds = nowMicros / Agreed.SECOND_MICROS - BACKDATE_SECONDS;
        order.toSeconds = order.fromSeconds + order.profile.seconds(policy);
        return order;
    }

    private static byte[] serial(byte[] drawn, int number) {
        byte[] bytes = Agreed.derive(drawn, "serial", number);
        byte[] serial = Arrays.copyOf(bytes, SERIAL_LENGTH);
        serial[0] = (byte) (1 + (bytes[SERIAL_LENGTH] & 0xff) * Ledger.SHARDS / 256);
        return serial;
    }

    /** The TBSCertificate of an order that has its serial, made now: it names the issuer that the group has. */
    byte[] statement(Order order) {
        byte[] statement = made(order);
        statements.put(order.id, statement);
        return statement;
    }

    private byte[] made(Order order) {
        return form.statement(new CertificateForm.Content(
                order.serial,
                SubjectKey.decode(order.key),
                order.identifiers,
                order.fromSeconds,
                order.toSeconds,
                order.serial[0],
                order.profile.isForClients()));
    }

    AuthorityAnswer issued(Order order, byte[] signature, long nowMicros) {
        byte[] statement = statements.remove(order.id);
        byte[] certificate = CertificateForm.signed(statement == null ? made(order) : statement, signature);
        ledger.add(order, certificate, nowMicros);
        order.stage = Order.Stage.VALID;
        Issued before = order.replaces.isEmpty() ? null : renewals.certificate(order.replaces);
        if (before != null) {
            before.replaced = true;
        }
        Resources resources = new Resources(order.base, orders, nowMicros);
        return AuthorityAnswer.of(200, resources.order(order)).at(resources.url(order.path()));
    }

    AuthorityAnswer failed(Order order, String sentence) {
        statements.remove(order.id);
        order.stage = Order.Stage.INVALID;
        order.problem = new Problem(Problem.Kind.SERVER_INTERNAL, sentence);
        return AuthorityAnswer.of(new Refusal(order.problem, 0));
    }

    /** The order is ready as it was before it was finalized: the public record takes nothing now. */
    AuthorityAnswer postponed(Order order) {
        statements.remove(order.id);
        order.stage = Order.Stage.OPEN;
        order.key = NONE;
        order.serial = NONE;
        order.fromSeconds = 0;
        order.toSeconds = 0;
        return AuthorityAnswer.of(new Refusal(
                new Problem(Problem.Kind.RATE_LIMITED, "the transparency log takes nothing now: finalize again"),
                RECORD_AGAIN_SECONDS));
    }

    /** The list that is due, to be signed. */
    Pending.Listing listing(int number, long nowMicros) {
        Shard shard = Invariant.present(ledger.shard(number), "a list that is due is there");
        shard.signing = true;
        shard.number++;
        shard.dueMicros = nowMicros + Shard.REFRESH_MICROS;
        return new Pending.Listing(number, statement(number, shard.number, nowMicros));
    }

    private byte[] statement(int number, long count, long nowMicros) {
        long seconds = nowMicros / Agreed.SECOND_MICROS;
        return form.list(number, count, seconds, seconds + Shard.LIFE_SECONDS, ledger.revoked(number, nowMicros));
    }

    /** A list of the issuer that the group has now. */
    Pending.Listing restated(Pending.Listing listing) {
        Shard shard = Invariant.present(ledger.shard(listing.shard()), "a list that waits is there");
        return new Pending.Listing(
                listing.shard(), statement(listing.shard(), shard.number, shard.dueMicros - Shard.REFRESH_MICROS));
    }

    void listed(Pending.Listing listing, byte[] signature, long nowMicros) {
        Shard shard = Invariant.present(ledger.shard(listing.shard()), "a list that waits is there");
        shard.signing = false;
        shard.list = CertificateForm.signed(listing.statement(), signature);
        shard.dueMicros = Math.max(shard.dueMicros, nowMicros);
    }

    /** Keeps an answer, unless the certificate was revoked while it was being signed. */
    void answered(Pending.Answering answering, byte[] answer) {
        Issued one = ledger.of(OcspQuestion.decode(answering.question()).serial());
        boolean holds = one != null && (!one.isRevoked() || answering.fromSeconds() > one.revokedSeconds);
        if (holds && !answering.name().isEmpty()) {
            answers.keep(answering.name(), answer, answering.freshUntilMicros());
        }
    }

    /** Nobody signs it; another try comes with the next hour. */
    void unlisted(Pending.Listing listing, long nowMicros) {
        Shard shard = Invariant.present(ledger.shard(listing.shard()), "a list that waits is there");
        shard.signing = false;
        shard.dueMicros = nowMicros + Shard.REFRESH_MICROS;
    }

    void write(Writer writer) {
        writer.digest(issuer).digest(chance).u64(decided);
        accounts.write(writer);
        orders.write(writer);
        ledger.write(writer);
        answers.write(writer);
        nonces.write(writer);
    }

    /**
     * A group that got another key goes on with its accounts, orders and certificates; answers that the old key signed are
     * made anew.
     */
    void read(Reader reader) {
        statements.clear();
        boolean sameKey = reader.digest().equals(issuer);
        chance = reader.digest();
        decided = reader.count();
        accounts.read(reader);
        orders.read(reader);
        ledger.read(reader);
        answers.read(reader);
        nonces.read(reader);
        if (!sameKey) {
            answers.clear();
        }
    }
}
