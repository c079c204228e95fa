package org.maftia.services.openid;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Context;
import org.maftia.core.wire.Digest;
import org.maftia.services.openid.ProviderAnswer.Fault;

/** Codes, tokens and what becomes of them (RFC 6749, 7636, 9700). */
final class GrantDesk {
    /** RFC 7636, section 4.1. */
    private static final String VERIFIER = "[A-Za-z0-9._~-]{43,128}";

    private final ProviderPolicy policy;
    private final Holdings holdings;
    private final List<TokenKey> keys;
    private final ClientDesk clients;

    GrantDesk(ProviderPolicy policy, Holdings holdings, List<TokenKey> keys, OwnCertificates own) {
        this.policy = policy;
        this.holdings = holdings;
        this.keys = List.copyOf(keys);
        this.clients = new ClientDesk(policy, holdings, own);
    }

    /** A command as it came, and around it what the group agreed on. */
    record Order(RequestId id, ProvedCommand command, Context context) {
        int gateway() {
            return id.client();
        }

        long nowMicros() {
            return context.timeMicros();
        }

        long nowSeconds() {
            return context.timeMicros() / 1_000_000;
        }

        boolean proves(Digest verifier) {
            return command.proves(verifier, gateway());
        }

        Digest name() {
            return command.name(gateway());
        }
    }

    ProviderAnswer authorize(ProviderCommand.Authorize wish, Order order) {
        Session session = holdings.sessions
                .find(wish.session())
                .filter(found -> order.proves(wish.session()))
                .orElseThrow(() -> Refusal.of(Fault.LOGIN_REQUIRED, "nobody is signed in"));
        boolean registered = policy.bases().contains(wish.base())
                && policy.client(wish.client())
                        .filter(client -> client.redirects().contains(wish.redirect()))
                        .isPresent();
        if (!registered) {
            throw Refusal.of(Fault.INVALID_REQUEST, "no client of this id has this redirect_uri");
        }
        String scopes = ProviderPolicy.scopes(wish.scope());
        if (!ProviderPolicy.has(scopes, ProviderPolicy.OPENID)) {
            throw Refusal.of(Fault.INVALID_SCOPE, "the scope must hold openid");
        }
        if (wish.code().equals(Digest.ZERO) || holdings.codes.find(wish.code()).isPresent()) {
            throw Refusal.of(Fault.INVALID_REQUEST, "the code is not new");
        }
        holdings.codes.requireRoom();
        person(session.name()).count(order.nowMicros());
        Terms terms = new Terms(
                session.name(),
                wish.client(),
                ProviderPolicy.issuer(wish.base()),
                scopes,
                wish.nonce(),
                session.sinceSeconds(),
                session.byPassword());
        holdings.codes.put(
                wish.code(),
                new Code(
                        terms,
                        wish.redirect(),
                        wish.challenge(),
                        wish.key(),
                        Digest.ZERO,
                        0,
                        order.nowMicros() + Code.LIFE_MICROS));
        return new ProviderAnswer.Done();
    }

    private Person person(String name) {
        return holdings.person(name).orElseThrow(() -> Refusal.of(Fault.INVALID_GRANT, "the person is gone"));
    }

    ProviderAnswer present(ProviderCommand.Present wish, Order order) {
        clients.spend(clients.require(wish.caller(), order), order);
        return new ProviderAnswer.Done();
    }

    ProviderAnswer redeem(ProviderCommand.Redeem wish, Order order) {
        ClientDesk.Known known = clients.requireBound(wish.caller(), order);
        Code code = holdings.codes
                .find(wish.code())
                .filter(found -> order.proves(wish.code()))
                .filter(found -> found.terms().client().equals(known.client().id())
                        && found.redirect().equals(wish.redirect())
                        && fits(wish.verifier(), found.challenge()))
                .orElseThrow(() -> Refusal.of(
                        Fault.INVALID_GRANT, "the code is old, or of another client, redirect_uri or code_verifier"));
        boolean same = known.binding().kind() == Binding.Kind.KEY
                && known.binding().name().equals(code.key());
        if (!code.key().equals(Digest.ZERO) && !same) {
            throw Refusal.of(Fault.INVALID_DPOP_PROOF, "the code is bound to another key than the proof is by");
        }
        if (code.isSpent()) {
            return again(code, order);
        }
        boolean refreshes = ProviderPolicy.has(code.terms().scope(), ProviderPolicy.OFFLINE);
        if (refreshes && wish.refresh().equals(Digest.ZERO)) {
            throw Refusal.of(Fault.INVALID_REQUEST, "the gateway names no refresh token");
        }
        Person person = person(code.terms().name());
        holdings.grants.requireRoom();
        person.count(order.nowMicros());
        long number = holdings.number();
        Grant grant = new Grant(
                code.terms(),
                known.binding(),
                refreshes ? wish.refresh() : Digest.ZERO,
                order.name(),
                List.of(),
                order.nowMicros() + (refreshes ? Grant.LONG_MICROS : Grant.SHORT_MICROS));
        ProviderAnswer answer = issue(number, grant, true, order);
        holdings.open(person, number, grant);
        holdings.codes.put(wish.code(), code.spent(order.name(), number));
        clients.spend(known, order);
        return answer;
    }

    /** RFC 7636, section 4.6. */
    private static boolean fits(String verifier, Digest challenge) {
        return verifier.matches(VERIFIER)
                && Transcript.sha256(verifier.getBytes(StandardCharsets.US_ASCII))
                        .equals(challenge);
    }

