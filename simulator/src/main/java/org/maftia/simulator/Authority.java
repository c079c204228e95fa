package org.maftia.simulator;

import java.util.Arrays;
import java.util.SortedMap;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/**
 * Ideal signatures, coins and ciphers: the simulation holds one secret for each replica and hands out {@link Certifier}s that sign for one
 * replica only. Nobody else in the simulation can make a signature that verifies, and signing costs next to nothing.
 */
public final class Authority {
    /** Distinct from real ones, yet of a size that fits their codec. */
    private static final int SIGNATURE_LENGTH = 16;

    private final long[] secrets;
    private final long coinSeed;
    private final long cipherSeed;

    public Authority(int replicas, Draw draw) {
        secrets = new long[replicas];
        Arrays.setAll(secrets, i -> draw.bits());
        coinSeed = draw.bits();
        // Not drawn, so that seeds which need no cipher run as they did before there was one.
        cipherSeed = Draw.mix(coinSeed);
    }

    /** What replica {@code self} signs with. */
    public Certifier certifier(int self) {
        return new IdealCertifier(self);
    }

    /**
     * What an intruder who holds the key of {@code replica} writes where a signature belongs: verifies for anything. It
     * could as well sign each thing that it makes up; this way it need not know what exactly each protocol signs.
     */
    public byte[] blank(int replica) {
        return new Writer(SIGNATURE_LENGTH)
                .u64(Draw.mix(secrets[replica]))
                .u64(Draw.mix(~secrets[replica]))
                .toBytes();
    }

    /** What replica {@code self} tosses with. */
    public Coin coin(int self, FaultStructure trust) {
        return new BlankedCoin(new IdealCoin(coinSeed, trust, self));
    }

    /** What clients encrypt with. */
    public IdealCipher cipher(FaultStructure trust) {
        return new IdealCipher(cipherSeed, trust);
    }

    /** Replica {@code self}'s part in opening what clients encrypted. */
    public ThresholdCipher.Holder holder(int self, FaultStructure trust) {
        return cipher(trust).holder(self);
    }

    /** The signature of a client, which no blank replaces: an intruder holds the keys of replicas only. */
    byte[] signatureOfClient(int client, Digest digest) {
        return signature(Draw.mix(~coinSeed + client), digest);
    }

    /** Judges signatures of clients by their numbers. */
    Verifier clients() {
        return (client, digest, signature) -> Arrays.equals(signature, signatureOfClient(client, digest));
    }

    private byte[] signature(int replica, Digest digest) {
        return signature(secrets[replica], digest);
    }

    private static byte[] signature(long secret, Digest digest) {
        long hash = secret;
        hash = Draw.mix(hash ^ digest.a());
        hash = Draw.mix(hash + digest.b());
        hash = Draw.mix(hash ^ digest.c());
        hash = Draw.mix(hash + digest.d());
        return new Writer(SIGNATURE_LENGTH)
                .u64(hash)
                .u64(Draw.mix(hash ^ secret))
                .toBytes();
    }

    /** An intruder's blank passes for a share too; what comes up does not depend on it. */
    private final class BlankedCoin implements Coin {
        private final IdealCoin ideal;

        BlankedCoin(IdealCoin ideal) {
            this.ideal = ideal;
        }

        @Override
        public byte[] share(Name name) {
            return ideal.share(name);
        }

        @Override
        public boolean verify(Name name, int replica, byte[] share) {
            return ideal.verify(name, replica, share) || Arrays.equals(share, blank(replica));
        }

        @Override
        public boolean isQualified(ReplicaSet replicas) {
            return ideal.isQualified(replicas);
        }

        @Override
        public Value combine(Name name, SortedMap<Integer, byte[]> shares) {
            return ideal.combine(name, shares);
        }
    }

    private final class IdealCertifier implements Certifier {
        private final int self;

        IdealCertifier(int self) {
            this.self = self;
        }

        @Override
        public byte[] sign(Digest digest) {
            return signature(self, digest);
        }

        @Override
        public boolean verify(int replica, Digest digest, byte[] signature) {
            return replica >= 0
                    && replica < secrets.length
                    && signature.length == SIGNATURE_LENGTH
                    && (Arrays.equals(signature, signature(replica, digest))
                            || Arrays.equals(signature, blank(replica)));
        }
    }
}
