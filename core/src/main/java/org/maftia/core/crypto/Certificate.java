package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Signatures of several replicas over one digest. It names its signers and outlives changes of the fault structure.
 *
 * @param signers who signed
 * @param signatures one for each signer, in index order
 */
public record Certificate(ReplicaSet signers, List<byte[]> signatures) {
    /** Ed25519 has 64 bytes; room for one more algorithm byte and the like. */
    private static final int SIGNATURE_LENGTH_MAX = 128;

    public Certificate {
        signatures = List.copyOf(signatures);
        if (signers.size() != signatures.size()) {
            throw new IllegalArgumentException("one signature for each signer");
        }
    }

    /** The certificate of these signatures, by replica. */
    public static Certificate of(SortedMap<Integer, byte[]> signatures) {
        ReplicaSet signers = ReplicaSet.EMPTY;
        for (int replica : signatures.keySet()) {
            signers = signers.with(replica);
        }
        return new Certificate(signers, new ArrayList<>(signatures.values()));
    }

    /** Whether every signature verifies. Whether the signers suffice is for the caller to ask. */
    public boolean verify(Verifier verifier, Digest digest) {
        int next = 0;
        for (int replica : signers.toList()) {
            if (!verifier.verify(replica, digest, signatures.get(next++))) {
                return false;
            }
        }
        return true;
    }

    public static final Codec<Certificate> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Certificate value) {
            writer.u64(value.signers.bits());
            value.signatures.forEach(writer::opaque8);
        }

        @Override
        public Certificate read(Reader reader) {
            ReplicaSet signers = new ReplicaSet(reader.u64());
            if (signers.size() * 1L > reader.remaining()) {
                throw new MalformedException("fewer signatures than signers");
            }
            List<byte[]> signatures = new ArrayList<>(signers.size());
            for (int i = 0; i < signers.size(); i++) {
                signatures.add(reader.opaque8(SIGNATURE_LENGTH_MAX));
            }
            return new Certificate(signers, signatures);
        }
    };
}
