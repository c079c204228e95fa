package org.maftia.core.keys;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DistributedKey;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.KeyPlan;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/**
 * What one member does about the keys of its group: enrols, deals, opens what was dealt to it, complains or acknowledges, and
 * erases what is over. It acts on what the ledger says and on what its keeper holds, never on what it remembers having done,
 * so a crash at any step costs nothing but doing it again.
 *
 * <p>It says nothing to peers directly: everything goes through the log. Secrets live in its computations, and in the keeper.
 */
public final class KeyMember implements Protocol<KeyMember.Nothing> {
    private final Port<Nothing, Event> port;
    private final KeyKeeper keeper;
    private final Entropy entropy;
    private final SortedMap<String, Own> keys = new TreeMap<>();
    private boolean ended;

    /** Members exchange no messages. */
    public record Nothing() {}

    /** What it wants done. */
    public sealed interface Event {
        /** To be ordered, in this member's name. */
        record Order(KeyMessage message) implements Event {}

        /**
         * An epoch of a key, as this member has it: each that the log comes to, and again when shares come later.
         *
         * @param held empty where the member has no shares of it, as it was away when they were made
         */
        record Present(DiscreteLogKey key, Optional<HeldKey> held) implements Event {}
    }

    /** @param ledger of the keys that are cared for */
    public KeyMember(Port<Nothing, Event> port, KeyLedger ledger, KeyCare care) {
        this.port = port;
        this.keeper = care.keeper();
        this.entropy = care.entropy();
        ledger.lives().forEach((keyId, life) -> keys.put(keyId, new Own(life)));
    }

    @Override
    public Codec<Nothing> codec() {
        return Codec.ofNothing();
    }

    @Override
    public void receive(int from, Nothing message) {
        port.blame(from, "speaks about keys outside the log");
    }

    /** The ledger may have changed: no epoch is to be missed, even where nothing can be done yet. */
    public void note() {
        keys.values().forEach(Own::note);
    }

    /** The ledger may have changed. */
    public void act() {
        keys.values().forEach(Own::act);
    }

    /** The log has ended: from now on the member tells of its shares, and says and erases nothing. */
    public void end() {
        ended = true;
    }

    /**
     * No protocol uses an epoch before the present one any more, at any correct replica that does not catch up by a state: old
     * shares are erased.
     */
    public void release(String keyId) {
        Own own = keys.get(keyId);
        if (own != null) {
            own.releasedBelow = own.life.madeBy();
            own.act();
        }
    }

    /** One key. One computation at a time, so the keeper sees the steps of a key in their order. */
    private final class Own {
        private final KeyLife life;
        private final Vault vault;
        private boolean busy;

        // What was done already, so that it is not done again at every slot; forgotten by a crash, which does no harm.
        private long enrolled;
        private long dealt;
        private @Nullable Digest received;
        private long noted = -1;
        private long erased = -1;
        private long erasedBelow;

        /** The attempt that made the key of which this member was found to lack its share; -1: none. */
        private long lacking = -1;

        /** As many attempts there had been when it wished for another one for that reason. */
        private long wished = -1;

        /** Epochs of which to tell, the oldest first, by the attempts that made them. */
        private final SortedMap<Long, DiscreteLogKey> untold = new TreeMap<>();

        /** Shares that attempts below this one made are of no use any more. */
        private long releasedBelow;

        Own(KeyLife life) {
            this.life = life;
            this.vault = new Vault(keeper, life.upkeep().keyId(), port.self());
        }

        /** Does the next step, if there is one; its end brings the one after it. */
        void act() {
            note();
            Attempt open = life.open();
            if (busy || show() || ended || open != null && (enrol(open) || deal(open))) {
                return;
            }
            wish(open);
            Attempt current = open != null ? open : life.settled();
            if (current == null || !receive(current)) {
                erase(open);
            }
        }

        private <T> boolean compute(Supplier<T> task, Consumer<T> then) {
            busy = true;
            port.<T>compute(task, result -> {
                busy = false;
                then.accept(result);
                act();
            });
            return true;
        }

        private void order(KeyMessage message) {
            port.output(new Event.Order(message));
        }

        private String keyId() {
            return life.upkeep().keyId();
        }

        /** A state from elsewhere may bring two epochs at once, and the older one may still be in use. */
        void note() {
            DiscreteLogKey present = life.present();
            if (present == null || noted >= life.madeBy()) {
                return;
            }
            DiscreteLogKey before = life.before();
            if (before != null && noted < life.madeBefore()) {
                untold.put(life.madeBefore(), before);
            }
            noted = life.madeBy();
            untold.put(noted, present);
        }

