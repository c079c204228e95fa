package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.maftia.client.exchange.ContractEvidence;
import org.maftia.client.exchange.PartyKeys;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.exchange.TrustedParty;
import org.maftia.services.exchange.message.Answering;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.Escrowed;
import org.maftia.services.exchange.message.ExchangeToken.Outcome;
import org.maftia.services.exchange.message.ItemOffer;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.jose.StrictJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code maftia exchange}. */
@Command(
        name = "exchange",
        description = {
            "Sign a contract, or swap items, with somebody whom one does not trust.",
            "",
            "A offers, B accepts, A confirms, B opens: then both have a contract, and the group heard nothing of it."
                    + " Who waits",
            "in vain turns to the group: A aborts while there is no acceptance, and resolves once it has one; B"
                    + " resolves.",
            "Messages are files that the parties send each other in whatever way they like. Parties who cannot reach"
                    + " each other leave them at the group: --mailbox does that besides, 'inbox' fetches them."
        },
        subcommands = {ExchangeInboxCommand.class, ExchangeLeaveCommand.class})
final class ExchangeCommand implements Runnable {
    static final String KEYS = "Your keys, as 'maftia exchange keys' made them.";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** What a library refuses to sign or believe, as a command says it. */
    @FunctionalInterface
    interface Step<T> {
        T take() throws MalformedException, CommandException;
    }

    static <T> T checked(Step<T> step) throws CommandException {
        try {
            return step.take();
        } catch (MalformedException e) {
            throw new CommandException(
                    String.valueOf(e.getMessage()),
                    "nothing was signed or written; see that the files belong together");
        }
    }

