package org.maftia.server.detection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.sensor.Undo;
import org.maftia.services.detection.filter.FilterSet;

/**
 * The filters of one machine: the document, its signature under a key that lies beside it, and what was suppressed. The key
 * stands in for a quorum of officers, which does not exist yet: whoever has this directory decides. What the signature does is
 * to show a document that was damaged or edited by something else than this program.
 */
public final class FilterDirectory {
    private static final String PURPOSE = "maftia/detection filters\n";

    /** A document of all filters there may be; far above any real one. */
    private static final long DOCUMENT_LENGTH_MAX = 64L << 20;

    /** Of Ed25519. */
    private static final int SIGNATURE_LENGTH = 64;

    private final Path root;

    public FilterDirectory(Path root) {
        this.root = root;
    }

    /** Where the gates are stated. */
    public Path gates() {
        return root.resolve("gates.toml");
    }

    /** Types that recorded attacks have raised. */
    public Path canaries() {
        return root.resolve("canaries");
    }

    /** Where all of it is. */
    public Path root() {
        return root;
    }

    /** What was suppressed, a line for each alarm. */
    public Path suppressed() {
        return root.resolve("suppressed.tsv");
    }

    /** What filters in shadow would have suppressed, a line for each alarm. */
    public Path tagged() {
        return root.resolve("tagged.tsv");
    }

    /** That of the document, and perhaps of the one before it. */
    private Path signatures() {
        return root.resolve("filters.sig");
    }

    private Path document() {
        return root.resolve("filters");
    }

    /**
     * The filters as they were last saved; empty if none ever were.
     *
     * @throws IOException if the document is not what this program signed
     */
    public Optional<FilterSet> load() throws IOException {
        if (!Files.exists(document())) {
            return Optional.empty();
        }
        if (Files.size(document()) > DOCUMENT_LENGTH_MAX) {
            throw new IOException(document() + " is no document of filters");
        }
        byte[] bytes = Files.readAllBytes(document());
        try {
            if (signatureOf(bytes).isEmpty()) {
                throw new IOException(
                        document() + " is not what was signed: it is damaged, or was changed by something else");
            }
            return Optional.of(FilterSet.read(bytes));
        } catch (GeneralSecurityException | MalformedException e) {
            throw new IOException(document() + " cannot be checked: " + e.getMessage(), e);
        }
    }

    /** Which of the signatures that are kept is one of the document. */
    private Optional<byte[]> signatureOf(byte[] document) throws IOException, GeneralSecurityException {
        byte[] all = Files.exists(signatures()) ? Files.readAllBytes(signatures()) : new byte[0];
        Signature verifier = Signature.getInstance("Ed25519");
        for (int from = 0; from + SIGNATURE_LENGTH <= all.length; from += SIGNATURE_LENGTH) {
            byte[] signature = Arrays.copyOfRange(all, from, from + SIGNATURE_LENGTH);
            verifier.initVerify(publicKey());
            verifier.update(PURPOSE.getBytes(StandardCharsets.UTF_8));
            verifier.update(document);
            if (verifier.verify(signature)) {
                return Optional.of(signature);
            }
        }
        return Optional.empty();
    }

    /**
     * Saves the next version; both files are forced to the disk, the document last. Its predecessor's signature stays
     * beside the new one, so that the predecessor is still good when the disk is full, or the machine stops, between
     * the two.
     */
    public void save(FilterSet set) throws IOException {
        Files.createDirectories(root);
        byte[] bytes = set.toBytes();
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(privateKey());
            signer.update(PURPOSE.getBytes(StandardCharsets.UTF_8));
            signer.update(bytes);
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.writeBytes(signer.sign());
            if (Files.exists(document())) {
                both.writeBytes(signatureOf(Files.readAllBytes(document())).orElse(new byte[0]));
            }
            replace(signatures(), both.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IOException("the filters cannot be signed: " + e.getMessage(), e);
        }
        replace(document(), bytes);
    }

    private PrivateKey privateKey() throws IOException, GeneralSecurityException {
        Path file = root.resolve("key");
        if (!Files.exists(file)) {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            replace(root.resolve("key.pub"), pair.getPublic().getEncoded());
            replace(file, pair.getPrivate().getEncoded());
        }
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(file)));
    }

    private PublicKey publicKey() throws IOException, GeneralSecurityException {
        byte[] encoded = Files.readAllBytes(root.resolve("key.pub"));
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    /** Writes beside the file, for its owner's eyes, and renames. */
    private static void replace(Path file, byte[] bytes) throws IOException {
        Path draft = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid());
        try (Undo _ = Undo.of(() -> Files.deleteIfExists(draft))) {
            Files.deleteIfExists(draft);
            if (Files.getFileStore(file.resolveSibling(".")).supportsFileAttributeView("posix")) {
                Files.createFile(
                        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.write(draft, bytes);
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
