package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.ProviderCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maftia oidc}. */
@Command(
        name = "oidc",
        description = {
            "Secrets for the OpenID provider: of clients, and invitations for people; what its login page consists of,"
                    + " and who is removed.",
            "",
            "'secret' and 'invite' print a secret, which goes to its owner, and its public half, which goes into"
                    + " group.toml (docs/authentication.md), and send nothing anywhere."
        },
        subcommands = {
            OpenIdCommand.SecretCommand.class,
            OpenIdCommand.InviteCommand.class,
            OpenIdCommand.RemoveCommand.class,
            OpenIdPageCommand.class
        })
final class OpenIdCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int print(OutputOption output, BearerSecret.Use use, String table, String key, String name) {
        byte[] bytes = new byte[BearerSecret.LENGTH];
        new SecureRandom().nextBytes(bytes);
        String secret = StrictJson.base64(bytes);
        String verifier = BearerSecret.of(use, bytes).verifier().toString();
        ObjectNode json = Json.object().put(key, name).put("secret", secret).put("verifier", verifier);
        output.print(
                json,
                "the secret, for its owner alone:  " + secret,
                "in group.toml:",
                "  [[oidc." + table + "]]",
                "  " + key + " = \"" + name + "\"",
                "  secret = \"" + verifier + "\"");
        return 0;
    }

    /** {@code maftia oidc secret}. */
    @Command(name = "secret", description = "A secret of a client, and what the group is told of it.")
    static final class SecretCommand implements Callable<Integer> {
        @Parameters(paramLabel = "ID", description = "The client's client_id.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String id;

        @Mixin
        private final OutputOption output = new OutputOption();

        @Override
        public Integer call() {
            return print(output, BearerSecret.Use.CLIENT, "client", "id", id);
        }
    }

    /** {@code maftia oidc remove}. */
    @Command(
            name = "remove",
            description = {
                "Remove a person with all passkeys, as an officer of the group.",
                "",
                "Sessions and refresh tokens end at once, access tokens within five minutes. The name is free again."
            })
    static final class RemoveCommand implements Callable<Integer> {
        @Mixin
        private final DirectoryOption directory = new DirectoryOption();

        @Mixin
        private final OutputOption output = new OutputOption();

        @Mixin
        private final UnlockOption unlock = new UnlockOption();

        @Mixin
        private final OfficerOption officer = new OfficerOption();

        @Parameters(paramLabel = "PERSON", description = "The name under which the person registered.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String person;

        @Override
        public Integer call() throws Exception {
            if (person.isEmpty() || person.length() >= ProviderCommand.NAME_LENGTH_MAX) {
                throw new CommandException("a name has 1 to 63 characters", "the name that the person registered");
            }
            new CaAccess(directory.existing()).remove(officer.name(), person, unlock.unlock(directory.directory()));
            output.print(
                    Json.object().put("person", person).put("removed", true),
                    person + " is removed, with all passkeys, sessions and refresh tokens");
            return 0;
        }
    }

    /** {@code maftia oidc invite}. */
    @Command(name = "invite", description = "An invitation to register under a name, and what the group is told of it.")
    static final class InviteCommand implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "Small letters, digits, dots, hyphens, underscores.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String name;

        @Mixin
        private final OutputOption output = new OutputOption();

        @Override
        public Integer call() {
            return print(output, BearerSecret.Use.INVITATION, "invitation", "name", name);
        }
    }
}
