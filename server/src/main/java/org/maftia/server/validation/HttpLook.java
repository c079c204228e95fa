package org.maftia.server.validation;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.maftia.core.crypto.Transcript;
import org.maftia.services.authority.ProbeFinding;
import org.maftia.services.authority.ProbeQuestion;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.pki.Identifier;

/** Fetches what an account put at a well-known place of its server (RFC 8555, section 8.3). */
final class HttpLook {
    private static final String PLACE = "/.well-known/acme-challenge/";
    private static final int REDIRECTS_MAX = 10;

    /** The answer has some hundred bytes; servers may say more in headers. */
    private static final int LENGTH_MAX = 64 << 10;

    private static final int LINE_LENGTH_MAX = 8 << 10;
    private static final int HEADERS_MAX = 100;

    /** What comes of a usual answer fits in. */
    private static final int BUFFER_LENGTH = 1 << 10;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?");

    private final Names names;
    private final AddressPolicy policy;
    private final int port;

    HttpLook(Names names, AddressPolicy policy, int port) {
        this.names = names;
        this.policy = policy;
        this.port = port;
    }

    /** What a server answered. */
    private record Reply(int status, SortedMap<String, String> headers, byte[] body, String address) {}

    ProbeFinding look(ProbeQuestion question) throws LookException {
        boolean ip = question.identifier().kind() == Identifier.Kind.IP;
        String host = question.identifier().value();
        URI place = URI.create(
                "http://" + (ip && host.indexOf(':') >= 0 ? "[" + host + "]" : host) + PLACE + question.token());
        for (int hops = 0; hops <= REDIRECTS_MAX; hops++) {
            Reply reply = fetch(place, hops == 0 ? port : -1);
            if (reply.status >= 300 && reply.status < 400) {
                place = next(place, reply);
                continue;
            }
            String body = new String(reply.body, StandardCharsets.UTF_8).stripTrailing();
            if (reply.status != 200) {
                throw new LookException(
                        Problem.Kind.UNAUTHORIZED, reply.address, "the server answered with status " + reply.status);
            }
            if (!body.equals(question.keyAuthorization())) {
                throw new LookException(
                        Problem.Kind.UNAUTHORIZED, reply.address, "the server answered with another text");
            }
            return ProbeFinding.good(reply.address, Transcript.sha256(reply.body));
        }
        throw new LookException(Problem.Kind.CONNECTION, "the server redirects more than " + REDIRECTS_MAX + " times");
    }

    /** Where a redirect leads: to the usual ports of HTTP and HTTPS only. */
    private static URI next(URI from, Reply reply) throws LookException {
        try {
            URI to = from.resolve(reply.headers.getOrDefault("location", ""));
            boolean usual = to.getScheme() != null
                    && to.getHost() != null
                    && to.getUserInfo() == null
                    && (to.getScheme().equalsIgnoreCase("http") && (to.getPort() == -1 || to.getPort() == 80)
                            || to.getScheme().equalsIgnoreCase("https") && (to.getPort() == -1 || to.getPort() == 443));
            if (usual && to.toString().length() <= LINE_LENGTH_MAX) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            throw new LookException(Problem.Kind.CONNECTION, reply.address, "the server redirects to no URL");
        }
        throw new LookException(
                Problem.Kind.CONNECTION, reply.address, "the server redirects elsewhere than to ports 80 and 443");
    }

    /** @param first the port of the first place; -1: that of its scheme */
    private Reply fetch(URI place, int first) throws LookException {
        String host = place.getHost();
        String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        boolean tls = place.getScheme().equalsIgnoreCase("https");
        int usual = tls ? 443 : 80;
        int at = first >= 0 ? first : place.getPort() < 0 ? usual : place.getPort();
        LookException last = null;
        for (InetAddress address : policy.allowed(plain, addresses(plain))) {
            try (Socket socket = tls ? Wire.tls(address, at, sni(plain), "") : Wire.plain(address, at)) {
                return exchange(socket, place, address.getHostAddress());
            } catch (IOException | IllegalArgumentException e) {
                last = new LookException(
                        tls && e instanceof SSLException ? Problem.Kind.TLS : Problem.Kind.CONNECTION,
                        address.getHostAddress(),
                        "fetching from " + plain + " failed: " + e.getMessage());
            }
        }
        throw last == null ? new LookException(Problem.Kind.CONNECTION, "no address of " + plain + " answers") : last;
    }

    private static String sni(String host) {
        return host.matches("[0-9.]+") || host.indexOf(':') >= 0 ? "" : host;
    }

    private List<InetAddress> addresses(String host) throws LookException {
        Optional<InetAddress> literal = Addresses.literal(host);
        return literal.isPresent() ? List.of(literal.get()) : names.addresses(host);
    }

    private static Reply exchange(Socket socket, URI place, String address) throws IOException {
        String path = place.getRawPath() == null || place.getRawPath().isEmpty() ? "/" : place.getRawPath();
        String query = place.getRawQuery() == null ? "" : "?" + place.getRawQuery();
        String request = "GET " + path + query + " HTTP/1.1\r\nHost: " + place.getRawAuthority()
                + "\r\nUser-Agent: Maftia-validation\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        // Lines are read byte by byte: not one call of the system for each.
        InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER_LENGTH);
        String statusLine = line(in);
        if (!STATUS_LINE.matcher(statusLine).matches()) {
            throw new IOException("the server does not speak HTTP");
        }
        SortedMap<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon <= 0 || headers.size() >= HEADERS_MAX) {
                throw new IOException("the server's headers are none, or too many");
            }
            headers.put(
                    line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Reply(Integer.parseInt(statusLine.substring(9, 12)), headers, body(in, headers), address);
    }

    private static byte[] body(InputStream in, SortedMap<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            return chunks(in);
        }
        String length = headers.getOrDefault("content-length", "");
        if (length.matches("[0-9]{1,6}")) {
            int count = Math.min(Integer.parseInt(length), LENGTH_MAX);
            byte[] body = in.readNBytes(count);
            if (body.length < count) {
                throw new EOFException("the server broke off");
            }
            return body;
        }
        return in.readNBytes(LENGTH_MAX);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line(in).split(";", 2)[0].strip();
            if (!size.matches("[0-9a-fA-F]{1,5}")) {
                throw new IOException("the server's chunks have no length");
            }
            int count = Integer.parseInt(size, 16);
            if (count == 0 || body.size() + count > LENGTH_MAX) {
                return body.toByteArray();
            }
            body.writeBytes(in.readNBytes(count));
            line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server broke off");
            }
            if (line.length() >= LINE_LENGTH_MAX) {
                throw new IOException("the server's lines are too long");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
