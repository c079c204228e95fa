package org.maftia.services.signing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Callers have digests signed; a hostile one signs whatever it asks for. */
public final class SigningCorpus implements Corpus {
    private static final int GATEWAY = 2;
    private static final CallerKey ALICE = CallerKey.ofToken("alice's".getBytes(StandardCharsets.UTF_8));
    private static final Digest PUBLIC_KEY = SigningPolicy.publicKey(BigInteger.valueOf(77));

    @Override
    public String service() {
        return Signing.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Signing.NAME, new Signing(List.of(policy("release", false), policy("door", true))));
        return services;
    }

    private static SigningPolicy policy(String name, boolean pss) {
        return new SigningPolicy(
                name,
                SigningPolicy.keyId(name),
                PUBLIC_KEY,
                pss,
                EnumSet.allOf(RsaHash.class),
                List.of(ALICE.publicKey()),
                600);
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        SortedMap<String, TrialKey> keys = new TreeMap<>();
        for (String name : List.of("release", "door")) {
            String id = SigningPolicy.keyId(name);
            keys.put(id, new TrialKey(id, name.equals("door") ? RsaEncoding.PSS_DIGEST : RsaEncoding.PKCS1_DIGEST));
        }
        return keys;
    }

    @Override
    public void run(Trial trial) {
        for (RsaHash hash : RsaHash.values()) {
            for (String name : List.of("release", "door")) {
                SigningCommand.Request request = new SigningCommand.Request(
                        name,
                        name.equals("door"),
                        hash,
                        hash.digest(new byte[0]),
                        ALICE.publicKey(),
                        GATEWAY,
                        trial.timeMicros());
                byte[] asked = SigningCommand.CODEC.encode(SigningCommand.proved(request, PUBLIC_KEY, ALICE));
                trial.order(GATEWAY, asked, SigningCorpus::proved);
            }
        }
    }

    /** What can be read is signed anew by who may ask. */
    private static byte[] proved(byte[] command) {
        try {
            SigningCommand read = SigningCommand.CODEC.decode(command);
            return SigningCommand.CODEC.encode(SigningCommand.proved(read.request(), PUBLIC_KEY, ALICE));
        } catch (MalformedException e) {
            return command;
        }
    }
}
