package org.maftia.services.beacon;

import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.wire.Writer;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Rounds come, and somebody wants old ones. */
public final class BeaconCorpus implements Corpus {
    @Override
    public String service() {
        return Beacon.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Beacon.NAME, new Beacon("beacon", new byte[] {1}, new BeaconSchedule(1_699_999_900, 30)));
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        SortedMap<String, TrialKey> keys = new TreeMap<>();
        keys.put("beacon", new TrialKey("beacon", RsaEncoding.PKCS1_SHA256, 48));
        return keys;
    }

    @Override
    public void run(Trial trial) {
        for (long round : new long[] {Beacon.NEWEST, 1, 2, 3, 1_000_000, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            trial.order(0, new Writer().u64(round).toBytes());
            trial.pass(40_000_000);
        }
    }
}
