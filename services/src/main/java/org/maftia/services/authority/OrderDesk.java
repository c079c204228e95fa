package org.maftia.services.authority;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.authority.acme.OrderWish;
import org.maftia.services.authority.acme.Payloads;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.authority.pki.CertificateRequest;
import org.maftia.services.authority.pki.Identifier;
import org.maftia.services.authority.pki.KeyStrength;

/** Deals with orders and authorizations (RFC 8555, sections 7.4 and 7.5), as far as no other replica is asked. */
final class OrderDesk {
    /**
     * When to ask again for what is under way. The answer's {@code Date} may be a second old, and clients count from there
     * (acme4j fails when that moment has passed), so one second is too little.
     */
    private static final long WAIT_SECONDS = 2;

    /** What a hostile authority uses again: one valid authorization of two. */
    private static final int HOSTILE_REUSE = 2;

    private final AuthorityPolicy policy;
    private final Accounts accounts;
    private final Orders orders;
    private final Ledger ledger;
    private final Renewals renewals;
    private final Desk.Chance chance;

    OrderDesk(
            AuthorityPolicy policy,
            Accounts accounts,
            Orders orders,
            Ledger ledger,
            Renewals renewals,
            Desk.Chance chance) {
        this.policy = policy;
        this.accounts = accounts;
        this.orders = orders;
        this.ledger = ledger;
        this.renewals = renewals;
        this.chance = chance;
    }

    private static AuthorityAnswer withRetry(AuthorityAnswer answer, boolean waits) {
        return waits ? answer.retryAfter(WAIT_SECONDS) : answer;
    }

    /** Checks the wish for an order; what it is made of is drawn later. */
    Pending.Opening opening(Envelope envelope) {
        Account account = envelope.account();
        OrderWish wish = OrderWish.decode(envelope.payload());
        requirePermitted(wish.identifiers());
        Profile profile = wish.profile()
                .map(word -> Profile.of(word)
                        .orElseThrow(() -> new Refusal(
                                Problem.Kind.INVALID_PROFILE, "there is no such profile: see the directory")))
                .orElse(Profile.CLASSIC);
        wish.replaces().ifPresent(name -> requireReplaceable(name, account));
        long now = envelope.nowMicros();
        if (!account.count(now, policy.ordersPerHour())) {
            long left = Agreed.HOUR_MICROS - now % Agreed.HOUR_MICROS;
            throw new Refusal(
                    new Problem(Problem.Kind.RATE_LIMITED, "the account has had its orders of this hour"),
                    left / Agreed.SECOND_MICROS + 1);
        }
        if (!orders.hasRoom(wish.identifiers().size(), now) || !ledger.hasRoom(now)) {
            throw new Refusal(new Problem(Problem.Kind.RATE_LIMITED, "the authority has too much to keep"), 600);
        }
        return new Pending.Opening(
                envelope.id(),
                envelope.target().base(),
                account.id,
                wish.identifiers(),
                profile,
                wish.replaces().orElse(""));
    }

    private void requirePermitted(List<Identifier> identifiers) {
        List<Problem.Part> parts = new ArrayList<>();
        for (Identifier identifier : identifiers) {
            if (!policy.permits(identifier)) {
                parts.add(new Problem.Part(
                        Problem.Kind.REJECTED_IDENTIFIER,
                        identifier.kind().word(),
                        identifier.value(),
                        "the policy of this authority does not cover the name"));
            }
        }
        if (!parts.isEmpty()) {
            throw new Refusal(
                    new Problem(
                            Problem.Kind.REJECTED_IDENTIFIER,
                            "the policy of this authority does not cover "
                                    + parts.getFirst().name(),
                            parts.size() > 1 ? parts : List.of()),
                    0);
        }
    }

    private void requireReplaceable(String name, Account account) {
        Issued before = renewals.certificate(name);
        if (before == null) {
            throw new Refusal(Problem.Kind.MALFORMED, "\"replaces\" names no certificate of this authority");
        }
        if (before.account != account.id) {
            throw new Refusal(Problem.Kind.UNAUTHORIZED, "\"replaces\" names another account's certificate");
        }
        if (before.replaced) {
            throw new Refusal(Problem.Kind.ALREADY_REPLACED, "the certificate was replaced already");
        }
    }

    /** Makes the order, now that chance is there. */
    AuthorityAnswer open(Pending.Opening opening, byte[] drawn, long nowMicros) {
        if (!orders.hasRoom(opening.identifiers().size(), nowMicros)) {
            return AuthorityAnswer.of(
                    new Refusal(new Problem(Problem.Kind.RATE_LIMITED, "the authority has too much to keep"), 600));
        }
        List<Long> authorizations = new ArrayList<>();
        for (int i = 0; i < opening.identifiers().size(); i++) {
            authorizations.add(authorization(opening, opening.identifiers().get(i), i, drawn, nowMicros).id);
        }
        long id = Agreed.number(drawn, "order", 0);
        for (int i = 1; orders.hasOrder(id); i++) {
            id = Agreed.number(drawn, "order", i);
        }
        Order order = new Order(
                id,
                opening.account(),
                opening.identifiers(),
                authorizations,
                opening.profile(),
                opening.replaces(),
                nowMicros + Orders.ORDER_MICROS);
        orders.add(order);
        Resources resources = new Resources(opening.base(), orders, nowMicros);
        return AuthorityAnswer.of(201, resources.order(order)).at(resources.url(order.path()));
    }

