package org.maftia.wormhole.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.function.Supplier;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.frame.Handshake;
import org.maftia.wormhole.trusted.EpochIdentity;
import org.maftia.wormhole.trusted.Setup;

/** Keys in the state directory, readable by the component's user alone; made at the first start. */
final class KeyFile {
    private static final String SIGNING = "signing";

    private KeyFile() {}

    /** The key that outlives epochs, durable before it is used. */
    static KeyPair identity(Path state, SecureRandom random) throws IOException {
        return pair(state.resolve("identity"), "EC", () -> EpochIdentity.signingPair(random));
    }

    /** The keys of the one epoch of a component whose counters persist. */
    static Setup.Kept epoch(Path state, SecureRandom random) throws IOException {
        return new Setup.Kept(
                pair(state.resolve(SIGNING), "EC", () -> EpochIdentity.signingPair(random)),
                pair(state.resolve("agreement"), "XDH", () -> Handshake.pair(random)));
    }

    /** Whether the key that certifies in the one epoch has been made. */
    static boolean hasEpoch(Path state) {
        return Files.exists(state.resolve(SIGNING));
    }

    private static KeyPair pair(Path file, String algorithm, Supplier<KeyPair> fresh) throws IOException {
        if (!Files.exists(file)) {
            write(file, fresh.get());
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            int split = 2 + BigEndian.u16(bytes, 0);
            KeyFactory factory = KeyFactory.getInstance(algorithm);
            return new KeyPair(
                    factory.generatePublic(new X509EncodedKeySpec(Arrays.copyOfRange(bytes, split, bytes.length))),
                    factory.generatePrivate(new PKCS8EncodedKeySpec(Arrays.copyOfRange(bytes, 2, split))));
        } catch (GeneralSecurityException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("a key is damaged: " + file, e);
        }
    }

    private static void write(Path file, KeyPair pair) throws IOException {
        byte[] secret = pair.getPrivate().getEncoded();
        byte[] open = pair.getPublic().getEncoded();
        byte[] bytes = new byte[2 + secret.length + open.length];
        BigEndian.u16(bytes, 0, secret.length);
        System.arraycopy(secret, 0, bytes, 2, secret.length);
        System.arraycopy(open, 0, bytes, 2 + secret.length, open.length);
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
            directory.force(true); // the name must be durable too
        }
    }
}