    /** The gateway asks again for what it did not get; or else two have the code, and neither keeps what came of it. */
    private ProviderAnswer again(Code code, Order order) {
        Optional<Grant> grant = holdings.grants.find(code.grant());
        if (grant.isPresent() && code.spentBy().equals(order.name())) {
            person(code.terms().name()).count(order.nowMicros());
            return issue(code.grant(), grant.get(), true, order);
        }
        holdings.grants.remove(code.grant());
        throw Refusal.of(Fault.INVALID_GRANT, "the code was used before");
    }

    /** The key of the algorithm that the client reads. */
    private TokenKey key(Terms terms) {
        return policy.client(terms.client())
                .flatMap(client -> keys.stream()
                        .filter(key -> key.algorithm().equals(client.algorithm()))
                        .findFirst())
                .orElseThrow(() ->
                        Refusal.of(Fault.UNAUTHORIZED_CLIENT, "no client of this id has an algorithm for tokens here"));
    }

    /** Has an access token signed; when that cannot be, nothing has changed yet. */
    private ProviderAnswer issue(long number, Grant grant, boolean identifies, Order order) {
        holdings.issues.requireRoom();
        long issue = holdings.number();
        byte[] subject = person(grant.terms().name()).subject;
        TokenKey key = key(grant.terms());
        byte[] input = new Tokens(key).access(grant, subject, number + "." + issue, order.nowSeconds());
        if (!order.context().signFor(order.id(), key.id(), input)) {
            throw Refusal.busy(1);
        }
        holdings.issues.put(
                issue, new Issue(order.gateway(), number, order.nowSeconds(), order.nowMicros() + Issue.LIFE_MICROS));
        return new ProviderAnswer.Issued(
                issue,
                number,
                grant.terms().scope(),
                new String(input, StandardCharsets.US_ASCII),
                identifies,
                grant.mayRefresh());
    }

    ProviderAnswer refresh(ProviderCommand.Refresh wish, Order order) {
        ClientDesk.Known known = clients.requireBound(wish.caller(), order);
        Grant grant = holdings.grants
                .find(wish.grant())
                .filter(found -> found.mayRefresh()
                        && found.terms().client().equals(known.client().id()))
                .filter(found -> order.proves(wish.refresh()))
                .orElseThrow(GrantDesk::unknown);
        requireHeld(grant, known);
        Person person = person(grant.terms().name());
        if (grant.wasReplaced(wish.refresh())) {
            if (!grant.replacedBy().equals(order.name())) {
                holdings.grants.remove(wish.grant());
                throw Refusal.of(Fault.INVALID_GRANT, "the refresh token was used before: all of its kind end");
            }
            person.count(order.nowMicros());
            return issue(wish.grant(), grant, false, order);
        }
        if (!grant.refresh().equals(wish.refresh())) {
            throw unknown();
        }
        if (grant.replaced().size() >= Grant.REPLACED_MAX) {
            holdings.grants.remove(wish.grant());
            throw Refusal.of(Fault.INVALID_GRANT, "the person must sign in again");
        }
        Grant next = grant.replacedBy(wish.next(), order.name(), known.binding());
        if (wish.next().equals(Digest.ZERO) || next.wasReplaced(wish.next())) {
            throw Refusal.of(Fault.INVALID_REQUEST, "the next refresh token is not new");
        }
        person.count(order.nowMicros());
        ProviderAnswer answer = issue(wish.grant(), next, false, order);
        holdings.grants.put(wish.grant(), next);
        clients.spend(known, order);
        return answer;
    }

    /**
     * A client that is known by a certified name has a new certificate now and then, and the refresh token is the client's, not the
     * certificate's (RFC 8705, sections 6.3 and 7.1): what it gets from then on is bound to the new one.
     */
    private static void requireHeld(Grant grant, ClientDesk.Known known) {
        boolean renewed = known.client().method() == ProviderPolicy.Method.CERTIFIED
                && grant.binding().kind() == Binding.Kind.CERTIFICATE;
        if (!renewed && !grant.binding().equals(known.binding())) {
            throw Refusal.of(Fault.INVALID_GRANT, "the refresh token is bound to another key, or to none");
        }
    }

    private static Refusal unknown() {
        return Refusal.of(Fault.INVALID_GRANT, "the refresh token is old, or of another client");
    }

    ProviderAnswer identify(ProviderCommand.Identify wish, Order order) {
        Issue issue = holdings.issues
                .find(wish.issue())
                .filter(found -> found.gateway() == order.gateway())
                .orElseThrow(() -> Refusal.of(Fault.INVALID_GRANT, "the access token is another gateway's"));
        Grant grant = holdings.grants
                .find(issue.grant())
                .orElseThrow(() -> Refusal.of(Fault.INVALID_GRANT, "the grant has ended"));
        byte[] subject = person(grant.terms().name()).subject;
        TokenKey key = key(grant.terms());
        byte[] input = new Tokens(key).identity(grant.terms(), subject, wish.accessHash(), issue.atSeconds());
        if (!order.context().signFor(order.id(), key.id(), input)) {
            throw Refusal.busy(1);
        }
        return new ProviderAnswer.Identified(new String(input, StandardCharsets.US_ASCII));
    }

    /** What is no token is as good as one that was revoked (RFC 7009, section 2.2). */
    ProviderAnswer revoke(ProviderCommand.Revoke wish, Order order) {
        ClientDesk.Known known = clients.require(wish.caller(), order);
        boolean own = holdings.grants
                .find(wish.grant())
                .filter(found -> found.terms().client().equals(known.client().id()))
                .filter(found -> found.refresh().equals(wish.refresh()) || found.wasReplaced(wish.refresh()))
                .filter(found -> order.proves(wish.refresh()))
                .isPresent();
        if (own) {
            holdings.grants.remove(wish.grant());
        }
        clients.spend(known, order);
        return new ProviderAnswer.Done();
    }
}