    private Authorization authorization(
            Pending.Opening opening, Identifier identifier, int index, byte[] drawn, long nowMicros) {
        Authorization known = orders.valid(opening.account(), identifier, nowMicros);
        boolean reuse = known != null && (!policy.hostile() || chance.below(HOSTILE_REUSE, "reuse " + index) == 0);
        if (known != null && reuse) {
            return known;
        }
        long id = Agreed.number(drawn, "authorization", index);
        for (int i = 1; orders.hasAuthorization(id); i++) {
            id = Agreed.number(drawn, "authorization again", (long) i * OrderWish.NAMES_MAX + index);
        }
        Authorization made = new Authorization(
                id,
                opening.account(),
                identifier.plain(),
                identifier.isWildcard(),
                Base64.getUrlEncoder().withoutPadding().encodeToString(Agreed.derive(drawn, "token", index)),
                nowMicros + Orders.ORDER_MICROS);
        orders.add(made);
        return made;
    }

    AuthorityAnswer order(Envelope envelope) {
        envelope.requireReading();
        Order order = own(envelope);
        Resources resources = new Resources(envelope.target().base(), orders, envelope.nowMicros());
        boolean waits = order.stage == Order.Stage.ISSUING;
        return withRetry(AuthorityAnswer.of(200, resources.order(order)), waits).at(resources.url(order.path()));
    }

    private Order own(Envelope envelope) {
        Order order = orders.order(envelope.target().id());
        if (order == null) {
            throw new Refusal(Problem.Kind.NOT_FOUND, "there is no such order, or none any more");
        }
        if (order.account != envelope.account().id) {
            throw new Refusal(Problem.Kind.UNAUTHORIZED, "the order is another account's");
        }
        return order;
    }

    Authorization ownAuthorization(Envelope envelope) {
        Authorization authorization = orders.authorization(envelope.target().id());
        if (authorization == null) {
            throw new Refusal(Problem.Kind.NOT_FOUND, "there is no such authorization, or none any more");
        }
        if (authorization.account != envelope.account().id) {
            throw new Refusal(Problem.Kind.UNAUTHORIZED, "the authorization is another account's");
        }
        return authorization;
    }

    AuthorityAnswer authorization(Envelope envelope) {
        Authorization authorization = ownAuthorization(envelope);
        if (!envelope.isReading()) {
            Payloads.requireDeactivation(envelope.payload());
            if (authorization.state == Authorization.State.INVALID) {
                throw new Refusal(Problem.Kind.MALFORMED, "the authorization has failed already");
            }
            authorization.state = Authorization.State.DEACTIVATED;
        }
        Resources resources = new Resources(envelope.target().base(), orders, envelope.nowMicros());
        boolean waits = authorization.state == Authorization.State.PROCESSING;
        return withRetry(AuthorityAnswer.of(200, resources.authorization(authorization)), waits);
    }

    AuthorityAnswer challenge(Envelope envelope, Authorization authorization) {
        Resources resources = new Resources(envelope.target().base(), orders, envelope.nowMicros());
        boolean waits = authorization.state == Authorization.State.PROCESSING;
        return withRetry(
                        AuthorityAnswer.of(
                                200,
                                resources.challenge(
                                        authorization, envelope.target().method())),
                        waits)
                .below(resources.url(Target.AUTHORIZATIONS + Target.hex(authorization.id)));
    }

    /** Whether the replicas are to look now: at an authorization that is pending, for who says that all is ready. */
    boolean isToLook(Envelope envelope, Authorization authorization) {
        Method method = envelope.target().method();
        if (!Method.of(authorization.identifier.kind(), authorization.wildcard).contains(method)) {
            throw new Refusal(Problem.Kind.NOT_FOUND, "the authorization has no such challenge");
        }
        if (envelope.isReading()) {
            return false;
        }
        Payloads.requireEmptyObject(envelope.payload());
        if (authorization.isExpired(envelope.nowMicros())) {
            throw new Refusal(Problem.Kind.MALFORMED, "the authorization has expired");
        }
        return authorization.state == Authorization.State.PENDING;
    }

    /** Checks the request for the certificate; the order then waits for its serial. */
    Order finalize(Envelope envelope) {
        Order order = own(envelope);
        String status = orders.status(order, envelope.nowMicros());
        if (!status.equals(Orders.READY)) {
            throw new Refusal(Problem.Kind.ORDER_NOT_READY, "the order is " + status);
        }
        CertificateRequest request;
        try {
            request = CertificateRequest.decode(Payloads.request(envelope.payload()));
        } catch (MalformedException e) {
            throw new Refusal(Problem.Kind.BAD_CSR, String.valueOf(e.getMessage()));
        }
        if (!request.names().equals(new TreeSet<>(order.identifiers))) {
            throw new Refusal(Problem.Kind.BAD_CSR, "the request names other names than the order");
        }
        Optional<String> weakness = KeyStrength.weakness(request.key());
        if (weakness.isPresent()) {
            throw new Refusal(Problem.Kind.BAD_CSR, weakness.get());
        }
        if (ledger.isCompromised(request.key()) || accounts.of(request.key()) != null) {
            throw new Refusal(
                    Problem.Kind.BAD_CSR, "the key is an account's, or is known to be in the hands of others");
        }
        order.stage = Order.Stage.ISSUING;
        order.key = request.key().encoded();
        order.base = envelope.target().base();
        return order;
    }
}
