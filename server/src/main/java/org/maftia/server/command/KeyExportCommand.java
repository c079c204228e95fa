package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.MadeKeys;
import org.maftia.server.ceremony.KeyEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia key export}. */
@Command(
        name = "export",
        description = {
            "Print the public half of a key of the group, for those who verify.",
            "",
            "A private half cannot be exported: nobody has it.",
            "",
            "A key that the group made for itself stands in no transcript: the running group in D is asked, and what a",
            "replica answers is printed only if a quorum certified it."
        },
        sortOptions = false)
final class KeyExportCommand implements Callable<Integer> {
    /** In which form. */
    enum Format {
        /** SubjectPublicKeyInfo. */
        PEM,
        CERTIFICATE,
        JWK,
        HEX
    }

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final TranscriptOption transcript = new TranscriptOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--format",
            paramLabel = "pem|certificate|jwk|hex",
            description = "Default: pem for RSA keys, hex for points of BLS12-381.")
    private String format = "";

    @Parameters(paramLabel = "KEYID", description = "The key, as 'maftia key list' names it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    @Override
    public Integer call() throws Exception {
        List<KeyEntry> keys = transcript.find(directory.directory()).group().catalogue();
        KeyEntry key = keys.stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        "the group has no key '" + id + "'",
                        "it has "
                                + String.join(
                                        ", ", keys.stream().map(KeyEntry::id).toList())));
        if (key.isMadeByGroup()) {
            key = key.with(made());
        }
        String text = switch (form(key)) {
            case PEM -> pem(key);
            case HEX -> key.hex();
            case CERTIFICATE -> key.certificatePem();
            case JWK -> key.jwk().toString();
        };
        ObjectNode json = Json.object()
                .put("id", key.id())
                .put("epoch", key.epoch())
                .put("algorithm", key.algorithm())
                .put("format", form(key).name().toLowerCase(Locale.ROOT))
                .put("key", text);
        output.print(json, text);
        return 0;
    }

    /** As a quorum certified it; which one that is the transcripts in D say. */
    private byte[] made() throws Exception {
        CertifiedRead read = new CertifiedReader(directory.existing(), MadeKeys.VIEW, MadeKeys.entry(id)).ask(0);
        byte[] publicKey = read.value();
        if (publicKey == null) {
            throw new CommandException("the group has not made key '" + id + "' yet", "ask again in some seconds");
        }
        return publicKey;
    }

    private Format form(KeyEntry key) throws CommandException {
        if (format.isEmpty()) {
            return key.isRsa() ? Format.PEM : Format.HEX;
        }
        for (Format known : Format.values()) {
            if (known.name().equalsIgnoreCase(format)) {
                return known;
            }
        }
        throw new CommandException("there is no format '" + format + "'", "pem, certificate, jwk or hex");
    }

    private static String pem(KeyEntry key) throws CommandException {
        if (!key.isRsa()) {
            throw new CommandException("key " + key.id() + " has no PEM", "it is a point of BLS12-381: --format hex");
        }
        return key.text();
    }
}
