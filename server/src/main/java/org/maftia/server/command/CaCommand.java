package org.maftia.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.services.authority.OfficerOrder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maftia ca}. */
@Command(
        name = "ca",
        description = {
            "The certification authority: what it issued, revocation, credentials for new accounts.",
            "",
            "Clients get certificates by ACME, at the address that 'maftia up' prints (docs/authority.md)."
        },
        subcommands = {
            CaCommand.ListCommand.class,
            CaCommand.ShowCommand.class,
            CaCommand.CrlCommand.class,
            CaCommand.RevokeCommand.class,
            CaCommand.CredentialCommand.class
        })
final class CaCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** {@code maftia ca list}. */
    @Command(name = "list", description = "The certificates issued last, as one replica knows them.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private final DirectoryOption directory = new DirectoryOption();

        @Mixin
        private final OutputOption output = new OutputOption();

        @Override
        public Integer call() throws Exception {
            JsonNode json = new CaAccess(directory.existing()).json("/ca/certificates");
            List<String> lines = new ArrayList<>();
            for (JsonNode one : json.path("certificates")) {
                lines.add(line(one));
            }
            if (lines.isEmpty()) {
                lines.add("none is issued yet");
            }
            output.print((ObjectNode) json, lines.toArray(String[]::new));
            return 0;
        }
    }

    private static String line(JsonNode one) {
        String revoked = one.path("revoked").asBoolean()
                ? "revoked " + one.path("revokedAt").asText()
                : "until " + one.path("notAfter").asText();
        return one.path("serial").asText() + "  account " + one.path("account").asText() + "  " + revoked;
    }

    /** {@code maftia ca show}. */
    @Command(name = "show", description = "A certificate, with its chain where it is still kept.")
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        private final DirectoryOption directory = new DirectoryOption();

        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "SERIAL", description = "In hex, as 'maftia ca list' has it.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String serial;

        @Override
        public Integer call() throws Exception {
            JsonNode json = new CaAccess(directory.existing()).json("/ca/certificates/" + checked(serial));
            output.print(
                    (ObjectNode) json, line(json), json.path("pem").asText().strip());
            return 0;
        }
    }

    private static String checked(String serial) throws CommandException {
        String plain = serial.toLowerCase(Locale.ROOT).replace(":", "");
        if (!plain.matches("([0-9a-f]{2}){1,20}")) {
            throw new CommandException("'" + serial + "' is no serial", "32 hexadecimal digits");
        }
        return plain;
    }

    /** {@code maftia ca crl}. */
    @Command(name = "crl", description = "Fetch a revocation list.")
    static final class CrlCommand implements Callable<Integer> {
        @Mixin
        private final DirectoryOption directory = new DirectoryOption();

        @Mixin
        private final OutputOption output = new OutputOption();

        @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where the list goes, in DER.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Path out;

        @Parameters(paramLabel = "SHARD", description = "Its number, from 1 to 127: the first byte of serials.")
        private int shard;

        @Override
        public Integer call() throws Exception {
            SecureHttp.Reply reply = new CaAccess(directory.existing()).get("/ca/crl/" + shard + ".crl");
            if (reply.status() != 200) {
                throw new CommandException(
                        "there is no list " + shard, "a list begins with the first certificate that belongs to it");
            }
            Files.write(out, reply.body());
            output.print(
                    Json.object().put("file", out.toString()),
                    "wrote " + out + "; 'openssl crl -inform DER -text -noout -in " + out + "' shows it");
            return 0;
        }
    }

    /** {@code maftia ca revoke}. */
    @Command(name = "revoke", description = "Revoke a certificate, as an officer of the group.")
    static final class RevokeCommand implements Callable<Integer> {
        @Mixin
        private final DirectoryOption directory = new DirectoryOption();

        @Mixin
        private final OutputOption output = new OutputOption();

        @Mixin
        private final UnlockOption unlock = new UnlockOption();

        @Mixin
        private final OfficerOption officer = new OfficerOption();

        @Option(
                names = "--reason",
                paramLabel = "N",
                defaultValue = "0",
                description = "As RFC 5280 numbers them: 1 the key was stolen, 4 superseded, 9 privilege withdrawn.")
        private int reason;

        @Parameters(paramLabel = "SERIAL", description = "In hex, as 'maftia ca list' has it.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String serial;

        @Override
        public Integer call() throws Exception {
            String plain = checked(serial);
            if (reason < 0 || reason > 10) {
                throw new CommandException("there is no reason " + reason, "RFC 5280, section 5.3.1, has them");
            }
            new CaAccess(directory.existing())
                    .order(
                            officer.name(),
                            new OfficerOrder.Act.Revoke(HexFormat.of().parseHex(plain), reason),
                            unlock.unlock(directory.directory()),
                            "'maftia ca list' shows all");
            output.print(
                    Json.object().put("serial", plain).put("revoked", true),
                    plain + " is revoked; its list follows within seconds");
            return 0;
        }
    }

    /** {@code maftia ca credential}. */
    @Command(
            name = "credential",
            description = {
                "Give out a credential for one new account (external account binding), as an officer of the group.",
                "",
                "It is good for one account, made within a day, and a name is free again when its credential is used or has"
                        + " ended. With authority.credentialsRequired in group.toml nobody gets an account without one."
            })
    static final class CredentialCommand implements Callable<Integer> {
        @Mixin
        private final DirectoryOption directory = new DirectoryOption();

        @Mixin
        private final OutputOption output = new OutputOption();

        @Mixin
        private final UnlockOption unlock = new UnlockOption();

        @Mixin
        private final OfficerOption officer = new OfficerOption();

        @Parameters(paramLabel = "NAME", description = "The name of the credential, such as who gets it.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String name;

        @Override
        public Integer call() throws Exception {
            if (!name.matches("[A-Za-z0-9_.@-]{1,64}")) {
                throw new CommandException("'" + name + "' is no name of a credential", "letters, digits, . _ @ -");
            }
            byte[] secret = new byte[OfficerOrder.SECRET_LENGTH];
            new SecureRandom().nextBytes(secret);
            CaAccess access = new CaAccess(directory.existing());
            access.order(
                    officer.name(),
                    new OfficerOrder.Act.Credential(name, secret),
                    unlock.unlock(directory.directory()),
                    "choose another name: one is free again when its credential is used, or after a day");
            String key = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
            boolean required = access.credentialsRequired();
            output.print(
                    Json.object().put("kid", name).put("hmacKey", key).put("required", required),
                    "kid       " + name,
                    "hmac key  " + key,
                    required
                            ? "good for one account, made within a day"
                            : "good for one account, made within a day; accounts need none here, as"
                                    + " authority.credentialsRequired is false",
                    "try       REQUESTS_CA_BUNDLE=" + access.root() + " certbot register --server " + access.acme()
                            + " --eab-kid " + name + " --eab-hmac-key " + key);
            return 0;
        }
    }
}
