package org.maftia.server.http;

import io.helidon.common.socket.SocketOptions;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Options of accepted sockets: the first that the library does with each, so that deadlines hold from then on. */
record WatchedSockets(SocketOptions options, Deadlines deadlines) implements SocketOptions {
    @Override
    public void configureSocket(Socket socket) {
        options.configureSocket(socket);
        try {
            deadlines.accepted(socket);
        } catch (SocketException e) {
            throw new UncheckedIOException("the client is gone already", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the port is being closed", e);
        }
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
        return options.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
        return options.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
        return options.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
        return options.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
        return options.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
        return options.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
        return options.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
        return options.tcpNoDelay();
    }
}
