package org.maftia.services.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.replica.TrialLog;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Users have inputs evaluated, more often than they may. */
public final class EvaluationCorpus implements Corpus {
    @Override
    public String service() {
        return Evaluator.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Evaluator.NAME, new Evaluator("oprf", EvaluationReceipt.function(TrialLog.OPRF_KEY), "receipts"));
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        SortedMap<String, TrialKey> keys = new TreeMap<>();
        keys.put("receipts", new TrialKey("receipts", RsaEncoding.PKCS1_SHA256, 48));
        return keys;
    }

    @Override
    public void run(Trial trial) {
        for (int i = 0; i < 14; i++) {
            byte[] user = (i % 4 == 0 ? "bob" : "alice").getBytes(StandardCharsets.UTF_8);
            try (BlindedInput input = BlindedInput.of(new byte[] {(byte) i}, new SeededEntropy(i))) {
                trial.order(0, EvaluationRequest.CODEC.encode(new EvaluationRequest(user, input.toBytes())));
            }
        }
    }
}
