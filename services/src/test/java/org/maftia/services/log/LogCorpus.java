package org.maftia.services.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.replica.TrialLog;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.wire.Digest;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Entries are written, and heads signed by members of whom one lies. */
public final class LogCorpus implements Corpus {
    private static final String ORIGIN = "maftia/test";
    private static final int LIAR = 3;

    private static byte[] secret(int number) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        Arrays.fill(secret, (byte) (number + 1));
        return secret;
    }

    /** The record of a group under trial. */
    public static TransparencyLog log() {
        List<LogMember> members = new ArrayList<>();
        for (int i = 0; i < TrialLog.TRUST.size(); i++) {
            members.add(LogMember.of(
                    ORIGIN,
                    "r" + i,
                    Ed25519Certifier.publicKey(secret(2 * i)),
                    Ed25519Certifier.publicKey(secret(2 * i + 1))));
        }
        return new TransparencyLog(ORIGIN, members, WitnessRule.of(TrialLog.TRUST), new IdealCertifier(0));
    }

    @Override
    public String service() {
        return TransparencyLog.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(TransparencyLog.NAME, log());
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        return new TreeMap<>();
    }

    @Override
    public void run(Trial trial) {
        for (int i = 0; i < 3; i++) {
            byte[] body = ("entry " + i).getBytes(StandardCharsets.UTF_8);
            give(trial, TrialLog.CLIENT, new LogOperation.Append(TrialLog.CLIENT, body, new byte[0]));
            byte[] signature = new IdealCertifier(TrialLog.CLIENT).sign(LogOperation.entryDigest(ORIGIN, body));
            give(trial, 1, new LogOperation.Append(TrialLog.CLIENT, body, signature));
            trial.pass(2_000_000);
            LogState.Wanted wanted = Objects.requireNonNull(state(trial).wanted());
            for (int member = 0; member < TrialLog.TRUST.size(); member++) {
                Digest root = member == LIAR && i > 0 ? Digest.ZERO : wanted.root();
                give(trial, member, cosign(member, wanted, root));
            }
            trial.peek(LogState.Question.CODEC.encode(new LogState.Question.Entries(i)));
        }
    }

    private static LogOperation cosign(int member, LogState.Wanted wanted, Digest root) {
        String body = new LogCheckpoint(ORIGIN, wanted.size(), root).body();
        return new LogOperation.Cosign(
                member,
                wanted.size(),
                root,
                NoteKey.signLog(secret(2 * member), body),
                NoteKey.cosign(secret(2 * member + 1), body, wanted.seconds()));
    }

    private static LogState state(Trial trial) {
        byte[] question = LogState.Question.CODEC.encode(new LogState.Question.State());
        return LogState.CODEC.decode(Objects.requireNonNull(trial.peek(question)));
    }

    private static void give(Trial trial, int client, LogOperation operation) {
        trial.order(client, LogOperation.CODEC.encode(operation));
    }
}
