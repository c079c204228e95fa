package org.maftia.services.exchange;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.message.Answering;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.jose.CompactJws;

/**
 * Where parties of an exchange who cannot reach each other leave messages for each other. It keeps the messages that the parties
 * sign, in their order, each once and none in place of another, for some days and in bounded room. **Fairness does not rest on
 * it**: who finds nothing here goes on as one who hears nothing, and what is found is checked by its reader as if it had come by
 * any other way. A command is a {@link MailboxCommand}, a result a {@link MailboxAnswer}.
 *
 * <p>Room is the gateways', each its own share, so that no corrupted one takes that of others; in a share each origin has a
 * part, and so has each who begins exchanges. Who is let begin one has the room for all its messages.
 */
public final class Mailbox implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "exchange-mailbox";

    /** m1 to m4. */
    static final int MESSAGES_MAX = 4;

    /** From the last message on. Who does not look for so long is told of it by others. */
    static final long LIFE_MICROS = 7 * 24 * 3_600_000_000L;

    /** Of all gateways together, in a group of usual size: a checkpoint writes it whole. */
    static final long BYTES_MAX = 16L << 20;

    /** Of a gateway in a group however large: nine swaps. */
    static final long SHARE_BYTES_MIN = 512 << 10;

    /** Of one origin at a gateway: two swaps, or some contracts. */
    static final long ORIGIN_BYTES_MIN = 128 << 10;

    /** So many origins at least have a part each in the share of a gateway of a small group. */
    private static final int ORIGINS = 16;

    /** By one who begins them, whoever they are with. */
    static final int EXCHANGES_OF_AUTHOR_MAX = 16;

    /** More than there is room for in the largest group, as each takes some kilobytes. */
    private static final int EXCHANGES_MAX = 8_192;

    /** Of m2 and m3, which hold digests and a signature. */
    private static final int SHORT_LENGTH_MAX = 2 << 10;

    private final Trusted trusted;
    private final long shareBytes;
    private final long originBytes;
    private final SortedMap<Digest, Mail> byExchange = new TreeMap<>();

    /**
     * @param key thumbprint of the group's key for tokens, by which offers name the trusted party
     * @param gateways of the group
     */
    public Mailbox(Digest key, int gateways) {
        this.trusted = new Trusted(key);
        this.shareBytes = Math.max(BYTES_MAX / gateways, SHARE_BYTES_MIN);
        this.originBytes = Math.max(shareBytes / ORIGINS, ORIGIN_BYTES_MIN);
    }

    @Override
    public byte[] apply(Command command, Context context) {
        byExchange.values().removeIf(mail -> mail.dueMicros() <= context.timeMicros());
        MailboxAnswer answer;
        try {
            int gateway = command.id().client();
            if (gateway >= ReplicaSet.SIZE_MAX) {
                throw new MalformedException("only gateways give commands");
            }
            long due = context.timeMicros() + LIFE_MICROS;
            answer = switch (MailboxCommand.CODEC.decode(command.operation())) {
                case MailboxCommand.Offered it -> begin(it, gateway, due);
                case MailboxCommand.Continued it -> goOn(it, due);
            };
        } catch (MalformedException e) {
            answer = new MailboxAnswer.Malformed(String.valueOf(e.getMessage()));
        }
        return MailboxAnswer.CODEC.encode(answer);
    }

    private MailboxAnswer begin(MailboxCommand.Offered wish, int gateway, long dueMicros) {
        Opening opening = Opening.of(CompactJws.decode(wish.message()));
        if (!trusted.isNamedBy(opening)) {
            throw new MalformedException("the offer names another trusted party");
        }
        if (byExchange.containsKey(opening.id())) {
            return new MailboxAnswer.Left(opening.id()); // as it was signed first
        }
        Digest author = opening.a().digest();
        int room = wish.message().length
                + (opening instanceof ContractOffer
                        ? 2 * SHORT_LENGTH_MAX + ContractConfirmation.SECRET_LENGTH
                        : ExchangeCommand.MESSAGE_LENGTH_MAX);
        Predicate<Mail> byAuthor = mail -> mail.a().equals(author);
        Predicate<Mail> here = mail -> mail.gateway() == gateway;
        if (count(byAuthor) >= EXCHANGES_OF_AUTHOR_MAX) {
            return new MailboxAnswer.Full("so many exchanges of who makes this offer are under way");
        }
        if (bytes(here.and(mail -> mail.origin() == wish.origin())) + room > originBytes) {
            return new MailboxAnswer.Full("so much came from where this offer comes from");
        }
        if (bytes(here) + room > shareBytes) {
            return new MailboxAnswer.Full("so much came through this gateway: try another one");
        }
        byExchange.put(
                opening.id(),
                Mail.of(
                        gateway,
                        wish.origin(),
                        author,
                        opening.b().digest(),
                        dueMicros,
                        room,
                        List.of(wish.message())));
        return new MailboxAnswer.Left(opening.id());
    }

    private long count(Predicate<Mail> which) {
        return byExchange.values().stream().filter(which).count();
    }

    private long bytes(Predicate<Mail> which) {
        return byExchange.values().stream().filter(which).mapToLong(Mail::room).sum();
    }

    private MailboxAnswer goOn(MailboxCommand.Continued wish, long dueMicros) {
        @Nullable Mail mail = byExchange.get(wish.id());
        if (mail == null) {
            return new MailboxAnswer.Unknown();
        }
        byte[] message = wish.message();
        if (mail.has(message)) {
            return new MailboxAnswer.Left(wish.id());
        }
        Opening opening = Opening.of(CompactJws.decode(mail.messages().getFirst()));
        @Nullable MailboxAnswer standing = standing(mail, message, wish.id());
        if (standing != null) {
            return standing;
        }
        requireNext(opening, mail, message);
        byExchange.put(wish.id(), mail.and(message, dueMicros));
        return new MailboxAnswer.Left(wish.id());
    }

    /** Where a message of this type lies already: the same under another signature is as good, and another one comes too late. */
    private static @Nullable MailboxAnswer standing(Mail mail, byte[] message, Digest id) {
        if (message.length == ContractConfirmation.SECRET_LENGTH) {
            return null; // m4, of which there is one alone
        }
        CompactJws brought = CompactJws.decode(message);
        for (byte[] one : mail.messages()) {
            if (one.length != ContractConfirmation.SECRET_LENGTH) {
                CompactJws there = CompactJws.decode(one);
                if (there.type().equals(brought.type())) {
                    return there.digest().equals(brought.digest())
                            ? new MailboxAnswer.Left(id)
                            : new MailboxAnswer.Taken();
                }
            }
        }
        return null;
    }

    /** @throws MalformedException when it is not the next message of the exchange, by whose turn it is */
    private static void requireNext(Opening opening, Mail mail, byte[] message) {
        boolean contract = opening instanceof ContractOffer;
        if (contract && message.length > SHORT_LENGTH_MAX) {
            throw new MalformedException("the message is longer than one of a contract is");
        }
        int turn = mail.messages().size();
        if (turn == 1) {
            Answering.of(CompactJws.decode(message), opening);
            return;
        }
        if (!(opening instanceof ContractOffer offer)) {
            throw new MalformedException(
                    "in an exchange of items nothing follows the acceptance: the group resolves it");
        }
        ContractAcceptance acceptance = (ContractAcceptance)
                Answering.of(CompactJws.decode(mail.messages().get(1)), opening);
        switch (turn) {
            case 2 -> ContractConfirmation.of(CompactJws.decode(message), offer, acceptance);
            case 3 -> {
                if (!ContractConfirmation.opens(message, acceptance.commitment())) {
                    throw new MalformedException("this does not open what the acceptance is committed to");
                }
            }
            default -> throw new MalformedException("nothing follows in this exchange");
        }
    }

    @Override
    public byte @Nullable [] peek(byte[] question) {
        MailboxQuestion asked;
        try {
            asked = MailboxQuestion.CODEC.decode(question);
        } catch (MalformedException e) {
            return null;
        }
        return MailboxContent.CODEC.encode(new MailboxContent(byExchange.values().stream()
                .filter(mail -> mail.isBetween(asked.one(), asked.other()))
                .map(mail -> new MailboxContent.Begun(mail.messages(), mail.dueMicros()))
                .toList()));
    }

    @Override
    public void snapshot(Writer writer) {
        trusted.write(writer);
        writer.u32(byExchange.size());
        byExchange.forEach((id, mail) -> Mail.write(writer.digest(id), mail));
    }

    @Override
    public void restore(Reader reader) {
        trusted.read(reader);
        byExchange.clear();
        for (long count = reader.u32(); count > 0; count--) {
            if (byExchange.size() >= EXCHANGES_MAX) {
                throw new MalformedException("more mail than there is room for");
            }
            byExchange.put(reader.digest(), Mail.read(reader));
        }
    }

    @Override
    public Digest root() {
        Writer writer = new Writer();
        trusted.write(writer);
        byExchange.forEach((id, mail) -> writer.digest(id).digest(mail.name()));
        return Transcript.of("exchange/mailbox").field(writer.finish()).digest();
    }
}
