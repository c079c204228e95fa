package org.maftia.server.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.jose.StrictJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia exchange leave}: what {@code --mailbox} would have done, for a file that is there already. */
@Command(name = "leave", description = "Leave a message at the group, where the other party finds it by 'inbox'.")
final class ExchangeLeaveCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--offer", required = true, paramLabel = "FILE", description = "The offer of the exchange.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path first;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The acceptance, confirmation or opening; without it the offer itself is left.")
    private @Nullable Path message;

    @Override
    public Integer call() throws Exception {
        Opening opening = ExchangeCommand.checked(() -> Opening.of(ExchangeFiles.message(first)));
        String id = StrictJson.base64(opening.id().toBytes());
        @Nullable Path file = message;
        ExchangeGroup.open(directory).visit(box -> {
            if (file == null) {
                box.leave(opening);
            } else {
                box.leave(opening.id(), text(file));
            }
            return id;
        });
        output.print(
                Json.object().put("exchange", id).put("left", true), "exchange " + id + ": left for the other party");
        return 0;
    }

    private static String text(Path file) throws CommandException {
        byte[] bytes = ExchangeFiles.read(file, StrictJson.LENGTH_MAX);
        return bytes.length == ContractConfirmation.SECRET_LENGTH
                ? StrictJson.base64(bytes)
                : ExchangeFiles.message(file).toString();
    }
}
