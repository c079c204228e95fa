package org.maftia.bench.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Answers challenges over HTTP (RFC 8555, section 8.3) on many addresses of this machine, all of them loopback: an account proves
 * each address once, so that many orders need many of them.
 */
final class ChallengeServer implements Closeable {
    /** 127.0.0.2 and those after it; systems other than Linux may have none but 127.0.0.1. */
    static final int ADDRESSES = 250;

    private static final String PREFIX = "GET /.well-known/acme-challenge/";
    private static final int REQUEST_LENGTH_MAX = 8_192;
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int BACKLOG = 256;

    private final ConcurrentMap<String, String> expected = new ConcurrentHashMap<>();
    private final List<ServerSocket> sockets = new ArrayList<>();

    ChallengeServer(int port) throws IOException {
        try {
            for (int i = 0; i < ADDRESSES; i++) {
                ServerSocket socket = new ServerSocket(port, BACKLOG, InetAddress.getByName(address(i)));
                sockets.add(socket);
                Thread.ofVirtual().start(() -> acceptAll(socket));
            }
        } catch (IOException e) {
            close();
            throw new IOException("challenges cannot be answered on port " + port + " of 127.0.0.2 and so on", e);
        }
    }

    /** @param index from 0 to {@link #ADDRESSES} - 1 */
    static String address(int index) {
        return "127.0.0." + (2 + index);
    }

    /** @param answer to whoever asks for the token */
    void expect(String token, String answer) {
        expected.put(token, answer);
    }

    private void acceptAll(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket connection = from.accept();
                Thread.ofVirtual().start(() -> answer(connection));
            } catch (IOException e) {
                if (!from.isClosed()) {
                    throw new IllegalStateException("challenges are not answered any more", e);
                }
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            connection.setSoTimeout(TIMEOUT_MILLIS);
            String request = request(connection.getInputStream());
            int end = request.indexOf(' ', PREFIX.length());
            String token = request.startsWith(PREFIX) && end > 0 ? request.substring(PREFIX.length(), end) : "";
            String answer = expected.get(token);
            String status = answer == null ? "404 Not Found" : "200 OK";
            String body = answer == null ? "" : answer;
            String text = "HTTP/1.1 " + status + "\r\nContent-Type: application/octet-stream\r\nContent-Length: "
                    + body.length() + "\r\nConnection: close\r\n\r\n" + body;
            connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            System.err.println("a challenge was not answered: " + e.getMessage()); // the order will say so, too
        }
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            byte[] some = new byte[1_024];
            int length = in.read(some);
            if (length < 0 || request.length() > REQUEST_LENGTH_MAX) {
                throw new IOException("no request of HTTP");
            }
            request.append(new String(some, 0, length, StandardCharsets.US_ASCII));
        }
        return request.toString();
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket socket : sockets) {
            socket.close();
        }
    }
}
