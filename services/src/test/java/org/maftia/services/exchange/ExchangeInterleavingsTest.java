package org.maftia.services.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.exchange.message.ExchangeToken.Outcome;
import org.maftia.services.exchange.message.ItemAcceptance;
import org.maftia.services.exchange.message.ItemOffer;

/**
 * Every order in which one honest party, one that does whatever it likes, and the trusted party can act. In each: never an
 * abort token and a resolve token of one exchange, and in the end the honest party has what it was promised, or the other
 * one has nothing.
 */
class ExchangeInterleavingsTest {
    private static final TestParty ALICE = new TestParty("alice");
    private static final TestParty BOB = new TestParty("bob");

    private int runs;

    /** One order of acts so far: who knows what, and what the trusted party decided. */
    private abstract static class Run<A extends Enum<A>> {
        final TestTrusted trusted;
        final EnumSet<A> left;
        final Set<Outcome> outcomes;

        Run(TestTrusted trusted, EnumSet<A> left, Set<Outcome> outcomes) {
            this.trusted = trusted;
            this.left = EnumSet.copyOf(left);
            this.outcomes = outcomes.isEmpty() ? EnumSet.noneOf(Outcome.class) : EnumSet.copyOf(outcomes);
        }

        abstract Run<A> copy();

        /** Does it; false: it would change nothing here, so the orders without it say the same. */
        abstract boolean act(A act);

        /** The honest party runs out of patience, and then all is over. */
        abstract void end();

        ExchangeAnswer.Decided ask(byte[] command) {
            ExchangeAnswer.Decided decided = (ExchangeAnswer.Decided) trusted.ask(command);
            outcomes.add(TestTrusted.token(decided).outcome());
            assertThat(outcomes.contains(Outcome.ABORTED) && outcomes.contains(Outcome.RESOLVED))
                    .isFalse();
            return decided;
        }
    }

    private <A extends Enum<A>> void explore(Run<A> run) {
        Run<A> over = run.copy();
        over.end();
        runs++;
        for (A act : run.left) {
            Run<A> next = run.copy();
            next.left.remove(act);
            if (next.act(act)) {
                explore(next);
            }
        }
    }

    private enum AgainstA {
        ACCEPT,
        ACCEPT_OTHERWISE,
        OPEN,
        OPEN_OTHERWISE,
        RESOLVE,
        RESOLVE_OTHERWISE,
        IMPATIENCE_OF_A
    }

    /** A is honest. B signs two acceptances, opens them or not, and goes to the trusted party when it likes. */
    private static final class HonestA extends Run<AgainstA> {
        private static final ContractOffer M1 = ALICE.offer(TestTrusted.NAME, BOB, "text", "na");
        private static final ContractAcceptance M2 = BOB.accept(M1, "nb");
        private static final ContractAcceptance OTHER = BOB.accept(M1, "another nb");

        private @Nullable ContractAcceptance confirmed;
        private boolean aHasOpening;
        private @Nullable Outcome heard;

        HonestA(TestTrusted trusted, EnumSet<AgainstA> left, Set<Outcome> outcomes) {
            super(trusted, left, outcomes);
        }

        @Override
        HonestA copy() {
            HonestA copy = new HonestA(trusted.copy(), left, outcomes);
            copy.confirmed = confirmed;
            copy.aHasOpening = aHasOpening;
            copy.heard = heard;
            return copy;
        }

        @Override
        boolean act(AgainstA act) {
            switch (act) {
                case ACCEPT -> {
                    return accept(M2);
                }
                case ACCEPT_OTHERWISE -> {
                    return accept(OTHER);
                }
                case OPEN -> {
                    return open(M2);
                }
                case OPEN_OTHERWISE -> {
                    return open(OTHER);
                }
                case RESOLVE -> ask(BOB.resolve(M1, M2));
                case RESOLVE_OTHERWISE -> ask(BOB.resolve(M1, OTHER));
                case IMPATIENCE_OF_A -> {
                    return impatience();
                }
            }
            return true;
        }

        private boolean open(ContractAcceptance acceptance) {
            boolean opens = confirmed == acceptance && !aHasOpening;
            aHasOpening |= opens;
            return opens;
        }

        /** From the first good acceptance on A has said its last word; before, after it went to the trusted party, none. */
        private boolean accept(ContractAcceptance acceptance) {
            boolean counts = confirmed == null && heard == null;
            if (counts) {
                confirmed = acceptance;
            }
            return counts;
        }

        private boolean impatience() {
            boolean lost = heard == null && !aHasOpening;
            if (lost) {
                byte[] appeal = confirmed == null ? ALICE.abort(M1) : ALICE.resolve(M1, confirmed);
                heard = TestTrusted.token(ask(appeal)).outcome();
            }
            return lost;
        }

        @Override
        void end() {
            impatience();
            boolean aHasContract = aHasOpening || heard == Outcome.RESOLVED;
            // B can show the contract with what A confirmed, as it has both secrets then, or with a token.
            ask(BOB.resolve(M1, M2));
            boolean bHasContract = confirmed != null || outcomes.contains(Outcome.RESOLVED);
            assertThat(aHasContract || !bHasContract).as("A's end").isTrue();
        }
    }

    private enum AgainstB {
        CONFIRM,
        ABORT,
        RESOLVE,
        IMPATIENCE_OF_B
    }

    /** B is honest, and has accepted. A confirms or not, aborts when it likes, or resolves. */
    private static final class HonestB extends Run<AgainstB> {
        private boolean confirmed;
        private @Nullable Outcome heard;

