package org.maftia.services.openid;

import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.openid.GrantDesk.Order;
import org.maftia.services.openid.Person.Passkey;
import org.maftia.services.openid.ProviderAnswer.Fault;

/** People and passkeys leave: by their own wish, or by that of an officer. What they had given ends with them. */
final class RemovalDesk {
    /** Who left a browser open loses no account by it. */
    static final long SESSION_SECONDS_MAX = 300;

    private final ProviderPolicy policy;
    private final Holdings holdings;

    RemovalDesk(ProviderPolicy policy, Holdings holdings) {
        this.policy = policy;
        this.holdings = holdings;
    }

    ProviderAnswer remove(ProviderCommand.Remove wish, Order order) {
        Session session = holdings.sessions
                .find(wish.session())
                .filter(found -> order.proves(wish.session()))
                .filter(found -> order.nowSeconds() - found.sinceSeconds() <= SESSION_SECONDS_MAX)
                .orElseThrow(() -> Refusal.of(Fault.LOGIN_REQUIRED, "sign in again, then remove within five minutes"));
        Person person = holdings.person(session.name())
                .orElseThrow(() -> Refusal.of(Fault.ACCESS_DENIED, "the person is gone"));
        if (wish.passkey().length == 0) {
            holdings.remove(person);
            return new ProviderAnswer.Done();
        }
        Passkey passkey = person.passkeys.stream()
                .filter(one -> one.isNamed(wish.passkey()))
                .findFirst()
                .orElseThrow(() -> Refusal.of(Fault.INVALID_REQUEST, "the person has no such passkey"));
        if (person.passkeys.size() == 1 && person.password.equals(Digest.ZERO)) {
            throw Refusal.of(Fault.ACCESS_DENIED, "without the last passkey nobody could sign in as this person");
        }
        holdings.remove(person, passkey, wish.session());
        return new ProviderAnswer.Done();
    }

    ProviderAnswer official(ProviderCommand.Official command, Order order) {
        RemovalOrder removal;
        try {
            removal = RemovalOrder.CODEC.decode(command.order());
        } catch (MalformedException e) {
            throw Refusal.of(Fault.INVALID_REQUEST, "no order of an officer");
        }
        byte[] statement =
                RemovalOrder.statement(policy.group(), command.order()).toBytes();
        boolean signed = removal.officer() < policy.officers().size()
                && BearerSecret.isSignedBy(policy.officers().get(removal.officer()), statement, command.signature());
        if (!signed) {
            throw Refusal.of(Fault.ACCESS_DENIED, "the order is not signed by an officer of the group");
        }
        Digest mark = Transcript.of("openid/removal").field(removal.nonce()).digest();
        boolean good = removal.untilSeconds() > order.nowSeconds()
                && removal.untilSeconds() <= order.nowSeconds() + RemovalOrder.SECONDS_MAX
                && holdings.spent.find(mark).isEmpty();
        if (!good) {
            throw Refusal.of(Fault.INVALID_REQUEST, "the order was carried out before, or is not good now");
        }
        holdings.spent.requireRoom();
        Optional<Person> person = holdings.person(removal.name());
        if (person.isEmpty()) {
            throw Refusal.of(Fault.INVALID_REQUEST, "nobody is registered under this name");
        }
        holdings.remove(person.get());
        holdings.spent.put(mark, new Spent(order.name(), "", removal.untilSeconds() * 1_000_000));
        return new ProviderAnswer.Done();
    }
}
