package org.maftia.services.exchange;

import org.maftia.core.ordering.RequestId;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.message.Appeal;

/** What is under way for a request whose result will come later. */
sealed interface Work {
    /** Of an encoded command. */
    int OPERATION_LENGTH_MAX = 60 << 10;

    /** Of what is signed in a token. */
    int INPUT_LENGTH_MAX = 2 << 10;

    RequestId request();

    /** Agreed time at which nobody waits any more. */
    long dueMicros();

    /** Which escrow is being opened. */
    enum Stage {
        /** B's, for the first time. */
        SECOND,
        /** A's, once B's was found to be good. */
        FIRST,
        /** A's, of an exchange that was resolved, for B. */
        AGAIN
    }

    /**
     * A token waits for the group's signature.
     *
     * @param input what is signed
     * @param item sealed for who asked
     */
    record Token(RequestId request, String input, byte[] item, long dueMicros) implements Work {}

    /**
     * An escrow is being opened.
     *
     * @param operation the command, read again when it is open
     * @param forA B's item, sealed for A, once it was found
     */
    record Escrow(RequestId request, Digest exchange, byte[] operation, Stage stage, byte[] forA, long dueMicros)
            implements Work {
        Appeal.Resolve resolve() {
            return (Appeal.Resolve) appeal(operation);
        }

        /** B's escrow was good: A's is next. */
        Escrow next(byte[] found, long due) {
            return new Escrow(request, exchange, operation, Stage.FIRST, found, due);
        }
    }

    /** A command waits until escrows of the same exchange are open. */
    record Waiting(RequestId request, Digest exchange, byte[] operation, long dueMicros) implements Work {}

    /** What was asked, of a command that was judged before. */
    static Appeal appeal(byte[] operation) {
        try {
            ExchangeCommand.Appealed command = (ExchangeCommand.Appealed) ExchangeCommand.CODEC.decode(operation);
            return Appeal.of(command.first(), command.second(), command.request());
        } catch (Appeal.NotPartyException e) {
            throw new IllegalStateException("only what a party signed is worked on", e);
        }
    }

    static void write(Writer writer, Work work) {
        switch (work) {
            case Token token -> {
                RequestId.CODEC.write(writer.u8(1), token.request);
                writer.string(token.input).opaque16(token.item).u64(token.dueMicros);
            }
            case Escrow escrow -> {
                RequestId.CODEC.write(writer.u8(2), escrow.request);
                writer.digest(escrow.exchange)
                        .opaque16(escrow.operation)
                        .u8(escrow.stage.ordinal())
                        .opaque16(escrow.forA)
                        .u64(escrow.dueMicros);
            }
            case Waiting waiting -> {
                RequestId.CODEC.write(writer.u8(3), waiting.request);
                writer.digest(waiting.exchange).opaque16(waiting.operation).u64(waiting.dueMicros);
            }
        }
    }

    static Work read(Reader reader) {
        int kind = reader.u8();
        RequestId request = RequestId.CODEC.read(reader);
        return switch (kind) {
            case 1 ->
                new Token(
                        request,
                        reader.string(INPUT_LENGTH_MAX),
                        reader.opaque16(ExchangeAnswer.ITEM_LENGTH_MAX),
                        reader.count());
            case 2 ->
                new Escrow(
                        request,
                        reader.digest(),
                        reader.opaque16(OPERATION_LENGTH_MAX),
                        stage(reader.u8()),
                        reader.opaque16(ExchangeAnswer.ITEM_LENGTH_MAX),
                        reader.count());
            case 3 -> new Waiting(request, reader.digest(), reader.opaque16(OPERATION_LENGTH_MAX), reader.count());
            default -> throw new MalformedException("no work of an exchange");
        };
    }

    private static Stage stage(int ordinal) {
        Stage[] stages = Stage.values();
        if (ordinal >= stages.length) {
            throw new MalformedException("no stage of an escrow");
        }
        return stages[ordinal];
    }
}