    @Command(name = "keys", description = "Make keys: FILE for you alone, FILE.pub for the others.")
    int keys(
            @Mixin OutputOption output,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.") Path out)
            throws CommandException {
        PartyKeys keys = PartyKeys.create(SystemEntropy.INSTANCE);
        Path open = out.resolveSibling(out.getFileName() + ".pub");
        ExchangeFiles.writeSecret(out, StrictJson.bytes(keys.toJson()));
        ExchangeFiles.write(open, StrictJson.bytes(keys.party().toJson()));
        output.print(
                Json.object().put("keys", out.toString()).put("public", open.toString()),
                "wrote " + out + " (keep it to yourself) and " + open + " (for the other party)");
        return 0;
    }

    @Command(name = "offer", description = "A: offer a contract. Writes FILE, and FILE.secret, which 'confirm' takes.")
    int offer(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Mixin MailboxOption mailbox,
            @Option(names = "--keys", required = true, description = KEYS) Path keys,
            @Option(names = "--to", required = true, paramLabel = "PUB", description = "The other's public keys.")
                    Path to,
            @Option(names = "--text", required = true, paramLabel = "FILE", description = "The contract.") Path text,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.") Path out)
            throws CommandException, IOException, ConfigurationException {
        byte[] secret = SystemEntropy.INSTANCE.bytes(ContractConfirmation.SECRET_LENGTH);
        Digest trusted = ExchangeGroup.open(directory).trusted();
        ContractOffer offer = checked(() ->
                ExchangeFiles.keys(keys).offer(trusted, ExchangeFiles.party(to), ExchangeFiles.digest(text), secret));
        ExchangeFiles.writeSecret(out.resolveSibling(out.getFileName() + ".secret"), secret);
        ExchangeFiles.write(out, ExchangeFiles.line(offer.message()));
        mailbox.leave(directory, offer);
        return said(output, offer, "offered; 'maftia exchange abort' while no acceptance comes");
    }

    private static int said(OutputOption output, Opening opening, String sentence) {
        String id = StrictJson.base64(opening.id().toBytes());
        output.print(Json.object().put("exchange", id).put("done", sentence), "exchange " + id + ": " + sentence);
        return 0;
    }

    @Command(name = "accept", description = "B: accept an offered contract.")
    int accept(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Mixin MailboxOption mailbox,
            @Option(names = "--keys", required = true, description = KEYS) Path keys,
            @Option(names = "--text", required = true, paramLabel = "FILE", description = "What you agree to.")
                    Path text,
            @Option(names = "--offer", required = true, paramLabel = "FILE", description = "A's offer.") Path first,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.") Path out)
            throws CommandException, IOException, ConfigurationException {
        ContractOffer offer = checked(() -> ContractOffer.of(ExchangeFiles.message(first)));
        if (!offer.text().equals(ExchangeFiles.digest(text))) {
            throw new CommandException("the offer is one of another text than " + text, "read what is offered");
        }
        ContractAcceptance acceptance = checked(() -> ExchangeFiles.keys(keys).accept(offer));
        ExchangeFiles.write(out, ExchangeFiles.line(acceptance.message()));
        mailbox.leave(directory, offer.id(), acceptance.message());
        return said(output, offer, "accepted; 'maftia exchange resolve' if no confirmation comes");
    }

    @Command(name = "confirm", description = "A: confirm an acceptance. From now on you resolve, and do not abort.")
    int confirm(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Mixin MailboxOption mailbox,
            @Option(names = "--keys", required = true, description = KEYS) Path keys,
            @Option(names = "--offer", required = true, paramLabel = "FILE", description = "Your offer.") Path first,
            @Option(names = "--acceptance", required = true, paramLabel = "FILE", description = "B's acceptance.")
                    Path second,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.") Path out)
            throws CommandException, IOException, ConfigurationException {
        Path secret = first.resolveSibling(first.getFileName() + ".secret");
        ContractOffer offer = checked(() -> ContractOffer.of(ExchangeFiles.message(first)));
        ContractConfirmation confirmation = checked(() -> ExchangeFiles.keys(keys)
                .confirm(
                        offer,
                        acceptance(offer, second),
                        ExchangeFiles.read(secret, ContractConfirmation.SECRET_LENGTH)));
        ExchangeFiles.write(out, ExchangeFiles.line(confirmation.message()));
        mailbox.leave(directory, offer.id(), confirmation.message());
        return said(output, offer, "confirmed; 'maftia exchange resolve' if B does not open");
    }

    private static ContractAcceptance acceptance(ContractOffer offer, Path file) throws CommandException {
        return (ContractAcceptance) Answering.of(ExchangeFiles.message(file), offer);
    }

    @Command(name = "open", description = "B: open what you are committed to, once A has confirmed.")
    int open(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Mixin MailboxOption mailbox,
            @Option(names = "--keys", required = true, description = KEYS) Path keys,
            @Option(names = "--offer", required = true, paramLabel = "FILE", description = "A's offer.") Path first,
            @Option(names = "--acceptance", required = true, paramLabel = "FILE", description = "Your acceptance.")
                    Path second,
            @Option(names = "--confirmation", required = true, paramLabel = "FILE", description = "A's confirmation.")
                    Path third,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.") Path out)
            throws CommandException, IOException, ConfigurationException {
        ContractOffer offer = checked(() -> ContractOffer.of(ExchangeFiles.message(first)));
        byte[] opening = checked(() -> {
            ContractAcceptance acceptance = acceptance(offer, second);
            return ExchangeFiles.keys(keys)
                    .open(offer, acceptance, ContractConfirmation.of(ExchangeFiles.message(third), offer, acceptance));
        });
        ExchangeFiles.write(out, opening);
        mailbox.leave(directory, offer.id(), StrictJson.base64(opening));
        return said(output, offer, "opened; both have a contract");
    }

    @Command(name = "offer-item", description = "A: offer an item for another, and escrow it.")
    int offerItem(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Mixin MailboxOption mailbox,
            @Option(names = "--keys", required = true, description = KEYS) Path keys,
            @Option(names = "--to", required = true, paramLabel = "PUB", description = "The other's public keys.")
                    Path to,
            @Option(names = "--item", required = true, paramLabel = "FILE", description = "What you give.") Path item,
            @Option(names = "--for", required = true, paramLabel = "SHA256", description = "Digest of what you want.")
                    String wanted,
            @Option(names = "--terms", paramLabel = "WORDS", defaultValue = "", description = "In words.") String terms,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.") Path out)
            throws CommandException, IOException, ConfigurationException {
        ExchangeGroup group = ExchangeGroup.open(directory);
        ItemOffer offer = checked(() -> ExchangeFiles.keys(keys)
                .offerItem(
                        group.trusted(),
                        ExchangeFiles.party(to),
                        ExchangeFiles.read(item, Escrowed.ITEM_LENGTH_MAX),
                        digest(wanted),
                        terms,
                        group.cipher(),
                        SystemEntropy.INSTANCE));
        ExchangeFiles.write(out, ExchangeFiles.line(offer.message()));
        mailbox.leave(directory, offer);
        return said(output, offer, "offered; 'maftia exchange abort' while no acceptance comes");
    }

    private static Digest digest(String hex) {
        try {
            return Digest.of(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("'" + hex + "' is no SHA-256 digest in hexadecimal digits");
        }
    }

    @Command(name = "accept-item", description = "B: accept an offered item, and escrow the other.")
    int acceptItem(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Mixin MailboxOption mailbox,
            @Option(names = "--keys", required = true, description = KEYS) Path keys,
            @Option(names = "--item", required = true, paramLabel = "FILE", description = "What you give.") Path item,
            @Option(names = "--offer", required = true, paramLabel = "FILE", description = "A's offer.") Path first,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.") Path out)
            throws CommandException, IOException, ConfigurationException {
        ExchangeGroup group = ExchangeGroup.open(directory);
        ItemOffer offer = checked(() -> ItemOffer.of(ExchangeFiles.message(first)));
        Answering acceptance = checked(() -> ExchangeFiles.keys(keys)
                .acceptItem(
                        offer,
                        ExchangeFiles.read(item, Escrowed.ITEM_LENGTH_MAX),
                        group.cipher(),
                        SystemEntropy.INSTANCE));
        ExchangeFiles.write(out, ExchangeFiles.line(acceptance.message()));
        mailbox.leave(directory, offer.id(), acceptance.message());
        return said(output, offer, "accepted; either of you gets the other's item by 'maftia exchange resolve'");
    }

    @Command(name = "abort", description = "A: have the group end an exchange that nobody accepted.")
    int abort(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Option(names = "--keys", required = true, description = KEYS) Path keys,
            @Option(names = "--offer", required = true, paramLabel = "FILE", description = "Your offer.") Path first,
            @Option(names = "--out", paramLabel = "FILE", description = "Keep the token there.") @Nullable Path out)
            throws CommandException, IOException, ConfigurationException {
        Opening opening = checked(() -> Opening.of(ExchangeFiles.message(first)));
        PartyKeys own = ExchangeFiles.keys(keys);
        ExchangeGroup group = ExchangeGroup.open(directory);
        return decided(
                output, opening, group.ask(party -> party.abort(opening, checked(() -> own.abort(opening)))), out);
    }

    @Command(name = "resolve", description = "Have the group complete an exchange that was accepted.")
    int resolve(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Option(names = "--keys", required = true, description = KEYS) Path keys,
            @Option(names = "--offer", required = true, paramLabel = "FILE", description = "The offer.") Path first,
            @Option(names = "--acceptance", required = true, paramLabel = "FILE", description = "The acceptance.")
                    Path second,
            @Option(names = "--item-out", paramLabel = "FILE", description = "Write the other's item there.") @Nullable
                    Path itemOut,
            @Option(names = "--out", paramLabel = "FILE", description = "Keep the token there.") @Nullable Path out)
            throws CommandException, IOException, ConfigurationException {
        Opening opening = checked(() -> Opening.of(ExchangeFiles.message(first)));
        Answering answering = checked(() -> Answering.of(ExchangeFiles.message(second), opening));
        PartyKeys own = ExchangeFiles.keys(keys);
        TrustedParty.Decision decision = ExchangeGroup.open(directory)
                .ask(party -> party.resolve(opening, answering, checked(() -> own.resolve(opening, answering))));
        if (itemOut != null
                && opening instanceof ItemOffer offer
                && decision.item().isPresent()) {
            byte[] item = checked(() -> own.received(offer, decision.item().get()));
            ExchangeFiles.write(itemOut, item);
        }
        return decided(output, opening, decision, out);
    }

    /** Exit code 0 also for a decision that one did not wish for: it was asked for, and it is one. */
    private static int decided(OutputOption output, Opening opening, TrustedParty.Decision decision, @Nullable Path out)
            throws CommandException {
        if (out != null) {
            ExchangeFiles.write(out, ExchangeFiles.line(decision.token()));
        }
        Outcome outcome = decision.decided().outcome();
        String id = StrictJson.base64(opening.id().toBytes());
        Instant time = Instant.ofEpochSecond(decision.decided().timeSeconds());
        ObjectNode json = Json.object()
                .put("exchange", id)
                .put("state", outcome.word())
                .put("time", time.toString())
                .put("index", decision.decided().index())
                .put("item", decision.item().isPresent());
        String meaning = switch (outcome) {
            case ABORTED -> "aborted: the group will not resolve it";
            case RESOLVED -> "resolved: both have what they signed for";
            case FAILED_A -> "failed: A's escrow does not hold what A offered; nothing was released";
            case FAILED_B -> "not resolved: B's escrow is false; nothing was released, another may be good";
        };
        output.print(json, "exchange " + id + " " + meaning + " (" + time + ")");
        return 0;
    }

    @Command(
            name = "verify",
            description = "Check a contract, offline: with what was opened, or with the group's token.")
    int verify(
            @Mixin DirectoryOption directory,
            @Mixin OutputOption output,
            @Option(names = "--text", required = true, paramLabel = "FILE", description = "The contract.") Path text,
            @Option(names = "--offer", required = true, paramLabel = "FILE", description = "A's offer.") Path first,
            @Option(names = "--acceptance", required = true, paramLabel = "FILE", description = "B's acceptance.")
                    Path second,
            @Option(names = "--confirmation", paramLabel = "FILE", description = "A's confirmation.") @Nullable
                    Path third,
            @Option(names = "--opening", paramLabel = "FILE", description = "What B opened.") @Nullable Path fourth,
            @Option(names = "--token", paramLabel = "FILE", description = "The group's token.") @Nullable Path token)
            throws CommandException, IOException, ConfigurationException {
        ContractEvidence evidence;
        if (token != null) {
            ExchangeGroup group = ExchangeGroup.open(directory);
            evidence = refused(() -> ContractEvidence.resolved(
                    ExchangeFiles.digest(text),
                    ExchangeFiles.message(first),
                    ExchangeFiles.message(second),
                    ExchangeFiles.message(token),
                    group.key()));
        } else if (third != null && fourth != null) {
            evidence = refused(() -> ContractEvidence.opened(
                    ExchangeFiles.digest(text),
                    ExchangeFiles.message(first),
                    ExchangeFiles.message(second),
                    ExchangeFiles.message(third),
                    ExchangeFiles.read(fourth, ContractConfirmation.SECRET_LENGTH)));
        } else {
            throw new CommandException(
                    "two messages are no contract yet", "add --token, or --confirmation and --opening");
        }
        String a = StrictJson.base64(evidence.a().sign().thumbprint().toBytes());
        String b = StrictJson.base64(evidence.b().sign().thumbprint().toBytes());
        output.print(
                Json.object().put("contract", true).put("a", a).put("b", b),
                "a contract between the holders of keys " + a + " and " + b);
        return 0;
    }

    private static <T> T refused(Step<T> step) throws CommandException {
        try {
            return step.take();
        } catch (MalformedException e) {
            throw new CommandException("no contract: " + e.getMessage(), "ask both parties for their messages");
        }
    }
}