        /** Tells who uses the key that there is another epoch. */
        private boolean show() {
            if (untold.isEmpty()) {
                return false;
            }
            long madeBy = untold.firstKey();
            DiscreteLogKey key = Invariant.present(untold.remove(madeBy), "the key is the map's");
            return compute(() -> vault.held(key, madeBy), held -> {
                boolean owner = key.formula().owners().contains(port.self());
                lacking = owner && held.isEmpty() ? madeBy : -1;
                port.output(new Event.Present(key, held));
            });
        }

        /**
         * Whoever was away while the group made the key has no share of it, and nobody knows when it would be renewed: so it wishes
         * for that, once for each attempt that did not help. Dealt keys it had, and lost: that an operator should know.
         */
        private void wish(@Nullable Attempt open) {
            DiscreteLogKey present = life.present();
            boolean first =
                    present != null && present.epoch() == 0 && life.upkeep().dealt() == null;
            boolean settling = life.settled() != null && life.settled().isEnrolled(port.self());
            if (first
                    && open == null
                    && !settling
                    && lacking == life.madeBy()
                    && wished < life.attempts()
                    && life.isRested()) {
                wished = life.attempts();
                order(new KeyMessage.Wish(keyId()));
            }
        }

        /** KEY leaves when its secret is durable: so after a crash this member opens what was dealt to it. */
        private boolean enrol(Attempt open) {
            long number = open.number();
            if (!open.isEnrolling() || open.isEnrolled(port.self()) || enrolled >= number) {
                return false;
            }
            enrolled = number;
            DiscreteLogKey present = life.present();
            long madeBy = life.madeBy();
            return compute(
                    () -> new KeyMessage.Enrol(
                            keyId(),
                            number,
                            vault.recipient(number, entropy),
                            present != null && vault.isBare(present, madeBy)),
                    this::order);
        }

        /** DEAL: another one after a crash before it was ordered, and the log takes the first. */
        private boolean deal(Attempt open) {
            DistributedKey making = open.making();
            long number = open.number();
            if (making == null || making.dealingLength(port.self()) == 0 || dealt >= number) {
                return false;
            }
            if (open.isBarred(port.self()) || open.hasDealt(port.self())) {
                return false;
            }
            dealt = number;
            DiscreteLogKey present = life.present();
            long madeBy = life.madeBy();
            return compute(
                    () -> dealing(making, present, madeBy),
                    dealing -> dealing.ifPresent(bytes -> order(new KeyMessage.Deal(keyId(), number, bytes))));
        }

        /** Computed elsewhere. Empty where a member lost the shares that it would hand on. */
        private Optional<byte[]> dealing(DistributedKey making, @Nullable DiscreteLogKey present, long madeBy) {
            if (making.dealingLength(port.self()) > KeyMessage.DEALING_LENGTH_MAX) {
                return Optional.empty();
            }
            if (present == null || making.plan().kind() != KeyPlan.Kind.RESHARING) {
                return Optional.of(making.deal(port.self(), null, entropy));
            }
            return vault.held(present, madeBy).map(held -> {
                try (held) {
                    return making.deal(port.self(), held.shares(), entropy);
                }
            });
        }

        /** ACK when the shares are durable, or COMPLAINT. */
        private boolean receive(Attempt current) {
            Attempt.Counted counted = current.counted();
            DistributedKey making = current.making();
            if (counted == null || making == null || !current.isEnrolled(port.self())) {
                return false;
            }
            if (current.isAcknowledgedBy(port.self()) || counted.digest().equals(received)) {
                return false;
            }
            received = counted.digest();
            long number = current.number();
            DiscreteLogKey old = making.plan().old();
            long oldBy = current == life.open() ? life.madeBy() : life.madeBefore();
            return compute(() -> vault.receive(making, counted, number, old, oldBy), said -> {
                said.forEach(what -> order(what));
                DiscreteLogKey present = life.present();
                if (present != null && life.madeBy() == number) {
                    untold.put(number, present); // it took effect meanwhile
                }
            });
        }

        /** Erases what the log says is over, and nothing that it does not know of yet: the log may still be catching up. */
        private void erase(@Nullable Attempt open) {
            long attempts = life.attempts();
            Attempt settled = life.settled();
            boolean done = settled == null || settled.isAcknowledgedBy(port.self());
            boolean over = open == null && done && erased < attempts;
            long below = Math.min(releasedBelow, life.madeBy());
            if (!over && erasedBelow >= below) {
                return;
            }
            long madeBy = life.madeBy();
            erased = over ? attempts : erased;
            erasedBelow = Math.max(erasedBelow, below);
            compute(
                    () -> {
                        if (over) {
                            vault.eraseAttempts(madeBy, attempts);
                        }
                        if (below > 0) {
                            vault.eraseBelow(below);
                        }
                        return true;
                    },
                    nothing -> {});
        }
    }
}
