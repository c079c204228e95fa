package org.maftia.services.openid;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ObliviousDealer;
import org.maftia.core.crypto.ReplicatedOprf;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.evaluation.EvaluationReceipt;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.testing.UnaskedContext;

/**
 * A provider in one place, with a key that one process holds: draws come at once, and what is signed for a gateway is kept for
 * it, by the request.
 */
public final class TestLog {
    private static final KeyPair PAIR = pair();
    private static final KeyPair PSS_PAIR = pair();
    public static final JsonWebKey.Rsa KEY = new JsonWebKey.Rsa(((RSAPublicKey) PAIR.getPublic()).getModulus());
    static final JsonWebKey.RsaPss PSS_KEY = new JsonWebKey.RsaPss(((RSAPublicKey) PSS_PAIR.getPublic()).getModulus());
    private static final List<TokenKey> KEYS =
            List.of(new TokenKey("openid", KEY), new TokenKey("openid-pss", PSS_KEY));

    static final ObliviousDealer.Dealing SEEDS = ObliviousDealer.deal(
            "group", "oprf", Structures.FOUR.copiedSharing().orElseThrow(), new SeededEntropy(1));
    static final ReplicatedOprf OPRF = new ReplicatedOprf(SEEDS.key(), Structures.FOUR);
    static final PasswordFunction FUNCTION = new PasswordFunction("oprf", EvaluationReceipt.function(SEEDS.key()));

    private final ProviderPolicy policy;
    private final OwnCertificates own;
    private Provider provider;
    private final TreeMap<RequestId, byte[]> results = new TreeMap<>();
    private final TreeMap<RequestId, byte[]> signatures = new TreeMap<>();
    private long sequence;
    private final Deque<Consumer<Log>> later = new ArrayDeque<>();
    private long drawing = -1;
    public long timeMicros;
    public boolean signs = true;
    public boolean draws = true;

    public TestLog(ProviderPolicy policy, long timeMicros) {
        this(policy, timeMicros, OwnCertificates.NONE);
    }

    TestLog(ProviderPolicy policy, long timeMicros, OwnCertificates own) {
        this.own = own;
        this.policy = policy;
        this.timeMicros = timeMicros;
        this.provider = fresh();
    }

    private Provider fresh() {
        return new Provider(policy, KEYS, Optional.of(FUNCTION), own);
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2_048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Goes on from what a checkpoint holds, at a replica that had nothing. */
    void restart() {
        Writer writer = new Writer();
        provider.snapshot(writer);
        Digest before = provider.root();
        provider = fresh();
        provider.restore(new Reader(writer.finish()));
        assertThat(provider.root()).isEqualTo(before);
    }

    Digest root() {
        return provider.root();
    }

    /** The result of a command, and what was signed for its gateway. */
    public record Outcome(byte[] result, Optional<byte[]> signature) {
        ProviderAnswer answer() {
            return ProviderAnswer.CODEC.decode(result);
        }
    }

    Outcome give(int gateway, ProviderCommand command, BearerSecret... secrets) {
        return order(gateway, ProvedCommand.CODEC.encode(ProvedCommand.of(command, gateway, List.of(secrets))));
    }

    public synchronized Outcome order(int gateway, byte[] operation) {
        RequestId id = new RequestId(gateway, 1, sequence++);
        byte @Nullable [] result = provider.apply(new Command(id, operation), new Log());
        boolean evaluates = !later.isEmpty();
        while (!later.isEmpty()) {
            later.remove().accept(new Log());
        }
        if (result == null && draws && !evaluates) {
            long reference = drawing;
            byte[] random = Transcript.of("draw")
                    .field(sequence)
                    .field(timeMicros)
                    .digest()
                    .toBytes();
            provider.drawn(reference, random, new Log());
        }
        return new Outcome(
                result != null ? result : Objects.requireNonNullElse(results.remove(id), new byte[0]),
                Optional.ofNullable(signatures.remove(id)));
    }

    ProviderAnswer ask(int gateway, ProviderCommand command, BearerSecret... secrets) {
        return give(gateway, command, secrets).answer();
    }

    public synchronized byte @Nullable [] peek(byte[] question) {
        return provider.peek(question);
    }

    ProviderFact peek(ProviderQuestion question) {
        return ProviderFact.CODEC.decode(Objects.requireNonNull(peek(ProviderQuestion.CODEC.encode(question))));
    }

    void pass(long micros) {
        timeMicros += micros;
        if (provider.dueMicros() <= timeMicros) {
            provider.tick(new Log());
        }
    }

    List<byte[]> completed() {
        return List.copyOf(results.values());
    }

    private static byte[] signature(String keyId, byte[] message) {
        try {
            Signature signer = Log.signer(keyId);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Log extends UnaskedContext {
        @Override
        public long timeMicros() {
            return timeMicros;
        }

        @Override
        public long index() {
            return sequence;
        }

        @Override
        public boolean signFor(RequestId command, String keyId, byte[] message) {
            if (!signs) {
                return false;
            }
            assertThat(signatures.put(command, signature(keyId, message))).isNull();
            return true;
        }

        @Override
        public boolean sign(String keyId, byte[] message, long reference) {
            assertThat(keyId).isEqualTo("openid");
            byte[] signature = signature(keyId, message);
            later.add(log -> provider.signed(reference, signature, log));
            return signs;
        }

        @Override
        public Asked evaluate(String keyId, byte[] user, byte[] blinded, long reference) {
            assertThat(keyId).isEqualTo("oprf");
            if (!OPRF.accepts(blinded)) {
                return Asked.MALFORMED;
            }
            TreeMap<Integer, byte[]> parts = new TreeMap<>();
            SEEDS.shares()
                    .forEach((replica, own) ->
                            parts.put(replica, OPRF.holder(own).part(user, blinded)));
            byte[] element = OPRF.combine(parts).orElseThrow().element();
            later.add(log -> provider.evaluated(reference, element, log));
            return Asked.TAKEN;
        }

        private static Signature signer(String keyId) throws GeneralSecurityException {
            if (keyId.equals("openid")) {
                Signature signer = Signature.getInstance("SHA256withRSA");
                signer.initSign(PAIR.getPrivate());
                return signer;
            }
            assertThat(keyId).isEqualTo("openid-pss");
            Signature signer = Signature.getInstance("RSASSA-PSS");
            signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            signer.initSign(PSS_PAIR.getPrivate());
            return signer;
        }

        @Override
        public boolean draw(long reference) {
            drawing = reference;
            return true;
        }

        @Override
        public void complete(RequestId id, byte[] result) {
            assertThat(results.put(id, result)).isNull();
        }
    }
}
