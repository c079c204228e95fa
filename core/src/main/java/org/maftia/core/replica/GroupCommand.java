package org.maftia.core.replica;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.keys.KeyMessage;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the replicas themselves put into the log, as the service {@link #SERVICE}. */
sealed interface GroupCommand {
    /** The name of the service that every group runs. */
    String SERVICE = "group";

    /**
     * A finished threshold signature. Anybody may bring it: it is checked when executed, and there is only one.
     *
     * @param number of the request for it
     * @param contributors the replicas whose shares made it, as bits: a hint for choosing the next ones, unchecked
     */
    record Signed(long number, byte[] signature, long contributors) implements GroupCommand {}

    /**
     * A replica that lost its journal asks the group to pass the epochs in which it may have voted.
     *
     * @param epoch the highest epoch that may hold votes of the replica that it forgot
     */
    record Rejoin(long epoch) implements GroupCommand {}

    /**
     * Stands in the log, so that a replica that executes its own knows that it executed all that it ever had before.
     *
     * @param certify whether a checkpoint is wanted after it, for readers who want a younger one
     */
    record Mark(boolean certify) implements GroupCommand {}

    /** A member of the next configuration is ready; whoever brings it. */
    record Ready(Readiness readiness) implements GroupCommand {}

    /** A member says something about a key that the group keeps; it speaks for itself only. */
    record AboutKey(KeyMessage message) implements GroupCommand {}

    /**
     * What opens a ciphertext that a service wants opened. Anybody may bring it: it is checked when executed, and every
     * qualified set of true shares gives the same message.
     *
     * @param number of the request for it
     * @param keyEpoch of which the shares are
     * @param shares by replica; none where the ciphertext is not valid, so that nothing opens it
     */
    record Opened(long number, long keyEpoch, SortedMap<Integer, byte[]> shares) implements GroupCommand {
        public Opened {
            shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
        }
    }

    /** A member's part of an evaluation; it speaks for itself only. */
    record Part(long number, byte[] part) implements GroupCommand {}

    /**
     * What a member sees in the world outside; it speaks for itself only.
     *
     * @param answers by the numbers of the questions, one at least
     */
    record Observed(SortedMap<Long, byte[]> answers) implements GroupCommand {
        /** With the longest answers they take as much as a request of a client may. */
        static final int ANSWERS_MAX = 32;

        public Observed {
            answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
        }
    }

    /** A member's trusted component says in which epoch it works; the member speaks for its own. */
    record Introduced(Attestation.Introduction introduction) implements GroupCommand {}

    /**
     * A member has proof that another one is corrupt; it speaks for itself only.
     *
     * @param stream of the configuration in which the replica has its index: what is said in another one is not meant
     * @param replica by index
     * @param epoch of its component
     */
    record Convicted(int stream, int replica, long epoch) implements GroupCommand {}

    /** A member's gateway has a signature that was for it alone; it speaks for itself only. */
    record Taken(long number) implements GroupCommand {}

    /** Longest signature: RSA of 4,096 bits. */
    int SIGNATURE_LENGTH_MAX = 512;

    Codec<GroupCommand> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, GroupCommand value) {
            switch (value) {
                case Signed signed ->
                    writer.u8(1).u64(signed.number).opaque16(signed.signature).u64(signed.contributors);
                case Rejoin rejoin -> writer.u8(2).u64(rejoin.epoch);
                case Mark mark -> writer.u8(3).bool(mark.certify);
                case Ready ready -> Readiness.CODEC.write(writer.u8(4), ready.readiness);
                case Opened opened -> {
                    writer.u8(5).u64(opened.number).u64(opened.keyEpoch).u8(opened.shares.size());
                    opened.shares.forEach((replica, share) -> writer.u8(replica).opaque16(share));
                }
                case AboutKey about -> KeyMessage.CODEC.write(writer.u8(6), about.message);
                case Part part -> writer.u8(7).u64(part.number).opaque16(part.part);
                case Taken taken -> writer.u8(10).u64(taken.number);
                case Observed observed -> {
                    writer.u8(8).u8(observed.answers.size());
                    observed.answers.forEach(
                            (number, answer) -> writer.u64(number).opaque16(answer));
                }
                case Convicted convicted ->
                    writer.u8(11).u32(convicted.stream).u8(convicted.replica).u64(convicted.epoch);
                case Introduced introduced ->
                    Attestation.Introduction.CODEC.write(writer.u8(9), introduced.introduction);
            }
        }

        @Override
        public GroupCommand read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Signed(reader.count(), reader.opaque16(SIGNATURE_LENGTH_MAX), reader.u64());
                case 2 -> new Rejoin(reader.count());
                case 3 -> new Mark(reader.bool());
                case 4 -> new Ready(Readiness.CODEC.read(reader));
                case 5 -> new Opened(reader.count(), reader.count(), shares(reader));
                case 6 -> new AboutKey(KeyMessage.CODEC.read(reader));
                case 7 -> new Part(reader.count(), reader.opaque16(ObliviousFunction.PART_LENGTH_MAX));
                case 8 -> new Observed(answers(reader));
                case 9 -> new Introduced(Attestation.Introduction.CODEC.read(reader));
                case 10 -> new Taken(reader.count());
                case 11 -> convicted(reader);
                default -> throw new MalformedException("no group command");
            };
        }

        private static Convicted convicted(Reader reader) {
            long stream = reader.u32();
            if (stream > Integer.MAX_VALUE) {
                throw new MalformedException("no stream");
            }
            return new Convicted((int) stream, reader.replica(ReplicaSet.SIZE_MAX), reader.count());
        }

        private static SortedMap<Long, byte[]> answers(Reader reader) {
            SortedMap<Long, byte[]> answers = new TreeMap<>();
            int count = reader.u8();
            if (count == 0 || count > Observed.ANSWERS_MAX) {
                throw new MalformedException("a member says one thing that it sees, or some");
            }
            for (int left = count; left > 0; left--) {
                long number = reader.count();
                if (!answers.isEmpty() && number <= answers.lastKey()) {
                    throw new MalformedException("answers come in the order of their questions");
                }
                answers.put(number, reader.opaque16(PendingObservations.ANSWER_LENGTH_MAX));
            }
            return answers;
        }

        private static SortedMap<Integer, byte[]> shares(Reader reader) {
            SortedMap<Integer, byte[]> shares = new TreeMap<>();
            for (int count = reader.u8(); count > 0; count--) {
                int replica = reader.replica(ReplicaSet.SIZE_MAX);
                if (!shares.isEmpty() && replica <= shares.lastKey()) {
                    throw new MalformedException("shares come in the order of their replicas");
                }
                shares.put(replica, reader.opaque16(ThresholdCipher.SHARE_LENGTH_MAX));
            }
            return shares;
        }
    };
}
