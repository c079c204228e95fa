package org.maftia.services.log;

import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the {@link TransparencyLog} is asked for. */
public sealed interface LogOperation {
    /**
     * A client of the group brings an entry.
     *
     * @param client its number
     * @param body of the entry
     * @param signature by the client's Ed25519 key of {@link #entryDigest}; empty where the client itself has it ordered
     */
    record Append(int client, byte[] body, byte[] signature) implements LogOperation {}

    /**
     * A replica signs a head.
     *
     * @param member its index
     * @param size of the head
     * @param root as it has it
     * @param log signature by its log key
     * @param witness by its witness key, with the time of the head
     */
    record Cosign(int member, long size, Digest root, byte[] log, byte[] witness) implements LogOperation {}

    /**
     * What a client signs of an entry.
     *
     * @param origin the name of the log
     */
    static Digest entryDigest(String origin, byte[] body) {
        return Transcript.of("log entry").field(origin).field(body).digest();
    }

    Codec<LogOperation> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, LogOperation value) {
            switch (value) {
                case Append append ->
                    writer.u8(1).u32(append.client).opaque16(append.body).opaque8(append.signature);
                case Cosign cosign ->
                    writer.u8(2)
                            .u8(cosign.member)
                            .u64(cosign.size)
                            .digest(cosign.root)
                            .opaque8(cosign.log)
                            .opaque8(cosign.witness);
            }
        }

        @Override
        public LogOperation read(Reader reader) {
            return switch (reader.u8()) {
                case 1 ->
                    new Append(
                            (int) Math.min(reader.u32(), Integer.MAX_VALUE),
                            reader.opaque16(LogEntry.BODY_LENGTH_MAX),
                            reader.opaque8(Ed25519Certifier.SIGNATURE_LENGTH));
                case 2 ->
                    new Cosign(
                            reader.u8(),
                            reader.count(),
                            reader.digest(),
                            reader.opaque8(Ed25519Certifier.SIGNATURE_LENGTH),
                            reader.opaque8(Long.BYTES + Ed25519Certifier.SIGNATURE_LENGTH));
                default -> throw new MalformedException("no operation of a log");
            };
        }
    };
}
