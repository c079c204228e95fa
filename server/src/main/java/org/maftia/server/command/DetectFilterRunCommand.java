package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.maftia.core.wire.Digest;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.detection.SuppressedLog;
import org.maftia.server.sensor.AlarmReader;
import org.maftia.server.sensor.Progress;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.filter.Decisions;
import org.maftia.services.detection.filter.Enforcer;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code maftia detect filter run}. */
@Command(
        name = "run",
        description = {
            "Hold alarms against the filters: count what is shown, keep what is suppressed.",
            "",
            "Alarms should come in the order of their times: what is dated back is shown. A filter that reached",
            "its guard in three hours of a day trips."
        },
        sortOptions = false)
final class DetectFilterRunCommand implements Callable<Integer> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final FilterOption filters = new FilterOption();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "What to read.")
    private List<String> files = List.of();

    @Override
    public Integer call() throws CommandException, ConfigurationException, IOException {
        FilterSet set = filters.load();
        long now = FilterOption.nowMicros();
        byte[] seed = new byte[Digest.LENGTH];
        new SecureRandom().nextBytes(seed);
        Enforcer enforcer = new Enforcer(set, filters.gates(), Digest.of(seed), now);
        long[] kinds = new long[Enforcer.Kind.values().length];
        AlarmReader reader = new AlarmReader(
                Optional.empty(),
                Optional.empty(),
                now,
                Progress.to(output.commandLine().getErr()));
        try (SuppressedLog log = new SuppressedLog(filters.directory().suppressed());
                SuppressedLog tagged = new SuppressedLog(filters.directory().tagged())) {
            for (String file : files) {
                reader.read(file, System.in, alarm -> pass(alarm, enforcer, log, tagged, kinds));
            }
            tagged.keep();
            log.keep();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        List<String> tripped = trip(set, enforcer, now);
        print(enforcer, kinds, tripped);
        return 0;
    }

    private static void pass(
            Alarm alarm, Enforcer enforcer, SuppressedLog suppressed, SuppressedLog tagged, long[] kinds) {
        Enforcer.Verdict verdict = enforcer.decide(alarm);
        kinds[verdict.kind().ordinal()]++;
        try {
            switch (verdict.kind()) {
                case SUPPRESSED, AUDITED -> suppressed.add(verdict.filter().orElse(""), verdict.kind(), alarm);
                case TAGGED -> tagged.add(verdict.filter().orElse(""), verdict.kind(), alarm);
                case SHOWN, OPENED -> {
                    // whoever looks at alarms sees it
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // what cannot be kept must not be hidden: the run ends
        }
    }

    private List<String> trip(FilterSet set, Enforcer enforcer, long now) throws ConfigurationException, IOException {
        FilterSet next = set;
        List<String> tripped = new ArrayList<>();
        for (Enforcer.Count count : enforcer.counts()) {
            if (count.tripped()) {
                Decisions.Result result = filters.decisions()
                        .trip(next, count.filter(), "its guard was reached in three hours of a day", now);
                next = result.next().orElse(next);
                tripped.add(count.filter());
            }
        }
        if (!tripped.isEmpty()) {
            filters.directory().save(next);
        }
        return tripped;
    }

    private void print(Enforcer enforcer, long[] kinds, List<String> tripped) {
        ObjectNode root = Json.object();
        List<String> lines = new ArrayList<>();
        for (Enforcer.Kind kind : Enforcer.Kind.values()) {
            root.put(kind.name().toLowerCase(Locale.ROOT), kinds[kind.ordinal()]);
            lines.add(String.format(
                    Locale.ROOT, "%-10s %,12d", kind.name().toLowerCase(Locale.ROOT), kinds[kind.ordinal()]));
        }
        ArrayNode all = root.putArray("filters");
        for (Enforcer.Count count : enforcer.counts()) {
            all.addObject()
                    .put("id", count.filter())
                    .put("stage", count.stage().name())
                    .put("taken", count.taken())
                    .put("audited", count.audited())
                    .put("opened", count.opened())
                    .put("openHours", count.openHours())
                    .put("tripped", count.tripped());
            lines.add(line(count));
        }
        tripped.forEach(id -> lines.add(id + " has TRIPPED: it hides nothing until it is approved again"));
        output.print(root, lines.toArray(String[]::new));
    }

    private static String line(Enforcer.Count count) {
        if (count.stage() == Stage.REVOKED) {
            String back = count.opened() == 0
                    ? ""
                    : String.format(Locale.ROOT, ": %,d alarms below it are back", count.opened());
            return count.filter() + " REVOKED" + back;
        }
        String idle = count.taken() + count.opened() == 0 ? "   matches nothing: is it still needed?" : "";
        return String.format(
                Locale.ROOT,
                "%s %-7s took %,d (%,d audited), showed %,d in %,d full hours%s",
                count.filter(),
                count.stage(),
                count.taken(),
                count.audited(),
                count.opened(),
                count.openHours(),
                idle);
    }
}
