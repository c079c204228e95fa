package org.maftia.services.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.ServiceSecret;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.testing.UnaskedContext;

/** The service in one place, with true ciphertexts; what the group opens for it waits until {@link #open} says in which order. */
final class TestRegistry {
    static final Addressee ADDRESSEE = new Addressee(Digest.ZERO, "confidential");

    private static final DiscreteLogDealer.Dealing DEALING =
            DiscreteLogDealer.deal("group", "confidential", Structures.FOUR.sharing(), new SeededEntropy(1));
    static final Tdh2Cipher CIPHER = new Tdh2Cipher(DEALING.key());

    private static final KeyPair PAIR = pair();
    static final JsonWebKey.Rsa KEY = new JsonWebKey.Rsa(((RSAPublicKey) PAIR.getPublic()).getModulus());

    private final long bytesMax;
    private Registrar registrar;
    private long sequence;
    long timeMicros = 1_700_000_000_000_000L;

    /** Whether the group has other things to open, or to sign. */
    boolean isBusy;

    /** Whether the public record has no room. */
    boolean isRecordFull;

    /** What stands in the public record. */
    final List<byte[]> recorded = new ArrayList<>();

    /** References under which something is being opened. */
    final SortedMap<Long, Runnable> opening = new TreeMap<>();

    TestRegistry() {
        this(Registrations.BYTES_MAX);
    }

    TestRegistry(long bytesMax) {
        this.bytesMax = bytesMax;
        this.registrar = fresh();
    }

    private Registrar fresh() {
        return new Registrar(ADDRESSEE, "exchange", KEY.thumbprint(), bytesMax);
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

    static byte[] sealed(Document document, long seed) {
        return SealedDocument.seal(document, ADDRESSEE, CIPHER, new SeededEntropy(seed));
    }

    /** A replica's part of the key. */
    static ThresholdCipher.Holder holder(int replica) {
        return CIPHER.holder(DEALING.sharesOf(replica));
    }

    /** What one replica contributes to the opening of a sealed document. */
    static byte[] share(int replica, byte[] sealed) {
        SealedDocument parts = SealedDocument.CODEC.decode(sealed);
        return holder(replica).share(parts.ciphertext(), ADDRESSEE.cipherLabel(parts.reference()));
    }

    /** Opens it with these shares, if they suffice. */
    static Optional<byte[]> open(byte[] sealed, SortedMap<Integer, byte[]> shares) {
        SealedDocument parts = SealedDocument.CODEC.decode(sealed);
        return CIPHER.combine(parts.ciphertext(), ADDRESSEE.cipherLabel(parts.reference()), shares);
    }

    static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    RegistrationAnswer give(int client, byte[] operation) {
        Command command = new Command(new RequestId(client, 1, sequence++), operation);
        return RegistrationAnswer.CODEC.decode(registrar.apply(command, new Log()));
    }

    RegistrationAnswer register(int client, byte[] sealed) {
        return give(client, RegistrationCommand.CODEC.encode(new RegistrationCommand.Register(sealed)));
    }

    Registration registered(byte[] sealed) {
        return ((RegistrationAnswer.Known) register(0, sealed)).registration();
    }

    /** The group has opened what was asked for as the registration of this sequence. */
    void open(long reference) {
        Runnable work = opening.remove(reference);
        assertThat(work).isNotNull();
        work.run();
    }

    void openAll() {
        while (!opening.isEmpty()) {
            open(opening.firstKey());
        }
    }

    void pass(long micros) {
        timeMicros += micros;
        if (registrar.dueMicros() <= timeMicros) {
            registrar.tick(new Log());
        }
    }

    RegistrationQuestion.Found look(RegistrationQuestion question) {
        byte[] answer = registrar.peek(RegistrationQuestion.CODEC.encode(question));
        return RegistrationQuestion.Found.CODEC.decode(Objects.requireNonNull(answer));
    }

    Registration state(byte[] sealed) {
        return look(new RegistrationQuestion.ById(SealedDocument.id(sealed)))
                .earliest()
                .getFirst();
    }

    Registration.Standing.Registered standing(byte[] sealed) {
        return (Registration.Standing.Registered) state(sealed).standing();
    }

    byte @Nullable [] peek(byte[] question) {
        return registrar.peek(question);
    }

    RegistrationAnswer certify(Digest id) {
        return give(0, RegistrationCommand.CODEC.encode(new RegistrationCommand.Certify(id)));
    }

    Receipt receipt(byte[] sealed) {
        RegistrationAnswer.Certified certified = (RegistrationAnswer.Certified) certify(SealedDocument.id(sealed));
        return Receipt.verify(message(certified.input()), KEY);
    }

    /** As the group would sign it. */
    static CompactJws message(String input) {
        try {
            Signature signer = Signature.getInstance("SHA256withRSA");
            signer.initSign(PAIR.getPrivate());
            signer.update(input.getBytes(StandardCharsets.US_ASCII));
            return CompactJws.decode(input + "." + StrictJson.base64(signer.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] snapshot() {
        Writer writer = new Writer();
        registrar.snapshot(writer);
        return writer.finish();
    }

    Digest root() {
        return registrar.root();
    }

    /** Another replica goes on from the state of this one. */
    void handOver() {
        byte[] snapshot = snapshot();
        Digest root = registrar.root();
        registrar = fresh();
        registrar.restore(new Reader(snapshot));
        assertThat(registrar.root()).isEqualTo(root);
        assertThat(snapshot()).isEqualTo(snapshot);
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
            assertThat(keyId).isEqualTo("exchange");
            return !isBusy;
        }

        @Override
        public boolean decrypt(byte[] ciphertext, byte[] label, long reference) {
            if (isBusy) {
                return false;
            }
            opening.put(reference, () -> registrar.decrypted(reference, opened(ciphertext, label), new Log()));
            return true;
        }

        private byte @Nullable [] opened(byte[] ciphertext, byte[] serviceLabel) {
            byte[] label = ServiceSecret.label(Registrar.NAME, serviceLabel);
            if (!CIPHER.isValid(ciphertext, label)) {
                return null;
            }
            SortedMap<Integer, byte[]> shares = new TreeMap<>();
            for (int i = 0; i < 2; i++) {
                shares.put(i, holder(i).share(ciphertext, label));
            }
            return CIPHER.combine(ciphertext, label, shares).orElse(null);
        }

        @Override
        public long record(int kind, byte[] body) {
            assertThat(kind).isEqualTo(5);
            if (isRecordFull) {
                return -1;
            }
            recorded.add(body);
            return recorded.size() - 1;
        }
    }
}
