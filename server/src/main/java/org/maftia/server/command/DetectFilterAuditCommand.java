package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.detection.SuppressedLog;
import org.maftia.server.detection.TakenAlarms;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.filter.Decisions;
import org.maftia.services.detection.filter.Enforcer;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Incident;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia detect filter audit}. */
@Command(
        name = "audit",
        description = {
            "Count what was suppressed, and bound what was lost by the alarms that were drawn for people.",
            "",
            "With a confirmed incident, the filters that hid alarms of its place and time trip, and those in shadow"
                    + " that",
            "would have:",
            "  maftia detect filter audit --from 2026-11-01T08:00:00Z --to 2026-11-01T12:00:00Z 10.0.0.25 mail"
        },
        sortOptions = false)
final class DetectFilterAuditCommand implements Callable<Integer> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final FilterOption filters = new FilterOption();

    @Option(names = "--from", paramLabel = "TIME", description = "When the incident began, in ISO 8601.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "When it ended.")
    private @Nullable String to;

    @Parameters(paramLabel = "PLACE", arity = "0..*", description = "Addresses and hosts of the incident.")
    private List<String> places = List.of();

    /** Of one filter. */
    private static final class Sum {
        private long taken;
        private long tagged;
        private long audited;
        private long charged;
    }

    @Override
    public Integer call() throws CommandException, ConfigurationException, IOException {
        FilterSet set = filters.load();
        Optional<Incident> incident = incident();
        SortedMap<String, Sum> sums = new TreeMap<>();
        SuppressedLog.read(filters.directory().suppressed(), entry -> {
            Sum sum = sums.computeIfAbsent(entry.filter(), id -> new Sum());
            sum.taken++;
            sum.audited += entry.audited() ? 1 : 0;
            sum.charged += incident.isPresent() && incident.get().concerns(entry.alarm()) ? 1 : 0;
        });
        SuppressedLog.read(filters.directory().tagged(), entry -> {
            Sum sum = sums.computeIfAbsent(entry.filter(), id -> new Sum());
            sum.tagged++;
            sum.charged += incident.isPresent() && incident.get().concerns(entry.alarm()) ? 1 : 0;
        });
        FilterSet next = set;
        for (var entry : sums.entrySet()) {
            if (entry.getValue().charged > 0) {
                String reason = "it took " + entry.getValue().charged + " alarms of a confirmed incident";
                Decisions.Result result =
                        filters.decisions().trip(next, entry.getKey(), reason, FilterOption.nowMicros());
                next = result.next().orElse(next);
            }
        }
        if (next.version() != set.version()) {
            filters.directory().save(next);
        }
        print(next, sums, incident.isPresent());
        return 0;
    }

    private void print(FilterSet set, SortedMap<String, Sum> sums, boolean charged) {
        ObjectNode root = Json.object();
        ArrayNode all = root.putArray("filters");
        List<String> lines = new ArrayList<>();
        sums.forEach((id, sum) -> {
            String stage = set.filter(id).map(each -> each.stage().name()).orElse("GONE");
            long loss = Enforcer.lossMillionthsMax(sum.audited);
            all.addObject()
                    .put("id", id)
                    .put("stage", stage)
                    .put("suppressed", sum.taken)
                    .put("tagged", sum.tagged)
                    .put("audited", sum.audited)
                    .put("lossMillionthsMaxIfNoneFound", loss)
                    .put("charged", sum.charged);
            String bound = String.format(Locale.ROOT, "suppressed %,d, %s", sum.taken, TakenAlarms.bound(sum.audited));
            String tagged = String.format(Locale.ROOT, "in shadow it tagged %,d", sum.tagged);
            lines.add(String.format(
                    Locale.ROOT,
                    "%s %-8s %s%s",
                    id,
                    stage,
                    sum.taken == 0 ? tagged : sum.tagged == 0 ? bound : bound + "; " + tagged,
                    charged ? "; " + sum.charged + " of the incident" : ""));
        });
        if (sums.isEmpty()) {
            lines.add("Nothing was suppressed.");
        }
        output.print(root, lines.toArray(String[]::new));
    }

    private Optional<Incident> incident() throws CommandException {
        if (places.isEmpty() && from == null && to == null) {
            return Optional.empty();
        }
        if (places.isEmpty() || from == null || to == null) {
            throw new CommandException("an incident has places, --from and --to", "see 'filter audit --help'");
        }
        SortedSet<Address> addresses = new TreeSet<>();
        SortedSet<String> hosts = new TreeSet<>();
        for (String place : places) {
            Address.parse(place).ifPresentOrElse(addresses::add, () -> hosts.add(place));
        }
        try {
            long begin = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(from));
            long end = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(to));
            return Optional.of(new Incident(addresses, hosts, begin, end));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new CommandException("--from and --to are two moments in order", "for example 2026-11-01T08:00:00Z");
        }
    }
}
