package org.maftia.wormhole.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Stream;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;

/**
 * What code a component runs: SHA-256 of its archive; of a directory, SHA-256 over name and content of each file in the
 * order of names. The virtual machine and the kernel below are for the registers of the TPM to tell.
 */
public final class Measurement {
    private Measurement() {}

    public static Digest of(Path place) throws IOException {
        MessageDigest digest = sha256();
        if (!Files.isDirectory(place)) {
            return Digest.of(digest.digest(Files.readAllBytes(place)));
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(place)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            byte[] name = place.relativize(file).toString().getBytes(StandardCharsets.UTF_8);
            byte[] content = Files.readAllBytes(file);
            byte[] lengths = new byte[8];
            BigEndian.u32(lengths, 0, name.length);
            BigEndian.u32(lengths, 4, content.length);
            digest.update(lengths);
            digest.update(name);
            digest.update(content);
        }
        return Digest.of(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
