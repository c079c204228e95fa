package org.maftia.server.command;

import java.io.IOException;
import org.maftia.core.wire.Digest;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.jose.CompactJws;
import picocli.CommandLine.Option;

/** Whether what was signed is also left in the group's mailbox for the other party. */
final class MailboxOption {
    @Option(names = "--mailbox", description = "Also leave it at the group, where the other party finds it by 'inbox'.")
    private boolean wanted;

    void leave(DirectoryOption directory, Opening opening)
            throws CommandException, IOException, ConfigurationException {
        if (wanted) {
            ExchangeGroup.open(directory).visit(box -> {
                box.leave(opening);
                return opening;
            });
        }
    }

    void leave(DirectoryOption directory, Digest exchange, CompactJws message)
            throws CommandException, IOException, ConfigurationException {
        leave(directory, exchange, message.toString());
    }

    void leave(DirectoryOption directory, Digest exchange, String message)
            throws CommandException, IOException, ConfigurationException {
        if (wanted) {
            ExchangeGroup.open(directory).visit(box -> {
                box.leave(exchange, message);
                return exchange;
            });
        }
    }
}
