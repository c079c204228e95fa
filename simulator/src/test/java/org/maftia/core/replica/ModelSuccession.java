package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * A group that is about to change into one of the same processes in the opposite order, as models need it: what officers
 * wish, and the READYs that a corrupted replica has all of, one of them made up. Signatures are ideal.
 */
public final class ModelSuccession {
    private static final int CLIENT = ReplicaSet.SIZE_MAX;
    private static final int OFFICERS = 3;
    private static final long SESSION = 1;
    private static final int OPERATION_LENGTH_MAX = 1 << 20;

    private final FaultStructure trust;
    private final FaultStructure nextTrust;
    final Limits limits;
    final Configuration present;
    final Configuration next;

    /** What nobody authorised. */
    private final Configuration other;

    private final int bringer;
    private final List<Request> early = new ArrayList<>();
    private Request deciding;

    /**
     * @param corrupt whose first member brings the READYs, as any replica may
     */
    public ModelSuccession(FaultStructure trust, ReplicaSet corrupt, Limits limits) {
        this.trust = trust;
        this.limits = limits;
        this.bringer = corrupt.first();
        int size = trust.size();
        this.present = configuration(null, trust.quorums(), ascending(size));
        this.next = configuration(
                present, renamed(trust.quorums(), size), ascending(size).reversed());
        this.other = configuration(present, trust.quorums(), ascending(size));
        this.nextTrust = next.trust();
        early.add(new Request(
                new RequestId(CLIENT, SESSION, 0),
                call(Reconfiguration.SERVICE, Reconfiguration.CODEC.encode(LineageGroup.signed(next, 0, 0, 1)))));
        this.deciding = early.getFirst();
        readys(corrupt);
    }

    /** The corrupted are ready first; whoever is still missing when all but one of a quorum are is made up. */
    private void readys(ReplicaSet corrupt) {
        List<Integer> members = new ArrayList<>();
        for (int index = 0; index < next.seats().size(); index++) {
            boolean bad = corrupt.contains(next.seats().get(index).number());
            members.add(bad ? 0 : members.size(), index);
        }
        ReplicaSet ready = ReplicaSet.EMPTY;
        int at = 0;
        while (!nextTrust.isQuorum(ready.with(members.get(at)))) {
            ready = ready.with(members.get(at));
            early.add(ready(members.get(at), members.get(at)));
            at++;
        }
        // The made-up one stands where it would count before the true one is ordered.
        early.add(ready(members.getLast(), members.getFirst()));
        deciding = ready(members.get(at), members.get(at));
    }

    private Request ready(int member, int signer) {
        long nonce = early.size();
        byte[] signature = new IdealCertifier(signer).sign(Readiness.digest(next.digest(), member, nonce));
        GroupCommand command = new GroupCommand.Ready(new Readiness(next.digest(), member, nonce, signature));
        return new Request(
                new RequestId(bringer, SESSION, nonce), call(GroupCommand.SERVICE, GroupCommand.CODEC.encode(command)));
    }

    private static byte[] call(String service, byte[] operation) {
        return ServiceCall.codec(OPERATION_LENGTH_MAX).encode(new ServiceCall(service, operation));
    }

    private static List<Integer> ascending(int size) {
        return ReplicaSet.firstOf(size).toList();
    }

    private static Configuration configuration(@Nullable Configuration before, Formula quorums, List<Integer> seats) {
        List<Configuration.Seat> members = new ArrayList<>();
        for (int seat : seats) {
            members.add(new Configuration.Seat(seat, new Member("r" + seat, new TreeMap<>()), LineageGroup.key(seat)));
        }
        List<byte[]> officers = new ArrayList<>();
        for (int i = 0; i < OFFICERS; i++) {
            officers.add(LineageGroup.key(100 + i));
        }
        return new Configuration(
                before == null ? 0 : before.number() + 1,
                before == null ? Digest.ZERO : before.digest(),
                members,
                List.of(),
                true,
                quorums,
                officers,
                Formula.select(2, ReplicaSet.firstOf(OFFICERS)),
                List.of(),
                Digest.ZERO);
    }

    /** The formula over the opposite order. */
    private static Formula renamed(Formula formula, int size) {
        return switch (formula) {
            case Formula.Leaf leaf -> new Formula.Leaf(size - 1 - leaf.replica());
            case Formula.Gate gate ->
                new Formula.Gate(
                        gate.threshold(),
                        gate.children().stream()
                                .map(child -> new Formula.Child(child.weight(), renamed(child.formula(), size)))
                                .toList());
        };
    }

    /** The digest to which everything in the present configuration is bound. */
    public Digest digest() {
        return present.digest();
    }

    /** What officers wish, and READYs of less than a quorum of the next configuration; one more is made up. */
    public List<Request> early() {
        return List.copyOf(early);
    }

    /** The READY that makes them a quorum. */
    public Request deciding() {
        return deciding;
    }

    /** The same end as the certificate's, but what follows is what nobody authorised: shown as it is, and re-rooted. */
    public List<ConfigurationCertificate> forged(ConfigurationCertificate certificate) {
        CertifiedRead proof = certificate.proof();
        MerkleMap group = MerkleMap.EMPTY.with(
                ConfigurationCertificate.SUCCESSOR,
                ConfigurationCertificate.successor(certificate.lastSlot(), other.digest()));
        Views views = Views.of(Collections.emptySortedMap(), group);
        StableCheckpoint.Claim claim = proof.checkpoint().claim();
        StableCheckpoint rerooted = new StableCheckpoint(
                new StableCheckpoint.Claim(
                        claim.slot(),
                        claim.epoch(),
                        claim.timeMicros(),
                        claim.stateRoot(),
                        views.root(),
                        claim.history()),
                proof.checkpoint().certificate());
        CertifiedRead read = new CertifiedView(present.digest(), rerooted, views)
                .read(ConfigurationCertificate.VIEW, ConfigurationCertificate.SUCCESSOR)
                .orElseThrow();
        return List.of(new ConfigurationCertificate(other, proof), new ConfigurationCertificate(other, read));
    }

    /** Whether readers who know the present configuration believe it. */
    public boolean isProved(ConfigurationCertificate certificate) {
        try {
            certificate.verify(Charter.of(present, registry(0)));
            return true;
        } catch (RefusedReadException e) {
            return false;
        }
    }

    /** What a process knows: all keys are installed. */
    Registry registry(int seat) {
        return new Keys(seat);
    }

    private final class Keys implements Registry {
        private final int seat;

        Keys(int seat) {
            this.seat = seat;
        }

        @Override
        public FaultStructure trust(Configuration configuration) {
            return configuration.equals(next) ? nextTrust : trust;
        }

        @Override
        public Verifier members(Configuration configuration) {
            return new IdealCertifier(-1);
        }

        @Override
        public Verifier officers(Configuration configuration) {
            return (officer, digest, signature) ->
                    officer < OFFICERS && new IdealCertifier(-1).verify(100 + officer, digest, signature);
        }

        @Override
        public Certifier certifier(Configuration configuration) {
            return new IdealCertifier(configuration.indexOf(seat));
        }

        @Override
        public Genesis genesis(Configuration configuration) {
            int self = configuration.indexOf(seat);
            SortedMap<String, StateMachine> none = new TreeMap<>();
            FaultStructure structure = trust(configuration);
            return new Genesis(
                    configuration.digest(),
                    certifier(configuration),
                    new IdealCoin(configuration.number(), structure, self),
                    new IdealCipher(configuration.number(), structure).holder(self),
                    none,
                    new TreeMap<>(),
                    new TreeMap<>());
        }
    }
}
