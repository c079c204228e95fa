package org.maftia.bench.cluster;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.SocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * HTTP/1.1 over one connection that is kept, and no more of it than gateways need: a larger client would be measured in the place of
 * the server. One thread at a time.
 */
final class LeanConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int LINE_LENGTH_MAX = 4_096;
    private static final int BODY_LENGTH_MAX = 16 << 20;

    /** What stands before the status in the first line of an answer. */
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final Socket socket;
    private final InputStream in;
    private final String host;

    /** An answer, whatever its status. */
    record Reply(int status, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private LeanConnection(Socket socket, String host) throws IOException {
        this.socket = socket;
        this.host = host;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
    }

    /** @param base such as {@code http://localhost:8080} */
    static LeanConnection plain(String base) throws IOException {
        return open(base, SocketFactory.getDefault());
    }

    /**
     * The same over TLS; the name in the address must be in the certificate.
     *
     * @param base such as {@code https://localhost:8443}
     * @param sockets say whom they trust
     */
    static LeanConnection secure(String base, SSLSocketFactory sockets) throws IOException {
        return open(base, sockets);
    }

    private static LeanConnection open(String base, SocketFactory sockets) throws IOException {
        URI place = URI.create(base);
        Socket socket = sockets.createSocket(place.getHost(), place.getPort());
        try {
            if (socket instanceof SSLSocket tls) {
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                tls.setSSLParameters(parameters);
            }
            return new LeanConnection(socket, place.getHost() + ":" + place.getPort());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    Reply get(String path) throws IOException {
        return asked("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", new byte[0]);
    }

    Reply post(String path, String contentType, byte[] body) throws IOException {
        String head = "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: " + contentType
                + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        return asked(head, body);
    }

    /** In one write: with TLS in one record, where it fits. */
    private Reply asked(String head, byte[] body) throws IOException {
        byte[] first = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(first, first.length + body.length);
        System.arraycopy(body, 0, all, first.length, body.length);
        socket.getOutputStream().write(all);
        return answer();
    }

    private Reply answer() throws IOException {
        String first = line();
        int length = -1;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = number(line.substring(15).strip(), line);
            }
        }
        if (length < 0 || length > BODY_LENGTH_MAX || first.length() < STATUS_AT + 3) {
            throw new IOException("an answer of another form: " + first);
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("an answer broke off");
        }
        return new Reply(number(first.substring(STATUS_AT, STATUS_AT + 3), first), body);
    }

    private static int number(String digits, String line) throws IOException {
        if (!digits.matches("[0-9]{1,8}")) {
            throw new IOException("an answer of another form: " + line);
        }
        return Integer.parseInt(digits);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() > LINE_LENGTH_MAX) {
                throw new EOFException("an answer broke off");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
