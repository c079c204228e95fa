package org.maftia.core.crypto;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Writer;

/**
 * TDH2 with a payload under AES-256-GCM. A ciphertext holds u = g^r, ū = ḡ^r, a proof that both have one exponent, bound
 * to payload and label, and the payload under a key from h^r. Who cannot prove does not know r, so a copy under another
 * label, or an altered one, is refused by everybody; h^r = u^x comes from the shares u^(s_l), each proved. Secure under
 * the Diffie-Hellman assumption in BLS12-381 G1, with hashes as random oracles. May be used by several threads.
 *
 * <p>The payload is r and the message. Who has opened it knows r then, and that is the proof that it was opened rightly: u = g^r
 * leaves one r only, and h^r what the shares had to come to. A share that is false gives another power, and no r fits to it. Before
 * that r is as hidden as the message: the payload's key is a hash of h^r, which nobody has who does not know r or a qualified
 * set of shares.
 *
 * <p>The nonce of the proof is a hash of r and of all that the challenge hashes, as everywhere in these schemes: r is as
 * random as the entropy, and is used once.
 *
 * <p>Source: Shoup, Gennaro, "Securing threshold cryptosystems against chosen ciphertext attack" (Eurocrypt 1998; J.
 * Cryptology 2002), scheme TDH2, over a sharing formula.
 */
public final class Tdh2Cipher implements ThresholdCipher {
    private static final String SUITE = CurvePoint.suite("TDH2");
    private static final int KEY_LENGTH = 32;

    /** Each key encrypts one payload. */
    private static final byte[] NONCE = new byte[12];

    private static final byte[] KEY_INFO = "maftia/tdh2/aes-256-gcm".getBytes(StandardCharsets.US_ASCII);

    private final DiscreteLogKey key;
    private final CurvePoint publicKey;

    /** ḡ, whose logarithm nobody knows: what makes a ciphertext prove that its maker knew r. */
    private final CurvePoint second;

    private final ProvedPowers powers;
    private final CurvePoint.Multiples ofPublicKey;
    private final CurvePoint.Multiples ofSecond;

    /** Common to all epochs of the key. */
    private final KnownCiphertexts known;

    /** What outsiders hold. */
    public Tdh2Cipher(DiscreteLogKey key) {
        this.key = key;
        this.publicKey = CurvePoint.decoded(key.publicKey());
        this.second = CurvePoint.hashed(
                acrossEpochs("").transcript("tdh2/gbar").digest().toBytes(), SUITE);
        this.powers = new ProvedPowers(key);
        this.ofPublicKey = new CurvePoint.Multiples(publicKey);
        this.ofSecond = new CurvePoint.Multiples(second);
        this.known = new KnownCiphertexts();
    }

    /** Another epoch of the same key: what is encrypted to it, and what was found out of that, stays what it is. */
    private Tdh2Cipher(DiscreteLogKey epoch, Tdh2Cipher before) {
        this.key = epoch;
        this.publicKey = before.publicKey;
        this.second = before.second;
        this.powers = new ProvedPowers(epoch);
        this.ofPublicKey = before.ofPublicKey;
        this.ofSecond = before.ofSecond;
        this.known = before.known;
    }

    /** The cipher in another epoch of its key, or of another key. */
    private Tdh2Cipher in(DiscreteLogKey epoch) {
        boolean same = epoch.group().equals(key.group())
                && epoch.keyId().equals(key.keyId())
                && Arrays.equals(epoch.publicKey(), key.publicKey());
        return same ? new Tdh2Cipher(epoch, this) : new Tdh2Cipher(epoch);
    }

    /**
     * The cipher as one replica holds it. It takes over the shares and erases them when it is closed.
     *
     * @throws IllegalArgumentException when the shares are not those of the key
     */
    public KeyHolder holder(DiscreteLogShares own) {
        return new KeyHolder(this, own.checked(key));
    }

    /** The cipher as a replica without shares holds it: it verifies and combines those of others. */
    public KeyHolder bare() {
        return new KeyHolder(this, null);
    }

    /** Ciphertexts outlive a refresh of the shares, so nothing in them names the epoch. */
    private KeyUse acrossEpochs(String name) {
        return key.use(name).acrossEpochs();
    }

    @Override
    public int overhead() {
        return Tdh2Ciphertext.OVERHEAD;
    }

    @Override
    public byte[] encrypt(byte[] message, byte[] label, Entropy entropy) {
        // Not 0, whose powers are all the identity.
        BigInteger r = Uniform.below(CurvePoint.ORDER.subtract(BigInteger.ONE), entropy)
                .add(BigInteger.ONE);
        CurvePoint u = CurvePoint.GENERATOR.times(r);
        byte[] content = new Writer(Tdh2Ciphertext.EXPONENT_LENGTH + message.length)
                .fixed(CurvePoint.scalar(r))
                .fixed(message)
                .toBytes();
        byte[] ciphertext = sealed(r, u, content, label);
        Arrays.fill(content, (byte) 0);
        return ciphertext;
    }

    /** @param content r and the message, where the sender is honest */
    byte[] sealed(BigInteger r, CurvePoint u, byte[] content, byte[] label) {
        byte[] payload = crypt(Cipher.ENCRYPT_MODE, publicKey.times(r), u, label, content)
                .orElseThrow(() -> new IllegalStateException("encryption does not fail"));
        CurvePoint uBar = second.times(r);
        EqualLogarithms proof = claim(payload, label, u, uBar).prove(r);
        return Tdh2Ciphertext.CODEC.encode(new Tdh2Ciphertext(u, uBar, proof, payload));
    }

