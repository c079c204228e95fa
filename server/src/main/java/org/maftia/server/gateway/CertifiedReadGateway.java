package org.maftia.server.gateway;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import java.util.Optional;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.MerkleMap;

/**
 * Values of services with their proofs, by plain GET: {@code /certified?service=S&key=K}, and {@code since=MICROS} from
 * who wants a state of that agreed time or later. What comes back is a {@link CertifiedRead} in its encoding, which any
 * cache may keep and hand on, as it proves itself. The reader decides whether it is young enough.
 */
public final class CertifiedReadGateway implements Gateway {
    private static final String PATH = "/certified";
    private static final String TYPE = "application/octet-stream";

    /** Caches between may save a busy replica most of its readers, at the price of an age below a checkpoint's. */
    private static final String CACHING = "public, max-age=5";

    private final CertifiedState state;

    public CertifiedReadGateway(CertifiedState state) {
        this.state = state;
    }

    @Override
    public String service() {
        return "certified";
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        Handler handler = (request, response) -> {
            Answer answer = answer(request);
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            response.header(HeaderNames.CACHE_CONTROL, answer.status() == 200 ? CACHING : "no-store");
            response.send(answer.body());
        };
        plain.get(PATH, handler);
        tls.get(PATH, handler);
    }

    private Answer answer(ServerRequest request) {
        String service = request.query().first("service").orElse("");
        String key = request.query().first("key").orElse("");
        if (service.isEmpty() || !MerkleMap.isKey(key)) {
            return Answer.text(400, "ask for /certified?service=S&key=K with a key of 1 to 255 bytes");
        }
        long since;
        try {
            since = Long.parseLong(request.query().first("since").orElse("0"));
        } catch (NumberFormatException e) {
            return Answer.text(400, "since is a number of microseconds");
        }
        Optional<CertifiedView> view = state.certified();
        if (view.isEmpty() || view.get().checkpoint().claim().timeMicros() < since) {
            state.certify();
        }
        if (view.isEmpty()) {
            return Answer.text(503, "nothing is certified yet; come back in a second");
        }
        Optional<CertifiedRead> read = view.get().read(service, key);
        return read.isPresent()
                ? new Answer(200, TYPE, CertifiedRead.CODEC.encode(read.get()))
                : Answer.text(404, "the group runs no such service");
    }
}
