package org.maftia.services.authority;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Context;
import org.maftia.services.authority.acme.AccountWish;
import org.maftia.services.authority.acme.Jws;
import org.maftia.services.authority.acme.KeyChange;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.x509.SubjectKey;

/** Opens requests of clients and deals with their accounts (RFC 8555, sections 6 and 7.3). */
final class Desk {
    /** Of good nonces a hostile authority refuses one in so many. */
    private static final int HOSTILE_NONCES = 20;

    private static final RequestId NOT_ORDERED = new RequestId(0, 0, 0);

    private final AuthorityPolicy policy;
    private final Accounts accounts;
    private final Nonces nonces;
    private final Orders orders;

    /** What a hostile authority decides by. */
    private final Chance chance;

    /** A number that clients do not know before their request is ordered. */
    interface Chance {
        /** A number from 0 to below the bound. */
        int below(int bound, String purpose);
    }

    Desk(AuthorityPolicy policy, Accounts accounts, Nonces nonces, Orders orders, Chance chance) {
        this.policy = policy;
        this.accounts = accounts;
        this.nonces = nonces;
        this.orders = orders;
        this.chance = chance;
    }

    /**
     * Checks all that is common to requests; the nonce last, so that nobody spends another's.
     *
     * @throws Refusal when something is wrong
     */
    Envelope open(RequestId id, byte[] bytes, Context context) {
        Jws jws = Jws.decode(bytes);
        jws.requireAlgorithm();
        Target target = Target.of(jws.url(), policy);
        Account owner = owner(jws);
        SubjectKey key = owner == null ? jws.key().orElseThrow() : owner.key;
        if (!jws.isSignedBy(key)) {
            throw new Refusal(Problem.Kind.MALFORMED, "the signature of the request is wrong");
        }
        String nonce = jws.nonce().orElseThrow(() -> new Refusal(Problem.Kind.BAD_NONCE, "the request has no nonce"));
        switch (nonces.spend(nonce, context.timeMicros())) {
            case BAD -> throw new Refusal(Problem.Kind.BAD_NONCE, "the nonce is old, used or none at all");
            case FULL ->
                throw new Refusal(
                        new Problem(Problem.Kind.RATE_LIMITED, "too many requests came in these minutes"),
                        Nonces.PERIOD_SECONDS);
            case TAKEN -> {}
        }
        if (policy.hostile() && chance.below(HOSTILE_NONCES, "nonce") == 0) {
            throw new Refusal(Problem.Kind.BAD_NONCE, "this authority is hostile and refuses some good nonces");
        }
        if (owner != null && !owner.active) {
            throw new Refusal(Problem.Kind.UNAUTHORIZED, "the account is deactivated");
        }
        requireWayOfNaming(target, owner);
        return new Envelope(id, target, key, owner, jws.url(), jws.payload(), context.timeMicros(), context);
    }

    /**
     * A request that only reads, not ordered and its signature not verified; empty where anything about it is unusual, which the
     * group judges then. A hostile authority has to see all requests.
     */
    Optional<Envelope> reading(Jws jws, long nowMicros) {
        try {
            jws.requireAlgorithm();
            Account owner = owner(jws);
            boolean usual = owner != null && owner.active && jws.payload().length == 0 && !policy.hostile();
            boolean unspent =
                    jws.nonce().filter(nonce -> nonces.isOpen(nonce, nowMicros)).isPresent();
            if (owner == null || !usual || !unspent) {
                return Optional.empty();
            }
            Target target = Target.of(jws.url(), policy);
            return Optional.of(
                    new Envelope(NOT_ORDERED, target, owner.key, owner, jws.url(), jws.payload(), nowMicros, null));
        } catch (Refusal refusal) {
            return Optional.empty();
        }
    }

    private @Nullable Account owner(Jws jws) {
        if (jws.keyName().isEmpty()) {
            return null;
        }
        Account owner =
                Target.account(jws.keyName().get(), policy).map(accounts::of).orElse(null);
        if (owner == null) {
            throw new Refusal(Problem.Kind.ACCOUNT_DOES_NOT_EXIST, "there is no account of that URL");
        }
        return owner;
    }

