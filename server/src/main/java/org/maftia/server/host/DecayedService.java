package org.maftia.server.host;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.MerkleMap;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A service whose memory an intruder spoils: its results are wrong in a bit, and the state root that it vouches for at
 * checkpoints is one of his own.
 */
final class DecayedService implements StateMachine {
    private final StateMachine correct;

    private final BooleanSupplier active;

    DecayedService(StateMachine correct, BooleanSupplier active) {
        this.correct = correct;
        this.active = active;
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        byte[] result = correct.apply(command, context);
        if (result == null || result.length == 0 || !active.getAsBoolean()) {
            return result;
        }
        byte[] spoiled = result.clone();
        spoiled[spoiled.length / 2] ^= 1;
        return spoiled;
    }

    @Override
    public void signed(long reference, byte[] signature, Context context) {
        correct.signed(reference, signature, context);
    }

    @Override
    public long dueMicros() {
        return correct.dueMicros();
    }

    @Override
    public void tick(Context context) {
        correct.tick(context);
    }

    @Override
    public @Nullable Reading read(byte[] operation) {
        Reading reading = correct.read(operation);
        return reading == null || !active.getAsBoolean() ? reading : new Reading(reading.slot(), new byte[] {1});
    }

    @Override
    public MerkleMap view() {
        return active.getAsBoolean() ? correct.view().with("decayed", new byte[] {1}) : correct.view();
    }

    @Override
    public void snapshot(Writer writer) {
        correct.snapshot(writer);
    }

    @Override
    public void restore(Reader reader) {
        correct.restore(reader);
    }

    @Override
    public Digest root() {
        if (!active.getAsBoolean()) {
            return correct.root();
        }
        return Transcript.of("decayed state").field(correct.root()).digest();
    }
}
