package org.maftia.server.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.succession.Known;
import org.maftia.server.succession.Preparation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia reconfigure prepare}. */
@Command(
        name = "prepare",
        description = {
            "Make the description of the next configuration from an edited group.toml, and say what changes.",
            "",
            "Refuses a fault structure that cannot be, and a change that is too large for one step: those who stay must",
            "be a quorum of the present configuration."
        },
        sortOptions = false)
final class ReconfigurePrepareCommand implements Callable<Integer> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--present",
            paramLabel = "TRANSCRIPT",
            required = true,
            description = "transcript.json of the present configuration; every replica has it beside its keys.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path present;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where the description goes.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path out;

    @Parameters(paramLabel = "EDITED", description = "The edited copy of group.toml.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path edited;

    @Override
    public Integer call() throws Exception {
        Known known = Known.of(GroupTranscript.read(present));
        Preparation preparation = Preparation.of(known, Configuration.read(edited, Overrides.none()));
        Files.writeString(out, GroupFile.text(preparation.next()));
        int number = preparation.next().ordinal().number();
        List<String> lines = new ArrayList<>();
        lines.add("configuration " + number + ", which follows " + known.number() + ":");
        preparation.changes().forEach(change -> lines.add("  " + change));
        lines.add("wrote " + out);
        lines.add("next: 'maftia init ID --next' at each replica that stays, 'maftia init ID' at newcomers, and the");
        lines.add("ceremony with --before");
        var json = Json.object().put("configuration", number).put("file", out.toString());
        preparation.changes().forEach(json.putArray("changes")::add);
        output.print(json, lines.toArray(String[]::new));
        return 0;
    }
}
