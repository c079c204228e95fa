package org.maftia.server.console;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.http.ReplicaStatus;

/**
 * Shows how a cluster is while it runs: a table that is drawn anew on a terminal, and elsewhere a line whenever a
 * replica's health, its role or the rules that it broke change.
 */
public final class LiveStatus {
    private static final String UP_AND_CLEAR = "\033[%dA\033[J";

    private final PrintStream out;
    private final boolean terminal;
    private final SortedMap<String, String> shown = new TreeMap<>();
    private int linesDrawn;

    public LiveStatus(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether a person watches: a terminal that can move its cursor. */
    public static boolean isTerminal() {
        String kind = Optional.ofNullable(System.getenv("TERM")).orElse("dumb");
        return System.console() != null && System.console().isTerminal() && !kind.equals("dumb");
    }

    /** Says something that stays. */
    public void event(String text) {
        clear();
        out.println(text);
        out.flush();
    }

    /** Shows the state that the cluster is in now. */
    public void show(ClusterStatus status) {
        if (terminal) {
            clear();
            List<String> lines = table(status);
            lines.forEach(out::println);
            linesDrawn = lines.size();
        } else {
            for (ClusterStatus.Entry entry : status.replicas()) {
                String now = summary(entry);
                if (!now.equals(shown.put(entry.id(), now))) {
                    out.println(now);
                }
            }
        }
        out.flush();
    }

    private void clear() {
        if (linesDrawn > 0) {
            out.printf(Locale.ROOT, UP_AND_CLEAR, linesDrawn);
            linesDrawn = 0;
        }
    }

    private static String summary(ClusterStatus.Entry entry) {
        StringBuilder line =
                new StringBuilder(entry.id()).append(": ").append(entry.health().word());
        entry.said()
                .ifPresent(said -> line.append(", ")
                        .append(entry.role())
                        .append(", epoch ")
                        .append(said.epoch()));
        entry.exclusion().ifPresent(exclusion -> line.append("; ").append(words(exclusion)));
        for (ClusterStatus.Blame blame : entry.blame()) {
            line.append("; broke a rule: ").append(blame.rule());
            line.append(" (say ").append(String.join(", ", blame.by())).append(')');
        }
        return line.toString();
    }

    /** The table that {@code maftia status} prints too. */
    public static List<String> table(ClusterStatus status) {
        List<String> lines = new ArrayList<>();
        lines.add(row("replica", "health", "role", "epoch", "decided", "lag", "links"));
        for (ClusterStatus.Entry entry : status.replicas()) {
            if (entry.said().isEmpty()) {
                lines.add(row(entry.id(), entry.health().word(), "-", "-", "-", "-", "-"));
                continue;
            }
            ReplicaStatus said = entry.said().get();
            long linked =
                    said.peers().stream().filter(ReplicaStatus.Peer::linked).count();
            lines.add(row(
                    entry.id(),
                    entry.health().word(),
                    entry.role(),
                    Long.toString(said.epoch()),
                    Long.toString(said.decided()),
                    Long.toString(said.lag()),
                    linked + "/" + said.peers().size()));
        }
        for (ClusterStatus.Entry entry : status.replicas()) {
            entry.exclusion()
                    .ifPresent(exclusion -> lines.add(entry.id() + " is " + words(exclusion)
                            + "; 'maftia reconfigure --replace " + entry.id() + "' puts another one in its place"));
        }
        for (ClusterStatus.Entry entry : status.replicas()) {
            for (ClusterStatus.Blame blame : entry.blame()) {
                lines.add(entry.id() + " broke a rule " + blame.count() + " times: " + blame.rule() + "  (say "
                        + String.join(", ", blame.by()) + ")");
            }
        }
        lines.addAll(components(status));
        List<String> retired = status.replicas().stream()
                .filter(entry -> entry.said().stream()
                        .anyMatch(said -> !said.standing().retired().isEmpty()))
                .map(ClusterStatus.Entry::id)
                .toList();
        if (!retired.isEmpty()) {
            lines.add("keys of a configuration that is over lie at " + String.join(", ", retired)
                    + ": 'maftia key destroy ID' destroys them");
        }
        return lines;
    }

    private static String words(ReplicaStatus.Exclusion exclusion) {
        return "excluded: " + String.join(", ", exclusion.by()) + " have proof that it is corrupt, since slot "
                + exclusion.since();
    }

    private static String words(ReplicaStatus.InView view) {
        return "view " + view.number() + (view.present() ? "" : ", which the log has left behind");
    }

    /** What trusted components say of themselves; what several cannot promise stands there once. */
    private static List<String> components(ClusterStatus status) {
        List<String> lines = new ArrayList<>();
        SortedMap<String, List<String>> caveats = new TreeMap<>();
        for (ClusterStatus.Entry entry : status.replicas()) {
            entry.said().flatMap(ReplicaStatus::component).ifPresent(component -> {
                lines.add(String.format(
                        Locale.ROOT,
                        "%-9s trusted component: epoch %d, %s, %s, %s",
                        entry.id(),
                        component.epoch(),
                        component.backEnd(),
                        component.timely() ? "timely" : "not timely",
                        component.view().map(LiveStatus::words).orElse("in no trusted view")));
                component
                        .caveats()
                        .forEach(caveat -> caveats.computeIfAbsent(caveat, none -> new ArrayList<>())
                                .add(entry.id()));
            });
        }
        lines.addAll(TrustedViewLines.of(status));
        caveats.forEach(
                (caveat, ids) -> lines.add("components of " + String.join(", ", ids) + " promise less: " + caveat));
        return lines;
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-9s %-11s %-9s %7s %10s %6s %7s", cells)
                .stripTrailing();
    }
}
