package org.maftia.server.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.DirectoryArgument;
import org.maftia.server.cluster.Endpoints;

/** What {@code maftia up} prints when the cluster is up: where it is, and three things to try. */
public final class EndpointsTable {
    private EndpointsTable() {}

    public static List<String> lines(Endpoints endpoints, ClusterDirectory directory) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(endpoints.group() + " is up: " + endpoints.replicas().size() + " replicas");
        lines.add("");
        lines.add(row("replica", "pid", "https", "http", "attributes"));
        for (Endpoints.Replica replica : endpoints.replicas()) {
            lines.add(row(
                    replica.id(),
                    Long.toString(replica.pid()),
                    replica.https(),
                    replica.http(),
                    String.join(", ", replica.attributes().values())));
        }
        Endpoints.Replica first = endpoints.replicas().getFirst();
        Endpoints.Replica last = endpoints.replicas().getLast();
        String option = DirectoryArgument.of(directory);
        String ca = directory.root().resolve(endpoints.caCertificate()).toString();
        lines.add("");
        lines.add("Three things to try, in another terminal:");
        lines.add("  1. have a file time-stamped, and check the token offline");
        lines.add("     bin/maftia notarize " + option + "README.md && bin/maftia verify " + option
                + "README.md README.md.tsr");
        lines.add("  2. the same with nothing but openssl and curl");
        lines.add("     openssl ts -query -data README.md -sha256 -cert -out q.tsq");
        lines.add("     curl -sS -H 'Content-Type: application/timestamp-query' --data-binary @q.tsq -o r.tsr "
                + first.http() + endpoints.services().getOrDefault("tsa", "/"));
        lines.add("     openssl ts -verify -in r.tsr -queryfile q.tsq -CAfile " + ca);
        lines.add("  3. break a replica, and do it again");
        lines.add("     kill -9 " + last.pid() + "        # or, worse: bin/maftia drill " + option + "equivocate");
        lines.add("");
        lines.add("A page to look at: curl --cacert " + ca + " " + first.https() + "/");
        lines.add("Ctrl-C stops all.");
        lines.add("");
        return lines;
    }

    /** What is less, and what is more, in a group with trusted components. */
    public static List<String> hybrid(ClusterDirectory directory) {
        return List.of(
                "A trusted component stands beside each replica; 'maftia status "
                        + DirectoryArgument.of(directory).strip() + "' shows what it promises.",
                "Left out in a hybrid group: confidential requests, oblivious evaluations, reads beside the log,"
                        + " renewal of keys.",
                "");
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-9s %-8s %-25s %-25s %s", cells).stripTrailing();
    }
}
