package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.maftia.client.exchange.PartyKeys;
import org.maftia.core.wire.Digest;
import org.maftia.server.exchange.MessageBox;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.exchange.message.Party;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia exchange inbox}. */
@Command(
        name = "inbox",
        description = {
            "Fetch what lies at the group between you and another party.",
            "",
            "Writes DIR/EXCHANGE.offer, .acceptance, .confirmation and .opening, as far as they are there, and says whose"
                    + " turn it is. Messages are kept for a week from the last one on."
        })
final class ExchangeInboxCommand implements Callable<Integer> {
    private static final List<String> KINDS = List.of("offer", "acceptance", "confirmation", "opening");

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--keys", required = true, description = ExchangeCommand.KEYS)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path keys;

    @Option(names = "--with", required = true, paramLabel = "PUB", description = "The other's public keys.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path other;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path out;

    @Override
    public Integer call() throws Exception {
        PartyKeys own = ExchangeFiles.keys(keys);
        Party partner = ExchangeFiles.party(other);
        ExchangeGroup group = ExchangeGroup.open(directory);
        CompactJws request = own.reading(group.trusted(), partner, System.currentTimeMillis() / 1_000);
        SortedMap<Digest, List<String>> found = group.visit(box -> box.read(request));
        ObjectNode json = Json.object();
        ArrayNode exchanges = json.putArray("exchanges");
        List<String> lines = new ArrayList<>();
        for (Map.Entry<Digest, List<String>> one : found.entrySet()) {
            List<String> messages = one.getValue();
            Opening opening = ExchangeCommand.checked(() -> Opening.of(CompactJws.decode(messages.getFirst())));
            if (!isBetween(opening, own.party(), partner)) {
                continue; // a gateway shows what nobody asked for
            }
            String id = StrictJson.base64(one.getKey().toBytes());
            for (int i = 0; i < messages.size(); i++) {
                keep(out.resolve(id + "." + KINDS.get(i)), bytes(messages.get(i), i));
            }
            String turn = turn(opening, messages.size(), own.party());
            exchanges
                    .addObject()
                    .put("exchange", id)
                    .put("messages", messages.size())
                    .put("next", turn);
            lines.add(out.resolve(id + "." + KINDS.get(messages.size() - 1)) + ": " + turn);
        }
        if (lines.isEmpty()) {
            lines.add("nothing lies there between you");
        }
        output.print(json, lines.toArray(String[]::new));
        return 0;
    }

    private static boolean isBetween(Opening opening, Party own, Party partner) {
        return opening.a().equals(own) && opening.b().equals(partner)
                || opening.a().equals(partner) && opening.b().equals(own);
    }

    private static byte[] bytes(String message, int kind) throws CommandException {
        return kind < KINDS.size() - 1
                ? ExchangeFiles.line(CompactJws.decode(message))
                : ExchangeCommand.checked(() -> MessageBox.opened(message));
    }

    private void keep(Path file, byte[] bytes) throws IOException, CommandException {
        Files.createDirectories(out);
        if (!Files.exists(file) || !Arrays.equals(ExchangeFiles.read(file, StrictJson.LENGTH_MAX), bytes)) {
            ExchangeFiles.write(file, bytes);
        }
    }

    private static String turn(Opening opening, int count, Party own) {
        boolean a = opening.a().equals(own);
        if (!(opening instanceof ContractOffer)) {
            return count > 1
                    ? "either of you resolves it"
                    : a ? "the other accepts, or you abort" : "accept-item, or leave it";
        }
        return switch (count) {
            case 1 -> a ? "the other accepts, or you abort" : "accept, or leave it";
            case 2 -> a ? "confirm" : "the other confirms, or you resolve";
            case 3 -> a ? "the other opens, or you resolve" : "open";
            default -> "both have a contract: verify";
        };
    }
}