        HonestB(TestTrusted trusted, EnumSet<AgainstB> left, Set<Outcome> outcomes) {
            super(trusted, left, outcomes);
        }

        @Override
        HonestB copy() {
            HonestB copy = new HonestB(trusted.copy(), left, outcomes);
            copy.confirmed = confirmed;
            copy.heard = heard;
            return copy;
        }

        @Override
        boolean act(AgainstB act) {
            switch (act) {
                case CONFIRM -> confirmed |= heard == null; // B opens its commitment with the answer
                case ABORT -> ask(ALICE.abort(HonestA.M1));
                case RESOLVE -> ask(ALICE.resolve(HonestA.M1, HonestA.M2));
                case IMPATIENCE_OF_B -> impatience();
            }
            return true;
        }

        private void impatience() {
            if (!confirmed && heard == null) {
                heard = TestTrusted.token(ask(BOB.resolve(HonestA.M1, HonestA.M2)))
                        .outcome();
            }
        }

        @Override
        void end() {
            impatience();
            ask(ALICE.resolve(HonestA.M1, HonestA.M2));
            boolean bHasContract = confirmed || heard == Outcome.RESOLVED;
            boolean aHasContract = confirmed || outcomes.contains(Outcome.RESOLVED);
            assertThat(bHasContract || !aHasContract).as("B's end").isTrue();
        }
    }

    private enum Swap {
        SHOW_GOOD,
        SHOW_FALSE,
        RESOLVE_GOOD,
        RESOLVE_FALSE,
        IMPATIENCE_OF_A
    }

    /** A is honest and has B's escrow checked before it gives anything. B has a good escrow and a false one. */
    private static final class Checked extends Run<Swap> {
        private static final ItemOffer E1 = offer();
        private static final ItemAcceptance GOOD = accepted("coin");
        private static final ItemAcceptance FALSE = accepted("counterfeit");

        private @Nullable ItemAcceptance shown;
        private boolean aHasItem;
        private boolean bHasItem;

        Checked(TestTrusted trusted, EnumSet<Swap> left, Set<Outcome> outcomes) {
            super(trusted, left, outcomes);
        }

        private static ItemOffer offer() {
            byte[] label = ItemOffer.label(
                    TestTrusted.NAME,
                    ALICE.party(),
                    BOB.party(),
                    TestParty.digest("song"),
                    TestParty.digest("coin"),
                    "a swap");
            return ALICE.offerItem(
                    TestTrusted.NAME,
                    BOB,
                    TestParty.digest("song"),
                    TestParty.digest("coin"),
                    TestTrusted.escrow(TestParty.escrowed("song", "salt a"), label));
        }

        private static ItemAcceptance accepted(String item) {
            return BOB.acceptItem(E1, TestTrusted.escrow(TestParty.escrowed(item, "salt b"), E1.label()));
        }

        @Override
        Checked copy() {
            Checked copy = new Checked(trusted.copy(), left, outcomes);
            copy.shown = shown;
            copy.aHasItem = aHasItem;
            copy.bHasItem = bHasItem;
            return copy;
        }

        @Override
        boolean act(Swap act) {
            switch (act) {
                case SHOW_GOOD -> show(GOOD);
                case SHOW_FALSE -> show(FALSE);
                case RESOLVE_GOOD -> byB(GOOD);
                case RESOLVE_FALSE -> byB(FALSE);
                case IMPATIENCE_OF_A -> impatience();
            }
            return true;
        }

        private void show(ItemAcceptance acceptance) {
            if (shown == null) {
                shown = acceptance;
                byA(acceptance);
            }
        }

        private void byA(ItemAcceptance acceptance) {
            byte[] item = ask(ALICE.resolve(E1, acceptance)).item();
            aHasItem |= item.length > 0 && TestParty.isItem(ALICE.open(E1, item), "coin");
        }

        private void byB(ItemAcceptance acceptance) {
            byte[] item = ask(BOB.resolve(E1, acceptance)).item();
            bHasItem |= item.length > 0 && TestParty.isItem(BOB.open(E1, item), "song");
        }

        private void impatience() {
            if (!aHasItem) {
                ExchangeToken token = TestTrusted.token(ask(ALICE.abort(E1)));
                if (token.outcome() == Outcome.RESOLVED) {
                    byA(shown == null ? FALSE : shown); // whatever acceptance it has, it is given what was B's
                }
            }
        }

        @Override
        void end() {
            impatience();
            byB(GOOD);
            assertThat(aHasItem || !bHasItem).as("A's end").isTrue();
        }
    }

    @Test
    @Attack("exchange: B acts in every order against an honest A")
    void noOrderOfActsCheatsA() {
        explore(new HonestA(new TestTrusted(), EnumSet.allOf(AgainstA.class), Set.of()));
        assertThat(runs).isGreaterThan(150);
    }

    @Test
    @Attack("exchange: A acts in every order against an honest B")
    void noOrderOfActsCheatsB() {
        explore(new HonestB(new TestTrusted(), EnumSet.allOf(AgainstB.class), Set.of()));
        assertThat(runs).isGreaterThan(50);
    }

    @Test
    @Attack("exchange: B acts in every order against an A that has escrows checked")
    void noOrderOfActsTakesAnItemForNothing() {
        explore(new Checked(new TestTrusted(), EnumSet.allOf(Swap.class), Set.of()));
        assertThat(runs).isGreaterThan(200);
    }
}
