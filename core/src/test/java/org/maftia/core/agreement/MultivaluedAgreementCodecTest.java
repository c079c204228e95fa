package org.maftia.core.agreement;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.agreement.MultivaluedMessage.Lock;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

class MultivaluedAgreementCodecTest {
    @Test
    void everyMessageIsCanonical() {
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        signatures.put(0, new byte[] {1, 2});
        signatures.put(3, new byte[] {3});
        Certificate two = Certificate.of(signatures);
        Certificate none = new Certificate(ReplicaSet.EMPTY, List.of());
        byte[] value = {5, 6, 7};
        byte[] signature = {8, 9};
        Lock lock = new Lock(2, 1, value, two);
        Chain free = new Chain(0, null, List.of(new Chain.NoCert(3, two), new Chain.NoCert(0, none)));
        Chain bound = new Chain(2, new Chain.Mixed(lock, two, none), List.of(new Chain.NoCert(1, two)));
        MultivaluedMessage.Finish finish = new MultivaluedMessage.Finish(7, 2, value, two);
        MultivaluedMessage.Share share = new MultivaluedMessage.Share(3, signature);
        CodecCheck.check(
                new MultivaluedAgreementCodec(4),
                List.of(
                        new MultivaluedMessage.Input(value),
                        new MultivaluedMessage.Pb1(value, Chain.empty(1)),
                        new MultivaluedMessage.Pb1(value, free),
                        new MultivaluedMessage.Sig1(7, 2, Digest.ZERO, signature),
                        new MultivaluedMessage.Pb2(lock),
                        new MultivaluedMessage.Sig2(7, 2, Digest.ZERO, signature),
                        finish,
                        new MultivaluedMessage.PreVoteLock(lock),
                        new MultivaluedMessage.PreVoteNull(7, signature),
                        new MultivaluedMessage.VoteYes(lock, signature),
                        new MultivaluedMessage.VoteNo(7, two, signature),
                        new MultivaluedMessage.Entry(free),
                        new MultivaluedMessage.Entry(bound),
                        new MultivaluedMessage.Done(7, List.of(finish, finish), signature),
                        new MultivaluedMessage.Halt(7, 2, value, true, two, List.of()),
                        new MultivaluedMessage.Halt(7, 2, value, false, two, List.of(share, share))));
    }
}
