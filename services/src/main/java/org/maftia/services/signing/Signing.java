package org.maftia.services.signing;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.signing.SigningAnswer.Reason;

/**
 * Has digests signed under the policy of each key. A command is a {@link SigningCommand}, a result a {@link SigningAnswer}; the
 * signature itself comes to the gateway that asked ({@link Context#signFor}), so nothing is pending here.
 */
public final class Signing implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "signing";

    /** Keys of one group: a search for primes each, when they are dealt. */
    public static final int KEYS_MAX = 16;

    private static final long MINUTE_MICROS = 60_000_000;

    private final SortedMap<String, Desk> desks = new TreeMap<>();
    private final SpentProofs spent = new SpentProofs();

    /** @param policies of at most {@link #KEYS_MAX} keys, each with another name */
    public Signing(List<SigningPolicy> policies) {
        if (policies.size() > KEYS_MAX) {
            throw new IllegalArgumentException("a group has at most " + KEYS_MAX + " keys for signing");
        }
        for (SigningPolicy policy : policies) {
            if (desks.put(policy.name(), new Desk(policy)) != null) {
                throw new IllegalArgumentException("two keys have the name " + policy.name());
            }
        }
    }

    /** One key: its policy, and the one number that its rate needs. */
    private static final class Desk {
        private final SigningPolicy policy;
        private final Ed25519Verifier verifier;

        /** When what was signed would be used up at exactly the rate: at most a minute ahead of now. */
        private long usedUntilMicros;

        Desk(SigningPolicy policy) {
            this.policy = policy;
            this.verifier = new Ed25519Verifier(policy.callers());
        }

        private long intervalMicros() {
            return MINUTE_MICROS / policy.signaturesPerMinute();
        }

        /** How long the key must rest; 0: not at all. */
        long waitMicros(long now) {
            return Math.max(0, usedUntilMicros + intervalMicros() - MINUTE_MICROS - now);
        }

        void count(long now) {
            usedUntilMicros = Math.max(now, usedUntilMicros) + intervalMicros();
        }

        boolean isProved(SigningCommand command, Digest statement) {
            for (int i = 0; i < policy.callers().size(); i++) {
                if (Arrays.equals(policy.callers().get(i), command.request().caller())) {
                    return verifier.verify(i, statement, command.proof());
                }
            }
            return false;
        }
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        SigningCommand wanted;
        try {
            wanted = SigningCommand.CODEC.decode(command.operation());
        } catch (MalformedException e) {
            return refused(Reason.MALFORMED);
        }
        @Nullable Desk desk = desks.get(wanted.request().key());
        if (desk == null) {
            return refused(Reason.NO_KEY);
        }
        return answer(judged(command, wanted, desk, context));
    }

    private static byte[] refused(Reason reason) {
        return answer(new SigningAnswer.Refused(reason));
    }

    private static byte[] answer(SigningAnswer answer) {
        return SigningAnswer.CODEC.encode(answer);
    }

    /** The proof first: who is no caller learns nothing of the policy, and changes nothing. */
    private SigningAnswer judged(Command command, SigningCommand wanted, Desk desk, Context context) {
        long now = context.timeMicros();
        spent.forget(now);
        SigningCommand.Request request = wanted.request();
        Digest statement = SigningCommand.statement(request, desk.policy.publicKey());
        if (!desk.isProved(wanted, statement)) {
            return new SigningAnswer.Refused(Reason.CALLER);
        }
        if (command.id().client() != request.gateway()) {
            return new SigningAnswer.Refused(Reason.GATEWAY);
        }
        if (!SpentProofs.isFresh(request.timeMicros(), now)) {
            return new SigningAnswer.Refused(Reason.TIME);
        }
        if (spent.contains(statement, request.timeMicros())) {
            return new SigningAnswer.Refused(Reason.REPEATED);
        }
        if (request.pss() != desk.policy.pss()) {
            return new SigningAnswer.Refused(Reason.PADDING);
        }
        if (!desk.policy.hashes().contains(request.hash())) {
            return new SigningAnswer.Refused(Reason.HASH);
        }
        long wait = desk.waitMicros(now);
        if (wait > 0) {
            return new SigningAnswer.Limited(wait);
        }
        byte[] message = request.hash().message(request.digest());
        if (!spent.hasRoom() || !context.signFor(command.id(), desk.policy.keyId(), message)) {
            return new SigningAnswer.Busy();
        }
        spent.add(statement, request.timeMicros());
        desk.count(now);
        return new SigningAnswer.Granted();
    }

    @Override
    public void snapshot(Writer writer) {
        writer.u8(desks.size());
        desks.forEach((name, desk) -> writer.string(name).u64(desk.usedUntilMicros));
        spent.write(writer);
    }

    /** Keys that another configuration had are forgotten with what they signed. */
    @Override
    public void restore(Reader reader) {
        int count = reader.u8();
        if (count > KEYS_MAX) {
            throw new MalformedException("more keys than a group has");
        }
        desks.values().forEach(desk -> desk.usedUntilMicros = 0);
        for (; count > 0; count--) {
            @Nullable Desk desk = desks.get(reader.string(SigningCommand.NAME_LENGTH_MAX));
            long usedUntilMicros = reader.count();
            if (desk != null) {
                desk.usedUntilMicros = usedUntilMicros;
            }
        }
        spent.read(reader);
        reader.end();
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(1024);
        snapshot(writer);
        return Transcript.of("signing/state").field(writer.toBytes()).digest();
    }
}
