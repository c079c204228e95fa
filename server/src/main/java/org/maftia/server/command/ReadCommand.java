package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.wire.MalformedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia read}. */
@Command(
        name = "read",
        description = {
            "Read a value of a service, with a proof that the group certified it.",
            "",
            "Any one replica answers; the proof is checked before the value is printed. Kept with --out, it is",
            "checked again with --proof at any later time, offline, against the group's public documents in D.",
            "",
            "The notary shows 'serials' (stamps given out) and 'time'; the register each of its keys."
        },
        sortOptions = false)
final class ReadCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--max-age",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "The oldest state wanted (default: ${DEFAULT-VALUE}); with --proof any is taken.")
    private long ageSecondsMax;

    @Option(names = "--out", paramLabel = "PROOF", description = "Keep the value with its proof in this file.")
    private @Nullable Path out;

    @Option(names = "--proof", paramLabel = "PROOF", description = "Check a kept file; no replica is asked.")
    private @Nullable Path kept;

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Whose value.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String service;

    @Parameters(index = "1", paramLabel = "KEY", description = "Which value.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String key;

    @Override
    public Integer call() throws Exception {
        CertifiedReader reader = new CertifiedReader(directory.existing(), service, key);
        CertifiedRead read = kept != null ? check(reader, kept) : ask(reader);
        if (out != null) {
            Files.write(out, CertifiedRead.CODEC.encode(read));
        }
        output.print(json(read), sentence(read), state(read));
        return 0;
    }

    private static CertifiedRead check(CertifiedReader reader, Path file) throws IOException, CommandException {
        try {
            return reader.checked(Files.readAllBytes(file), 0);
        } catch (RefusedReadException | MalformedException e) {
            throw new CommandException(
                    "the proof is refused: " + e.getMessage(),
                    "check that service, key, file and group belong together");
        }
    }

    private CertifiedRead ask(CertifiedReader reader) throws Exception {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        return reader.ask(Math.max(0, now - TimeUnit.SECONDS.toMicros(ageSecondsMax)));
    }

    private static ObjectNode json(CertifiedRead read) {
        byte[] value = read.value();
        ObjectNode node = Json.object()
                .put("service", read.service())
                .put("key", read.key())
                .put("found", value != null)
                .put("slot", read.slot())
                .put("time", time(read).toString());
        return value == null ? node : node.put("value", HexFormat.of().formatHex(value));
    }

    private static String sentence(CertifiedRead read) {
        byte[] value = read.value();
        return value == null
                ? read.service() + " has no " + read.key()
                : read.service() + " " + read.key() + " = " + HexFormat.of().formatHex(value);
    }

    private static String state(CertifiedRead read) {
        return "certified by a quorum after slot " + read.slot() + ", at " + time(read) + "; it may have changed since";
    }

    private static Instant time(CertifiedRead read) {
        return Instant.EPOCH.plus(read.timeMicros(), ChronoUnit.MICROS);
    }
}
