package org.maftia.server.validation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.services.authority.ProbeFinding;
import org.maftia.services.authority.ProbeQuestion;
import org.maftia.services.authority.acme.Problem;

/** Reads what an account put into its zone (RFC 8555, section 8.4). */
final class DnsLook {
    private final Names names;

    DnsLook(Names names) {
        this.names = names;
    }

    ProbeFinding look(ProbeQuestion question) throws LookException {
        byte[] wanted = Base64.getUrlEncoder()
                .withoutPadding()
                .encode(Transcript.sha256(question.keyAuthorization().getBytes(StandardCharsets.US_ASCII))
                        .toBytes());
        String name = "_acme-challenge." + question.identifier().value();
        List<byte[]> texts = names.texts(name);
        for (byte[] text : texts) {
            if (Arrays.equals(text, wanted)) {
                return ProbeFinding.good("", Transcript.sha256(text));
            }
        }
        throw new LookException(
                Problem.Kind.UNAUTHORIZED,
                texts.isEmpty() ? name + " has no text" : name + " has " + texts.size() + " other texts");
    }
}