    /** That one exponent makes u from g and ū from ḡ, said of this payload and this label only. */
    private EqualLogarithms.Claim claim(byte[] payload, byte[] label, CurvePoint u, CurvePoint uBar) {
        String bound =
                Transcript.of("tdh2/bound").field(payload).field(label).digest().toString();
        return new EqualLogarithms.Claim(acrossEpochs("tdh2/ciphertext/" + bound), u, second, uBar);
    }

    @Override
    public boolean isValid(byte[] ciphertext, byte[] label) {
        Digest name = name(ciphertext, label);
        if (known.isValid(name)) {
            return true;
        }
        try {
            Tdh2Ciphertext parts = known.decode(ciphertext);
            EqualLogarithms proof = parts.proof();
            boolean valid = claim(parts.payload(), label, parts.u(), parts.uBar())
                    .isShownBy(proof, ofSecond.times(proof.response()));
            if (valid) {
                known.valid(name);
            }
            return valid;
        } catch (MalformedException e) {
            return false;
        }
    }

    /** The ciphertext to the last bit, and its label. */
    private static Digest name(byte[] ciphertext, byte[] label) {
        return Transcript.of("tdh2/shared").field(ciphertext).field(label).digest();
    }

    /** What a share is for. */
    private static String shareName(byte[] ciphertext, byte[] label) {
        return "tdh2/share/" + name(ciphertext, label);
    }

    private Tdh2Ciphertext checked(byte[] ciphertext) {
        try {
            return known.decode(ciphertext);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("the ciphertext was not checked: " + e.getMessage());
        }
    }

    @Override
    public int shareLength(int replica) {
        return powers.length(replica);
    }

    @Override
    public boolean verify(byte[] ciphertext, byte[] label, int replica, byte[] share) {
        return powers.verify(
                shareName(ciphertext, label), replica, checked(ciphertext).u(), share);
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return key.formula().isQualified(replicas);
    }

    @Override
    public Optional<byte[]> combine(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
        return message(checked(ciphertext), label, powers.combined(shares));
    }

    @Override
    public Optional<byte[]> open(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
        for (var share : shares.entrySet()) {
            if (share.getValue().length != powers.length(share.getKey())) {
                return Optional.empty();
            }
        }
        Tdh2Ciphertext parts = checked(ciphertext);
        return powers.combinedUnverified(shares).flatMap(common -> message(parts, label, common));
    }

    /**
     * What the sender encrypted, if the power is the right one, as r shows; a sender who wrote another r wrote garbage.
     *
     * @param common h^r = u^x, or so whoever gave the shares says
     */
    private Optional<byte[]> message(Tdh2Ciphertext parts, byte[] label, CurvePoint common) {
        byte[] content = crypt(Cipher.DECRYPT_MODE, common, parts.u(), label, parts.payload())
                .orElse(null);
        if (content == null || content.length < Tdh2Ciphertext.EXPONENT_LENGTH) {
            return Optional.empty();
        }
        BigInteger r = new BigInteger(1, content, 0, Tdh2Ciphertext.EXPONENT_LENGTH);
        boolean right = r.compareTo(CurvePoint.ORDER) < 0
                && CurvePoint.generatorTimes(r).equals(parts.u())
                && ofPublicKey.times(r).equals(common);
        return right
                ? Optional.of(Arrays.copyOfRange(content, Tdh2Ciphertext.EXPONENT_LENGTH, content.length))
                : Optional.empty();
    }

    /** @param common h^r = u^x */
    private Optional<byte[]> crypt(int mode, CurvePoint common, CurvePoint u, byte[] label, byte[] input) {
        byte[] secret = secret(common, u);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(Tdh2Ciphertext.TAG_BITS, NONCE));
            cipher.updateAAD(label);
            return Optional.of(cipher.doFinal(input));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private byte[] secret(CurvePoint common, CurvePoint u) {
        byte[] salt = acrossEpochs("")
                .transcript("tdh2/key")
                .field(u.toBytes())
                .digest()
                .toBytes();
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(common.toBytes(), salt, KEY_INFO));
        byte[] secret = new byte[KEY_LENGTH];
        generator.generateBytes(secret, 0, secret.length);
        return secret;
    }

    /** One replica's part: {@link #close} overwrites it, and after that its use is an error. */
    public static final class KeyHolder implements Holder, Renewable<Holder>, AutoCloseable {
        private static final byte[] NOTHING = {};

        private final Tdh2Cipher cipher;
        private final @Nullable DiscreteLogShares own;

        private KeyHolder(Tdh2Cipher cipher, @Nullable DiscreteLogShares own) {
            this.cipher = cipher;
            this.own = own;
        }

        @Override
        public ThresholdCipher cipher() {
            return cipher;
        }

        @Override
        public byte[] share(byte[] ciphertext, byte[] label) {
            return own == null
                    ? NOTHING
                    : cipher.powers.of(
                            own,
                            shareName(ciphertext, label),
                            cipher.checked(ciphertext).u());
        }

        @Override
        public DiscreteLogKey sharing() {
            return cipher.key;
        }

        @Override
        public Holder in(DiscreteLogKey epoch, @Nullable DiscreteLogShares shares) {
            Tdh2Cipher renewed = cipher.in(epoch);
            return shares == null ? renewed.bare() : renewed.holder(shares);
        }

        @Override
        public Optional<Renewable<Holder>> renewable() {
            return Optional.of(this);
        }

        @Override
        public void close() {
            if (own != null) {
                own.close();
            }
        }
    }
}
