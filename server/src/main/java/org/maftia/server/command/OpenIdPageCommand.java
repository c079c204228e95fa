package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.maftia.core.wire.Digest;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.openid.LoginPage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia oidc page}. */
@Command(
        name = "page",
        description = {
            "What the login page consists of, with the SHA-256 of each part.",
            "",
            "The page is the same at all gateways. One that is corrupted may serve another, which takes passwords that",
            "are typed into it: with --compare every gateway is asked for every part, and the result is 1 if a part is",
            "another than this program's. That tells what was served here and now; others may be served something else."
        })
final class OpenIdPageCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--compare", description = "Ask all gateways of the group for the page.")
    private boolean compare;

    @Override
    public Integer call() throws Exception {
        SortedMap<String, Digest> parts = LoginPage.parts();
        if (!compare) {
            ObjectNode json = Json.object();
            List<String> lines = new ArrayList<>();
            parts.forEach((path, hash) -> {
                json.put(path, hash.toString());
                lines.add(hash + "  " + path);
            });
            output.print(json, lines.toArray(String[]::new));
            return 0;
        }
        ClusterDirectory cluster = directory.existing();
        Endpoints endpoints = LocalCluster.open(cluster).endpoints();
        if (!endpoints.services().containsKey("oidc")) {
            throw new CommandException(
                    "the group is no provider", "name a client in its configuration, see 'maftia oidc --help'");
        }
        Path root = cluster.root().resolve(endpoints.caCertificate());
        SecureHttp http = SecureHttp.trusting(root);
        ObjectNode json = Json.object();
        List<String> lines = new ArrayList<>();
        boolean same = true;
        for (Endpoints.Replica replica : endpoints.replicas()) {
            List<String> others = LoginPage.others(http, replica.https());
            same &= others.isEmpty();
            String word = others.isEmpty() ? "the same" : "another: " + String.join(", ", others);
            json.put(replica.https(), word);
            lines.add(replica.https() + "  " + word);
        }
        output.print(json, lines.toArray(String[]::new));
        return same ? 0 : 1;
    }
}
