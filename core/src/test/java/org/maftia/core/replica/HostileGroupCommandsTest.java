package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Mutation;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What replicas themselves put into the log, when one of them puts in anything: the others go on, and have one state. */
class HostileGroupCommandsTest {
    private static final String KEY = "key";
    private static final int ROUNDS = 60;

    /** Has everything done for it that a group does, and counts what comes. */
    private static final class Wanting implements StateMachine {
        private static final String NAME = "wanting";

        private long asked;
        private long got;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            long reference = ++asked;
            context.sign(KEY, command.operation(), reference);
            context.draw(reference);
            context.decrypt(command.operation(), new byte[0], reference);
            try (BlindedInput input = BlindedInput.of(new byte[] {1}, new SeededEntropy(reference))) {
                context.evaluate("oprf", new byte[] {1}, input.toBytes(), reference);
            }
            context.observe(command.operation(), reference, context.timeMicros() + 1_000_000);
            context.signFor(command.id(), KEY, command.operation());
            return new byte[0];
        }

        @Override
        public void signed(long reference, byte[] signature, Context context) {
            got++;
        }

        @Override
        public void drawn(long reference, byte[] random, Context context) {
            got++;
        }

        @Override
        public void decrypted(long reference, byte @Nullable [] message, Context context) {
            got++;
        }

        @Override
        public void evaluated(long reference, byte[] element, Context context) {
            got++;
        }

        @Override
        public boolean observed(long reference, Observations observations, Context context) {
            got++;
            return observations.isOver() || observations.isQuorum(answer -> answer.length == 1);
        }

        @Override
        public void snapshot(Writer writer) {
            writer.u64(asked).u64(got);
        }

        @Override
        public void restore(Reader reader) {
            asked = reader.count();
            got = reader.count();
        }

        @Override
        public Digest root() {
            return Digest.ZERO;
        }
    }

    private static final class Wants implements TrialLog.Group {
        @Override
        public SortedMap<String, StateMachine> services() {
            SortedMap<String, StateMachine> services = new TreeMap<>();
            services.put(Wanting.NAME, new Wanting());
            return services;
        }

        @Override
        public SortedMap<String, TrialKey> keys() {
            SortedMap<String, TrialKey> keys = new TreeMap<>();
            for (String id : List.of(KEY, Drawing.KEY_ID)) {
                keys.put(id, new TrialKey(id, RsaEncoding.PKCS1_SHA256));
            }
            return keys;
        }
    }

    /** One of each kind, about something that is there. */
    private static List<GroupCommand> commands(long number) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        shares.put(0, new byte[32]);
        shares.put(3, new byte[32]);
        return List.of(
                new GroupCommand.Signed(number, new byte[256], -1),
                new GroupCommand.Rejoin(number),
                new GroupCommand.Mark(true),
                new GroupCommand.Ready(new Readiness(Digest.ZERO, 3, number, new byte[64])),
                new GroupCommand.Opened(number, 0, shares),
                new GroupCommand.Opened(number, Long.MAX_VALUE, new TreeMap<>()),
                new GroupCommand.Part(number, new byte[99]),
                new GroupCommand.Observed(new TreeMap<>(Map.of(number, new byte[] {1}))),
                new GroupCommand.Taken(number),
                new GroupCommand.Introduced(new Attestation.Introduction(3, number, new byte[32], new byte[64])),
                new GroupCommand.AboutKey(new org.maftia.core.keys.KeyMessage.Wish("none")));
    }

    @Attack("group commands that are anything")
    @Seeds(6)
    void noCommandOfAReplicaStopsAnother(long seed) {
        Mutation mutation = new Mutation(seed);
        TrialLog log = new TrialLog(new Wants(), 1_700_000_000_000_000L);
        for (int round = 0; round < ROUNDS; round++) {
            log.order(mutation.below(5) == 0 ? TrialLog.CLIENT : 1, Wanting.NAME, new byte[] {(byte) round});
            for (GroupCommand command : commands(round)) {
                byte[] good = GroupCommand.CODEC.encode(command);
                int who = mutation.any(List.of(0, 1, 2, 3, TrialLog.CLIENT));
                log.order(who, GroupCommand.SERVICE, mutation.coin() ? good : mutation.of(good));
                String other = mutation.any(List.of(Reconfiguration.SERVICE, ConfidentialCall.SERVICE, ""));
                log.order(who, other, mutation.of(good));
            }
            if (round % 8 == 0) {
                log.pass(2_000_000);
                log.work((replica, question) -> replica == 3 ? new byte[9] : new byte[1]);
                log.requireSameAfterRestart();
            }
        }
        log.pass(100_000_000);
        log.work((replica, question) -> new byte[1]);
        assertThat(log.dueMicros()).isEqualTo(Long.MAX_VALUE);
        log.requireSameAfterRestart();
    }
}
