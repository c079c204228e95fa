package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.replica.RefusedReadException.Reason;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One value of a service's view with everything that proves it: whoever knows the {@link Charter} of the group can check
 * it, at any time and without asking anybody, and it does not matter from whom it comes. It says what the value
 * <em>was</em> after the slot of the checkpoint, at its agreed time; it may have changed since.
 *
 * @param configuration of the group
 * @param service whose view
 * @param key the question
 * @param value the answer; null: the view has no such key
 * @param keyProof from the key to the root of the service's view
 * @param serviceProof from the service to the root of all views
 * @param checkpoint signed by a quorum
 */
public record CertifiedRead(
        Digest configuration,
        String service,
        String key,
        byte @Nullable [] value,
        MerkleMap.Proof keyProof,
        MerkleMap.Proof serviceProof,
        StableCheckpoint checkpoint) {
    private static final int VERSION = 1;

    /** Bytes of a value: no operation could have brought in more. */
    public static final int VALUE_LENGTH_MAX = 1 << 20;

    /** Bytes of an encoded read besides its value: two proofs of full depth, and the signatures of a large group. */
    public static final int ENVELOPE_LENGTH_MAX = 32 << 10;

    /** The last slot whose effects the answer shows. */
    public long slot() {
        return checkpoint.claim().slot();
    }

    /** Agreed time of that slot, in microseconds since 1970. */
    public long timeMicros() {
        return checkpoint.claim().timeMicros();
    }

    /**
     * Returns when the group certified that its service gave this value to this key, at {@code notBeforeMicros} or later.
     *
     * @param asked the service that the caller asked, whatever stands in the answer
     * @param askedKey the key likewise
     * @param notBeforeMicros agreed time, in microseconds since 1970; 0 for any
     * @throws RefusedReadException with the first reason against it
     */
    public void verify(Charter charter, String asked, String askedKey, long notBeforeMicros)
            throws RefusedReadException {
        require(service.equals(asked) && key.equals(askedKey), Reason.OTHER_QUESTION);
        require(configuration.equals(charter.configuration()), Reason.OTHER_CONFIGURATION);
        StableCheckpoint.Claim claim = checkpoint.claim();
        ReplicaSet signers = checkpoint.certificate().signers();
        require(charter.trust().all().containsAll(signers), Reason.UNKNOWN_SIGNER);
        require(charter.trust().isQuorum(signers), Reason.NO_QUORUM);
        Digest signed = claim.digest(configuration);
        require(checkpoint.certificate().verify(charter.verifier(), signed), Reason.FALSE_SIGNATURE);
        Digest view = keyProof.root(key, value);
        Digest root = view == null ? null : serviceProof.root(service, view.toBytes());
        require(claim.viewRoot().equals(root), Reason.NOT_IN_STATE);
        require(claim.timeMicros() >= notBeforeMicros, Reason.TOO_OLD);
    }

    private static void require(boolean condition, Reason otherwise) throws RefusedReadException {
        if (!condition) {
            throw new RefusedReadException(otherwise);
        }
    }

    /** Begins with a version, as it lies in files and caches. */
    public static final Codec<CertifiedRead> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, CertifiedRead read) {
            writer.u8(VERSION).digest(read.configuration).string(read.service).string(read.key);
            writer.bool(read.value != null);
            if (read.value != null) {
                writer.opaque32(read.value);
            }
            MerkleMap.Proof.CODEC.write(writer, read.keyProof);
            MerkleMap.Proof.CODEC.write(writer, read.serviceProof);
            StableCheckpoint.CODEC.write(writer, read.checkpoint);
        }

        @Override
        public CertifiedRead read(Reader reader) {
            int version = reader.u8();
            if (version != VERSION) {
                throw new MalformedException("certified read of version " + version + ", not " + VERSION);
            }
            return new CertifiedRead(
                    reader.digest(),
                    reader.string(ServiceCall.NAME_LENGTH_MAX),
                    MerkleMap.readKey(reader),
                    reader.bool() ? reader.opaque32(VALUE_LENGTH_MAX) : null,
                    MerkleMap.Proof.CODEC.read(reader),
                    MerkleMap.Proof.CODEC.read(reader),
                    StableCheckpoint.CODEC.read(reader));
        }
    };
}
