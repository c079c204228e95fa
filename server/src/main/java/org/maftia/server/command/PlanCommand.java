package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Plan;
import org.maftia.core.trust.Planner;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Model;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Overrides;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia plan}. */
@Command(
        name = "plan",
        description = {
            "Tell the fewest replicas for a wish and where to put them, or check a configuration.",
            "",
            "  maftia plan site=4 os=4 --tolerate site=1,os=1    4 sites, 4 operating systems; a whole site and",
            "                                                    everything on one system may fall together",
            "  maftia plan group.toml                            what this configuration survives",
            "",
            "Exit code 1 when no number of replicas fulfils the wish; the answer names the diversity that is missing."
        })
final class PlanCommand implements Callable<Integer> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--tolerate",
            paramLabel = "ATTR=K[,...]",
            description = "What may be corrupted together: K whole classes of each attribute; any=K: K more replicas.")
    private @Nullable String tolerate;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = "asynchronous",
            description = "asynchronous (default), or hybrid: with a trusted component beside each replica.")
    private String model = "asynchronous";

    @Parameters(
            paramLabel = "FILE | ATTR=CLASSES",
            arity = "1..*",
            description = "A configuration to check, or how many classes there are of each attribute.")
    private List<String> subjects = List.of();

    @Override
    public Integer call() throws ConfigurationException, CommandException {
        if (subjects.getFirst().indexOf('=') < 0) {
            return check(Path.of(subjects.getFirst()));
        }
        try {
            return answer(Planner.plan(model(), classes(), clause()));
        } catch (TrustException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e.hint());
        }
    }

    private int check(Path file) throws ConfigurationException {
        FaultStructure trust = Configuration.read(file, Overrides.none()).faultStructure();
        PrintWriter out = output.writer();
        if (output.isJson()) {
            ObjectNode result = Json.object().put("possible", true).put("replicas", trust.size());
            result.put("lost", trust.largestFaultSet()).put("description", trust.describe());
            ArrayNode warnings = result.putArray("warnings");
            trust.warnings().forEach(warnings::add);
            out.println(result);
        } else {
            out.println(trust.describe());
            trust.warnings().forEach(warning -> out.println("warning: " + warning));
        }
        return 0;
    }

    private int answer(Plan plan) throws CommandException {
        PrintWriter out = output.writer();
        switch (plan) {
            case Plan.Possible possible -> {
                if (output.isJson()) {
                    out.println(result(possible));
                } else {
                    describe(possible, out);
                }
                return 0;
            }
            case Plan.Impossible impossible -> {
                if (output.isJson()) {
                    out.println(Json.object().put("possible", false).put("missing", impossible.missing()));
                    return Maftia.EXIT_FAILURE;
                }
                throw new CommandException(
                        "no number of replicas suffices: " + impossible.missing(),
                        "add classes of that attribute, tolerate less, or use the hybrid model, which needs fewer");
            }
        }
    }

    private static ObjectNode result(Plan.Possible plan) {
        ObjectNode result = Json.object()
                .put("possible", true)
                .put("replicas", plan.replicas())
                .put("lost", plan.lost())
                .put("thresholdLost", plan.thresholdLost())
                .put("proved", plan.proved());
        ArrayNode placement = result.putArray("placement");
        for (SortedMap<String, String> replica : plan.placement()) {
            ObjectNode node = placement.addObject();
            replica.forEach(node::put);
        }
        return result;
    }

    private static void describe(Plan.Possible plan, PrintWriter out) {
        out.println(plan.replicas() + " replicas" + (plan.proved() ? "; fewer are impossible" : "; the best found")
                + ". Survives the loss of " + plan.lost() + "; a plain threshold over as many survives "
                + plan.thresholdLost() + ".");
        int number = 1;
        for (SortedMap<String, String> replica : plan.placement()) {
            StringBuilder line = new StringBuilder("  r").append(number++).append(' ');
            replica.forEach((attribute, value) ->
                    line.append(' ').append(attribute).append('=').append(value));
            out.println(line);
        }
        out.println(plan.trust().describe());
    }

    private Model model() throws CommandException {
        return switch (model.toLowerCase(Locale.ROOT)) {
            case "asynchronous" -> Model.ASYNCHRONOUS;
            case "hybrid" -> Model.HYBRID;
            default -> throw new CommandException("no such model: " + model, "say asynchronous or hybrid");
        };
    }

    private SequencedMap<String, Integer> classes() throws CommandException {
        SequencedMap<String, Integer> classes = new LinkedHashMap<>();
        for (String subject : subjects) {
            if (classes.put(name(subject), count(subject)) != null) {
                throw new CommandException(name(subject) + " is given twice", "name each attribute once");
            }
        }
        return classes;
    }

    private Clause.Joint clause() throws CommandException {
        if (tolerate == null) {
            throw new CommandException("what may fall together is not said", "add for example --tolerate site=1,os=1");
        }
        return clause(tolerate);
    }

    /** What {@code site=1,any=1} says. */
    static Clause.Joint clause(String tolerate) throws CommandException {
        SortedMap<String, Integer> whole = new TreeMap<>();
        int any = 0;
        for (String part : tolerate.split(",", -1)) {
            if (name(part).equals("any")) {
                any = count(part);
            } else {
                whole.put(name(part), count(part));
            }
        }
        return new Clause.Joint(whole, any);
    }

    private static String name(String pair) throws CommandException {
        int equals = pair.indexOf('=');
        if (equals <= 0) {
            throw new CommandException("'" + pair + "' is no ATTRIBUTE=COUNT", "write for example site=4");
        }
        return pair.substring(0, equals);
    }

    private static int count(String pair) throws CommandException {
        String value = pair.substring(pair.indexOf('=') + 1);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new CommandException("'" + pair + "' has no number behind the =", "write for example site=4");
        }
    }
}
