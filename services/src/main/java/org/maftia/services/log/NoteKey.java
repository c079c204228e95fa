package org.maftia.services.log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Ed25519Signature;
import org.maftia.core.wire.MalformedException;

/**
 * A public key of signed notes: Ed25519, of a log or of a witness. Source: C2SP signed-note and tlog-cosignature.
 *
 * @param name of who signs, without blanks and plus signs
 * @param type {@link #LOG} or {@link #WITNESS}
 * @param publicKey 32 bytes
 */
public record NoteKey(String name, int type, byte[] publicKey) {
    /** Signs the text of a note. */
    public static final int LOG = 0x01;

    /** Signs a checkpoint with a time. */
    public static final int WITNESS = 0x04;

    /** The id of a key, in bytes. */
    public static final int ID_LENGTH = 4;

    /** Longest name, in characters. */
    public static final int NAME_LENGTH_MAX = 255;

    private static final int TIME_LENGTH = Long.BYTES;

    /** @throws MalformedException when it is no key of a note */
    public NoteKey {
        if (!isName(name) || type != LOG && type != WITNESS) {
            throw new MalformedException("no key of a note");
        }
        if (!Ed25519Certifier.isValidPublicKey(publicKey)) {
            throw new MalformedException("no usable Ed25519 key of a note");
        }
        publicKey = publicKey.clone();
    }

    @Override
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** Names of keys here are ASCII without blanks, plus signs and controls: all that we make, and most others. */
    static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= NAME_LENGTH_MAX
                && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '+');
    }

    /** Under which a signature line names the key, beside its name. */
    public byte[] id() {
        MessageDigest hash = LogTree.sha256();
        hash.update(name.getBytes(StandardCharsets.US_ASCII));
        hash.update((byte) '\n');
        hash.update((byte) type);
        return Arrays.copyOf(hash.digest(publicKey), ID_LENGTH);
    }

    /** The key as text: vkey. */
    public String text() {
        byte[] material = new byte[1 + publicKey.length];
        material[0] = (byte) type;
        System.arraycopy(publicKey, 0, material, 1, publicKey.length);
        return name + "+" + HexFormat.of().formatHex(id()) + "+"
                + Base64.getEncoder().encodeToString(material);
    }

    /** @throws MalformedException when the text is no vkey of these types, or names another id */
    public static NoteKey parsed(String text) {
        String[] parts = text.split("\\+", 3);
        if (parts.length != 3 || text.length() > NAME_LENGTH_MAX + 100) {
            throw new MalformedException("no key of a note");
        }
        byte[] material;
        byte[] id;
        try {
            id = HexFormat.of().parseHex(parts[1]);
            material = Base64.getDecoder().decode(parts[2]);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("no key of a note");
        }
        if (material.length != 1 + Ed25519Certifier.PUBLIC_KEY_LENGTH) {
            throw new MalformedException("no Ed25519 key of a note");
        }
        NoteKey key = new NoteKey(parts[0], material[0], Arrays.copyOfRange(material, 1, material.length));
        if (!Arrays.equals(id, key.id())) {
            throw new MalformedException("a key of a note has another id");
        }
        return key;
    }

    /** Whether what a signature line holds behind the id is a signature of the body under this key. */
    public boolean verifies(String body, byte[] signature) {
        if (type == LOG) {
            return Ed25519Signature.verify(publicKey, body.getBytes(StandardCharsets.UTF_8), signature);
        }
        if (signature.length != TIME_LENGTH + Ed25519Certifier.SIGNATURE_LENGTH) {
            return false;
        }
        long seconds = new org.maftia.core.wire.Reader(signature, 0, TIME_LENGTH).u64();
        byte[] bare = Arrays.copyOfRange(signature, TIME_LENGTH, signature.length);
        return seconds >= 0 && Ed25519Signature.verify(publicKey, cosigned(body, seconds), bare);
    }

    /** What a witness signs. */
    static byte[] cosigned(String body, long seconds) {
        return ("cosignature/v1\ntime " + seconds + "\n" + body).getBytes(StandardCharsets.UTF_8);
    }

    /** What a line of a log holds behind the id. */
    public static byte[] signLog(byte[] privateKey, String body) {
        return Ed25519Signature.sign(privateKey, body.getBytes(StandardCharsets.UTF_8));
    }

    /** What a line of a witness holds behind the id. */
    public static byte[] cosign(byte[] privateKey, String body, long seconds) {
        return new org.maftia.core.wire.Writer()
                .u64(seconds)
                .fixed(Ed25519Signature.sign(privateKey, cosigned(body, seconds)))
                .toBytes();
    }
}
