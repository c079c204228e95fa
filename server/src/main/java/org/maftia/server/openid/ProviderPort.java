package org.maftia.server.openid;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.maftia.server.gateway.Submission;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.ProvedCommand;
import org.maftia.services.openid.Provider;
import org.maftia.services.openid.ProviderAnswer;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.ProviderFact;
import org.maftia.services.openid.ProviderQuestion;

/** The way of a gateway to the provider that its group runs. */
final class ProviderPort {
    private final Submission submission;
    private final Supplier<Optional<OpenIdInfo>> info;
    private final SecureRandom random = new SecureRandom();
    private final ReentrantLock drawing = new ReentrantLock();

    ProviderPort(Submission submission, Supplier<Optional<OpenIdInfo>> info) {
        this.submission = submission;
        this.info = info;
    }

    /** A new secret, which is handed out in the form of a text. */
    record Made(BearerSecret secret, String text) {}

    Made make(BearerSecret.Use use) {
        byte[] bytes = new byte[BearerSecret.LENGTH];
        random.nextBytes(bytes);
        return new Made(BearerSecret.of(use, bytes), StrictJson.base64(bytes));
    }

    OpenIdInfo info() throws OAuthException {
        return info.get()
                .orElseThrow(() -> new OAuthException(
                        404, "invalid_request", "this group is no provider: its configuration names no clients"));
    }

    /** Orders a command; what the group refuses is thrown. */
    ProviderAnswer order(ProviderCommand command, BearerSecret... secrets)
            throws OAuthException, TimeoutException, InterruptedException {
        byte[] operation = ProvedCommand.CODEC.encode(ProvedCommand.of(command, info().gateway(), List.of(secrets)));
        return accepted(result(submission.submit(Provider.NAME, operation)));
    }

    /**
     * An answer, and what was signed with it.
     *
     * @param signature comes a little later
     */
    record Signed(ProviderAnswer answer, CompletableFuture<byte[]> signature) {
        /** The whole token, once it verifies under the group's key. */
        String token(String input, OpenIdInfo info) throws OAuthException, TimeoutException, InterruptedException {
            byte[] bytes = result(signature);
            String token = input + "." + StrictJson.base64(bytes);
            if (!info.hasSigned(CompactJws.decode(token))) {
                throw OAuthException.busy(); // the group is getting new keys
            }
            return token;
        }
    }

    /** The same for a command under which a token is signed. */
    Signed orderSigned(ProviderCommand command, List<BearerSecret> secrets)
            throws OAuthException, TimeoutException, InterruptedException {
        byte[] operation = ProvedCommand.CODEC.encode(ProvedCommand.of(command, info().gateway(), secrets));
        Submission.Signed signed = submission.submitSigned(Provider.NAME, operation);
        return new Signed(accepted(result(signed.result())), signed.signature());
    }

    ProviderFact peek(ProviderQuestion question) throws TimeoutException, InterruptedException {
        return result(submission.peek(Provider.NAME, ProviderQuestion.CODEC.encode(question)))
                .map(ProviderFact.CODEC::decode)
                .orElseGet(ProviderFact.Nothing::new);
    }

    /** What proofs of possession may name; where the last one is old, the group draws another. */
    ProviderFact.Nonce nonce(InstantSource clock) throws OAuthException, TimeoutException, InterruptedException {
        drawing.lockInterruptibly(); // one request asks for all
        try {
            ProviderFact.Nonce known = known();
            if (known.isFresh(clock.millis() * 1_000)) {
                return known;
            }
            order(new ProviderCommand.Nonce());
            return known();
        } finally {
            drawing.unlock();
        }
    }

    private ProviderFact.Nonce known() throws OAuthException, TimeoutException, InterruptedException {
        if (peek(new ProviderQuestion.OfNonce()) instanceof ProviderFact.Nonce nonce) {
            return nonce;
        }
        throw OAuthException.busy(); // the group has no provider yet, or none any more
    }

    private static ProviderAnswer accepted(byte[] result) throws OAuthException {
        if (result.length == 0) {
            throw OAuthException.busy(); // the group has no provider yet, or none any more
        }
        return switch (ProviderAnswer.CODEC.decode(result)) {
            case ProviderAnswer.Refused refused -> throw OAuthException.of(refused.fault(), refused.sentence());
            case ProviderAnswer.Busy busy when busy.seconds() > 1 -> throw OAuthException.tooMany(busy.seconds());
            case ProviderAnswer.Busy busy -> throw OAuthException.busy();
            case ProviderAnswer answer -> answer;
        };
    }

    private static <T> T result(CompletableFuture<T> future) throws TimeoutException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException timeout -> throw timeout;
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused a command of its gateway", e);
            }
        }
    }
}
