package org.maftia.server.gateway;

import io.helidon.webserver.http.HttpRouting;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.maftia.services.notary.Notary;
import org.maftia.services.notary.tsp.Query;

/**
 * RFC 3161 over HTTP (section 3.4): hands the request to the group as it came, and the group's reply to the client. It
 * decides nothing: a token that it altered would not verify.
 */
public final class TimeStampGateway implements Gateway {
    private static final String PATH = "/tsa";
    private static final String QUERY = "application/timestamp-query";
    private static final String REPLY = "application/timestamp-reply";

    private final Submission submission;

    public TimeStampGateway(Submission submission) {
        this.submission = submission;
    }

    @Override
    public String service() {
        return "tsa";
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        BodyHandler handler = BodyHandler.of(QUERY, Query.LENGTH_MAX, this::stamp);
        plain.post(PATH, handler);
        tls.post(PATH, handler);
    }

    private Answer stamp(byte[] query) throws InterruptedException {
        if (!looksLikeRequest(query)) {
            return Answer.text(400, "the body is no DER of a TimeStampReq");
        }
        CompletableFuture<byte[]> result = submission.submit(Notary.NAME, query);
        try {
            return new Answer(200, REPLY, result.get());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                // Asked again, here or elsewhere, the request gets another serial and does no harm.
                case TimeoutException timeout -> {
                    return Answer.text(503, "the group did not answer in time; come back");
                }
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused a time-stamp request", e);
            }
        }
    }

    /** A SEQUENCE that is as long as it says: enough to keep noise out of the log. The group judges the rest. */
    private static boolean looksLikeRequest(byte[] body) {
        if (body.length < 2 || body[0] != 0x30) {
            return false;
        }
        int first = body[1] & 0xff;
        if (first < 0x80) {
            return body.length == 2 + first;
        }
        int count = first & 0x7f;
        if (count == 0 || count > 2 || body.length < 2 + count) {
            return false;
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | body[2 + i] & 0xff;
        }
        return body.length == 2 + count + length;
    }
}
