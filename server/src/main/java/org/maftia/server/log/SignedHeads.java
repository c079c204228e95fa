package org.maftia.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The newest head that this replica signed, on disk before the signature leaves: it never signs another root of that size, or a smaller tree. */
final class SignedHeads implements AutoCloseable {
    private static final int LENGTH = Long.BYTES + Digest.LENGTH;

    private final FileChannel file;
    private long size = -1;
    private Digest root = Digest.ZERO;

    private SignedHeads(FileChannel file) {
        this.file = file;
    }

    static SignedHeads open(Path directory) throws IOException {
        SignedHeads heads = new SignedHeads(FileChannel.open(
                directory.resolve("signed"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE));
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH);
        if (heads.file.size() == LENGTH && heads.file.read(buffer, 0) == LENGTH) {
            Reader reader = new Reader(buffer.array());
            heads.size = reader.count();
            heads.root = reader.digest();
        }
        return heads;
    }

    /** Whether this head may be signed; then it is on disk that it is. */
    boolean admit(long nextSize, Digest nextRoot) throws IOException {
        if (nextSize < size || nextSize == size && !nextRoot.equals(root)) {
            return false;
        }
        if (nextSize > size) {
            file.write(
                    ByteBuffer.wrap(new Writer().u64(nextSize).digest(nextRoot).toBytes()), 0);
            file.force(true);
            size = nextSize;
            root = nextRoot;
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