    /** A new account shows its key, a revocation may (RFC 8555, section 6.2); all others name their account. */
    private static void requireWayOfNaming(Target target, @Nullable Account owner) {
        boolean byKey = switch (target.endpoint()) {
            case NEW_ACCOUNT -> true;
            case REVOKE -> owner == null;
            default -> false;
        };
        if (byKey != (owner == null)) {
            throw new Refusal(
                    Problem.Kind.MALFORMED,
                    byKey ? "this request shows its key as \"jwk\"" : "this request names its account by \"kid\"");
        }
    }

    AuthorityAnswer newAccount(Envelope envelope) {
        AccountWish wish = AccountWish.decode(envelope.payload());
        Account known = accounts.of(envelope.key());
        Resources resources = new Resources(envelope.target().base(), orders, envelope.nowMicros());
        if (known != null) {
            if (!known.active) {
                throw new Refusal(Problem.Kind.UNAUTHORIZED, "the account of this key is deactivated");
            }
            return AuthorityAnswer.of(200, resources.account(known)).at(resources.url(known.path()));
        }
        if (wish.onlyExisting()) {
            throw new Refusal(Problem.Kind.ACCOUNT_DOES_NOT_EXIST, "there is no account of this key");
        }
        if (wish.binding().isPresent()) {
            if (!accounts.take(wish.binding().get(), envelope.key(), envelope.url(), envelope.nowMicros())) {
                throw new Refusal(
                        Problem.Kind.UNAUTHORIZED, "the binding is of no open credential, or of another account");
            }
        } else if (policy.credentialsRequired()) {
            throw new Refusal(
                    Problem.Kind.EXTERNAL_ACCOUNT_REQUIRED, "an account needs a credential of an officer of the group");
        }
        Account made = accounts.add(
                envelope.key(), wish.contacts().orElse(List.of()), envelope.id().client(), envelope.nowMicros());
        return AuthorityAnswer.of(201, resources.account(made)).at(resources.url(made.path()));
    }

    AuthorityAnswer account(Envelope envelope) {
        Account account = own(envelope);
        if (!envelope.isReading()) {
            AccountWish wish = AccountWish.decode(envelope.payload());
            wish.contacts().ifPresent(contacts -> account.contacts = List.copyOf(contacts));
            if (wish.deactivate()) {
                accounts.deactivate(account);
            }
        }
        Resources resources = new Resources(envelope.target().base(), orders, envelope.nowMicros());
        return AuthorityAnswer.of(200, resources.account(account)).at(resources.url(account.path()));
    }

    AuthorityAnswer orders(Envelope envelope) {
        envelope.requireReading();
        Resources resources = new Resources(envelope.target().base(), orders, envelope.nowMicros());
        return AuthorityAnswer.of(200, resources.orders(own(envelope)));
    }

    private static Account own(Envelope envelope) {
        Account account = envelope.account();
        if (account.id != envelope.target().id()) {
            throw new Refusal(Problem.Kind.UNAUTHORIZED, "this is another account than the one that signed");
        }
        return account;
    }

    AuthorityAnswer changeKey(Envelope envelope) {
        Account account = envelope.account();
        KeyChange change = KeyChange.decode(envelope.payload(), envelope.url());
        boolean same = Target.account(change.account(), policy)
                .filter(id -> id == account.id)
                .isPresent();
        if (!same || !change.oldKey().equals(account.key)) {
            throw new Refusal(Problem.Kind.MALFORMED, "the inner request is about another account or another key");
        }
        Resources resources = new Resources(envelope.target().base(), orders, envelope.nowMicros());
        Account other = accounts.of(change.newKey());
        if (other != null) {
            throw new Refusal(Problem.Kind.CONFLICT, "the new key has an account already");
        }
        accounts.change(account, change.newKey());
        return AuthorityAnswer.of(200, resources.account(account)).at(resources.url(account.path()));
    }
}
