package org.maftia.wormhole.tpm;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.maftia.wormhole.certificate.BigEndian;

/**
 * Commands as they are, one behind the other: what the kernel's {@code /dev/tpmrm0} takes, and the data channel of a
 * software TPM.
 */
public final class TpmStream implements TpmTransport {
    private final ByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH_MAX);

    private TpmStream(ByteChannel channel) {
        this.channel = channel;
    }

    /** The kernel's device, usually {@code /dev/tpmrm0}, which takes a command in one write. */
    public static TpmStream device(Path device) throws IOException {
        return new TpmStream(FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** A software TPM at a Unix-domain socket. */
    public static TpmStream unix(Path socket) throws IOException {
        return connected(SocketChannel.open(StandardProtocolFamily.UNIX), UnixDomainSocketAddress.of(socket));
    }

    /** A software TPM at a port of an address. */
    public static TpmStream tcp(InetSocketAddress address) throws IOException {
        return connected(SocketChannel.open(), address);
    }

    private static TpmStream connected(SocketChannel channel, SocketAddress address) throws IOException {
        try {
            channel.connect(address);
            return new TpmStream(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * What a configuration names: {@code device:PATH}, {@code unix:PATH} or {@code tcp:PORT} (of this machine).
     *
     * @throws IllegalArgumentException with one sentence if it is none of these
     * @throws IOException if there is no TPM
     */
    public static TpmStream open(String place) throws IOException {
        int colon = place.indexOf(':');
        String rest = place.substring(colon + 1);
        return switch (colon < 0 ? "" : place.substring(0, colon)) {
            case "device" -> device(Path.of(rest));
            case "unix" -> unix(Path.of(rest));
            case "tcp" -> tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(rest)));
            default -> throw new IllegalArgumentException("a TPM is device:PATH, unix:PATH or tcp:PORT, not " + place);
        };
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 0xffff) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the port of a TPM is a number, not " + text, e);
        }
        throw new IllegalArgumentException("no such port: " + text);
    }

    @Override
    public int exchange(byte[] command, int length, byte[] response) throws IOException {
        buffer.clear().put(command, 0, length).flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
        receive(HEADER_LENGTH);
        buffer.get(0, response, 0, HEADER_LENGTH);
        int said = BigEndian.u32(response, 2);
        if (said < HEADER_LENGTH || said > LENGTH_MAX) {
            throw new IOException("the TPM says that its response has " + said + " bytes");
        }
        receive(said);
        if (buffer.position() != said) {
            throw new IOException("the TPM's response is longer than it says");
        }
        buffer.get(0, response, 0, said);
        return said;
    }

    private void receive(int count) throws IOException {
        while (buffer.position() < count) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the TPM has ended the connection");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
