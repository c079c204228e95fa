package org.maftia.services.register;

import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.replica.TrialLog;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Somebody keeps values. */
public final class RegisterCorpus implements Corpus {
    @Override
    public String service() {
        return Register.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Register.NAME, new Register());
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        return new TreeMap<>();
    }

    @Override
    public void run(Trial trial) {
        give(trial, new RegisterOperation.Put("key", new byte[] {1, 2, 3}));
        give(trial, new RegisterOperation.Add("number", Long.MAX_VALUE));
        give(trial, new RegisterOperation.Add("number", 1));
        give(trial, new RegisterOperation.Swap("key", new byte[] {1, 2, 3}, new byte[300]));
        give(trial, new RegisterOperation.Get("key"));
    }

    private static void give(Trial trial, RegisterOperation operation) {
        trial.order(TrialLog.CLIENT, RegisterOperation.CODEC.encode(operation));
    }
}
