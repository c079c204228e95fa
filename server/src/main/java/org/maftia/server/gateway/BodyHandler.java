package org.maftia.server.gateway;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.maftia.core.replica.UndoneCommand;

/**
 * Handles requests with a body of one media type and a bounded length: what runs behind it sees whole bodies within the
 * bound and nothing else. Another media type is answered by 415, a longer body by 413 without reading it, an empty or
 * broken off one by 400. A request that sends half of what it promised costs one waiting virtual thread for ten
 * seconds, and then its connection ends.
 *
 * <p>{@link Submission.Busy} is answered by 503 with Retry-After, {@link Submission.Undone} by 500, {@link TimeoutException}
 * by 504.
 */
public final class BodyHandler implements Handler {
    private static final String RETRY_AFTER_SECONDS = "1";

    /** For the whole of a body; a client that says nothing in the middle of it is gone. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String contentType;
    private final int lengthMax;
    private final PathService service;
    private final Refusing refusing;

    private BodyHandler(String contentType, int lengthMax, PathService service, Refusing refusing) {
        this.contentType = contentType;
        this.lengthMax = lengthMax;
        this.service = service;
        this.refusing = refusing;
    }

    /** How what this handler refuses by itself is worded. */
    @FunctionalInterface
    public interface Refusing {
        Answer answer(int status, String sentence);
    }

    /** Answers one whole body; may block, as every request has a virtual thread of its own. */
    @FunctionalInterface
    public interface Service {
        Answer answer(byte[] body) throws TimeoutException, InterruptedException;
    }

    /** The same, where the answer depends on the path. */
    @FunctionalInterface
    public interface PathService {
        Answer answer(String path, byte[] body) throws TimeoutException, InterruptedException;
    }

    /**
     * @param contentType the only media type taken, without parameters
     * @param lengthMax bytes of the longest body
     */
    public static BodyHandler of(String contentType, int lengthMax, Service service) {
        return ofPath(contentType, lengthMax, (path, body) -> service.answer(body), Answer::text);
    }

    /** The same, for a service that wants to know the path, and where what is refused here is a problem document. */
    public static BodyHandler ofPath(String contentType, int lengthMax, PathService service) {
        return ofPath(contentType, lengthMax, service, Answer::problem);
    }

    /** The same, for a protocol that words refusals in a form of its own. */
    static BodyHandler ofPath(String contentType, int lengthMax, PathService service, Refusing refusing) {
        return new BodyHandler(contentType.toLowerCase(Locale.ROOT), lengthMax, service, refusing);
    }

    /** The same, where what is refused here is a problem document, as it is behind it. */
    public static BodyHandler withProblems(String contentType, int lengthMax, Service service) {
        return ofPath(contentType, lengthMax, (path, body) -> service.answer(body));
    }

    /** The same for a protocol whose clients name no media type, and that words refusals in a form of its own. */
    public static BodyHandler ofAnyType(int lengthMax, PathService service, Refusing refusing) {
        return new BodyHandler("", lengthMax, service, refusing);
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws InterruptedException {
        Answer answer = answer(request);
        response.status(Status.create(answer.status()));
        response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        if (answer.status() == Status.SERVICE_UNAVAILABLE_503.code()) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        } else if (answer.retryAfterSeconds() > 0) {
            response.header(HeaderNames.RETRY_AFTER, Long.toString(answer.retryAfterSeconds()));
        }
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (!request.content().consumed()) {
            // Part of the body may still be on its way: the connection cannot carry another request.
            response.header(HeaderNames.CONNECTION, "close");
        }
        response.send(answer.body());
    }

    private Answer answer(ServerRequest request) throws InterruptedException {
        if (!hasContentType(request)) {
            return refusing.answer(415, "the content type must be " + contentType);
        }
        OptionalLong length = request.headers().contentLength();
        if (length.isPresent() && length.getAsLong() > lengthMax) {
            return tooLong();
        }
        byte[] body;
        try {
            body = read(request, lengthMax);
        } catch (IOException e) {
            return refusing.answer(400, "the request broke off");
        }
        if (body.length > lengthMax) {
            return tooLong();
        }
        if (body.length == 0) {
            return refusing.answer(400, "the request has no body");
        }
        try {
            return service.answer(request.path().path(), body);
        } catch (Submission.Busy e) {
            return refusing.answer(503, "too many requests wait; come back");
        } catch (Submission.Undone e) {
            return refusing.answer(500, UndoneCommand.SENTENCE);
        } catch (TimeoutException e) {
            return refusing.answer(504, "the group did not answer in time");
        }
    }

    private Answer tooLong() {
        return refusing.answer(413, "the request may have " + lengthMax + " bytes");
    }

    private boolean hasContentType(ServerRequest request) {
        if (contentType.isEmpty()) {
            return true;
        }
        Optional<String> given = request.headers().first(HeaderNames.CONTENT_TYPE);
        return given.isPresent()
                && given.get().split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(contentType);
    }

    /**
     * Reads a body, but no more of it than one byte above a bound, so that one of unknown length is bounded too.
     *
     * @throws IOException when it breaks off, or its parts have no lengths
     */
    public static byte[] read(ServerRequest request, int lengthMax) throws IOException {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (Patience _ = Patience.of(PATIENCE)) {
            // Left open: to close it would be to read the rest, however long.
            InputStream in = request.content().inputStream();
            return in.readNBytes(lengthMax + 1);
        } catch (UncheckedIOException | DataReader.InsufficientDataAvailableException e) {
            throw new IOException("the body breaks off", e);
        } catch (IllegalArgumentException e) { // what the library says to a chunk whose length is no number
            throw new IOException("the body has parts without lengths", e);
        }
    }
}
