package org.maftia.wormhole.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.frame.Frame;

/** A component behind a Unix-domain socket of this machine. */
public final class SocketTransport implements Transport {
    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Frame.LENGTH);

    private SocketTransport(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * @throws StoppedException if nobody listens there
     */
    public static SocketTransport connect(Path socket) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            return new SocketTransport(channel);
        } catch (IOException e) {
            throw new StoppedException("no component listens at " + socket, e);
        }
    }

    @Override
    public void exchange(byte[] request, byte[] reply) {
        try {
            buffer.clear().put(request).flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new StoppedException("the component has closed the connection");
                }
            }
            buffer.flip().get(reply);
        } catch (IOException e) {
            throw new StoppedException("the component cannot be reached", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoppedException("the connection cannot be closed", e);
        }
    }
}
