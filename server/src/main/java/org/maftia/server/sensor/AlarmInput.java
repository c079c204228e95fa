package org.maftia.server.sensor;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Something that alarms are read from.
 *
 * @param name as people know it
 */
record AlarmInput(String name, Place place) {
    /** Where its bytes are. */
    sealed interface Place {
        /** Opens a stream that its caller closes. */
        InputStream open() throws IOException;
    }

    /** A stream that is open already, to be read once. */
    record Stream(InputStream stream) implements Place {
        @Override
        public InputStream open() {
            return stream;
        }
    }

    /** A socket on which one sensor is awaited: Suricata's {@code filetype: unix_stream} connects to whoever listens. */
    record Socket(Path path) implements Place {
        @Override
        public InputStream open() throws IOException {
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                bind(server);
                try (Undo _ = Undo.of(() -> Files.deleteIfExists(path))) {
                    SocketChannel channel = server.accept();
                    return Channels.newInputStream(channel);
                } finally {
                    Files.deleteIfExists(path);
                }
            }
        }

        private void bind(ServerSocketChannel server) throws IOException {
            try {
                server.bind(UnixDomainSocketAddress.of(path));
            } catch (BindException e) {
                String hint = Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                        ? ": it is there already; remove it if nobody listens at it any more"
                        : ": " + e.getMessage();
                throw new IOException(path + " cannot be listened at" + hint, e);
            }
        }
    }

    /** A file, compressed or not. */
    record Plain(Path path) implements Place {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(path);
        }
    }

    /** A file in a zip archive. */
    record Member(Path archive, String member) implements Place {
        @Override
        public InputStream open() throws IOException {
            ZipFile zip = new ZipFile(archive.toFile());
            ZipEntry entry = zip.getEntry(member);
            if (entry == null) {
                zip.close();
                throw new NoSuchFileException(archive + "!" + member);
            }
            InputStream stream = zip.getInputStream(entry);
            return new FilterInputStream(stream) {
                @Override
                public void close() throws IOException {
                    super.close();
                    zip.close();
                }
            };
        }
    }

    /** One bad file of many: reported when its turn comes. */
    record Broken(IOException fault) implements Place {
        @Override
        public InputStream open() throws IOException {
            throw fault;
        }
    }
}
