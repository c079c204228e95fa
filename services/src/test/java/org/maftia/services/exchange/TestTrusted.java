package org.maftia.services.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.testing.UnaskedContext;

/**
 * The trusted party in one place: the service, with a key that one process holds, and escrows that are what they hold behind
 * a label and before a digest. What the group does for the service waits until {@link #work}.
 */
final class TestTrusted {
    private static final KeyPair PAIR = pair();
    static final JsonWebKey.Rsa KEY = new JsonWebKey.Rsa(((RSAPublicKey) PAIR.getPublic()).getModulus());
    static final Digest NAME = KEY.thumbprint();

    private Exchange exchange = new Exchange("exchange", NAME);
    private final TreeMap<RequestId, ExchangeAnswer> answers = new TreeMap<>();
    private final Deque<Runnable> work = new ArrayDeque<>();
    private final TreeMap<Digest, byte[]> signatures;
    private long sequence;
    private long recorded;
    long timeMicros = 1_700_000_000_000_000L;

    TestTrusted() {
        this.signatures = new TreeMap<>();
    }

    private TestTrusted(TestTrusted other) {
        this.signatures = other.signatures; // a signature is a function of what is signed: made once for all copies
        this.sequence = other.sequence;
        this.timeMicros = other.timeMicros;
        Writer writer = new Writer();
        other.exchange.snapshot(writer);
        exchange.restore(new Reader(writer.finish()));
        assertThat(exchange.root()).isEqualTo(other.exchange.root());
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

    /** The same state, apart from it from now on. */
    TestTrusted copy() {
        assertThat(work).isEmpty();
        return new TestTrusted(this);
    }

    static byte[] escrow(byte[] message, byte[] label) {
        return new Writer()
                .opaque16(label)
                .opaque16(message)
                .digest(Transcript.sha256(message))
                .finish();
    }

    /** Gives a command; the answer may come later. */
    RequestId give(byte[] operation) {
        RequestId id = new RequestId(64, 1, sequence++);
        byte @Nullable [] answer = exchange.apply(new Command(id, operation), new Log());
        if (answer != null) {
            answers.put(id, ExchangeAnswer.CODEC.decode(answer));
        }
        return id;
    }

    Optional<ExchangeAnswer> answer(RequestId id) {
        return Optional.ofNullable(answers.get(id));
    }

    ExchangeAnswer ask(byte[] operation) {
        RequestId id = give(operation);
        work();
        return answer(id).orElseThrow();
    }

    ExchangeToken token(byte[] operation) {
        return token((ExchangeAnswer.Decided) ask(operation));
    }

    static ExchangeToken token(ExchangeAnswer.Decided decided) {
        return ExchangeToken.verify(CompactJws.decode(decided.token()), KEY);
    }

    /** All that the group was asked to do, and what comes of it. */
    void work() {
        while (!work.isEmpty()) {
            work.remove().run();
        }
    }

    /** Time passes, and nothing that the group was asked to do comes back. */
    void lose(long micros) {
        work.clear();
        timeMicros += micros;
        if (exchange.dueMicros() <= timeMicros) {
            exchange.tick(new Log());
        }
    }

    private byte[] signature(byte[] message) {
        return signatures.computeIfAbsent(Transcript.sha256(message), digest -> {
            try {
                Signature signer = Signature.getInstance("SHA256withRSA");
                signer.initSign(PAIR.getPrivate());
                signer.update(message);
                return signer.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
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
        public boolean sign(String keyId, byte[] message, long reference) {
            assertThat(keyId).isEqualTo("exchange");
            assertThat(new String(message, StandardCharsets.US_ASCII)).contains(".");
            work.add(() -> exchange.signed(reference, signature(message), new Log()));
            return true;
        }

        @Override
        public boolean decrypt(byte[] ciphertext, byte[] label, long reference) {
            work.add(() -> exchange.decrypted(reference, opened(ciphertext, label), new Log()));
            return true;
        }

        private byte @Nullable [] opened(byte[] ciphertext, byte[] label) {
            Reader reader = new Reader(ciphertext);
            byte[] bound = reader.opaque16(64);
            byte[] message = reader.opaque16(1 << 15);
            return Arrays.equals(bound, label) && reader.digest().equals(Transcript.sha256(message)) ? message : null;
        }

        @Override
        public long record(int kind, byte[] body) {
            assertThat(kind).isEqualTo(6);
            return recorded++;
        }

        @Override
        public void complete(RequestId id, byte[] result) {
            assertThat(answers.put(id, ExchangeAnswer.CODEC.decode(result))).isNull();
        }
    }
}
