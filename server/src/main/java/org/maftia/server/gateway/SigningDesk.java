package org.maftia.server.gateway;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.maftia.services.signing.Signing;
import org.maftia.services.signing.SigningAnswer;
import org.maftia.services.signing.SigningCommand;

/** What the gateways to the signing service share: the keys of the present configuration, and the way of a command. */
public final class SigningDesk {
    private final Submission submission;
    private final Supplier<List<SigningInfo>> keys;
    private final IntSupplier gateway;

    /**
     * @param keys of the present configuration
     * @param gateway the number of this one
     */
    public SigningDesk(Submission submission, Supplier<List<SigningInfo>> keys, IntSupplier gateway) {
        this.submission = submission;
        this.keys = keys;
        this.gateway = gateway;
    }

    /** What came of a command. */
    sealed interface Outcome {
        /** The group signed. */
        record Signed(byte[] signature) implements Outcome {}

        /** It did not. */
        record Not(SigningAnswer answer) implements Outcome {}
    }

    List<SigningInfo> keys() {
        return keys.get();
    }

    Optional<SigningInfo> key(String name) {
        return keys().stream().filter(key -> key.policy().name().equals(name)).findFirst();
    }

    int gateway() {
        return gateway.getAsInt();
    }

    /** Orders a command and waits for what comes of it. */
    Outcome sign(SigningCommand command) throws TimeoutException, InterruptedException {
        Submission.Signed signed = submission.submitSigned(Signing.NAME, SigningCommand.CODEC.encode(command));
        SigningAnswer answer = SigningAnswer.CODEC.decode(result(signed.result()));
        return answer instanceof SigningAnswer.Granted
                ? new Outcome.Signed(result(signed.signature()))
                : new Outcome.Not(answer);
    }

    private static byte[] result(CompletableFuture<byte[]> future) throws TimeoutException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException timeout -> throw timeout;
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused to sign", e);
            }
        }
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }
}
