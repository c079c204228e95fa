package org.maftia.server.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.succession.GroupDesk;
import org.maftia.server.succession.Wish;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code maftia reconfigure submit}. */
@Command(
        name = "submit",
        description = {
            "Hand in what the officers signed. Anybody may: it proves itself.",
            "",
            "The next configuration begins when a quorum of its members has installed its keys, which may be before or",
            "after this. Until then another wish, with a higher serial number, may replace this one."
        },
        sortOptions = false)
final class ReconfigureSubmitCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final StepOption step = new StepOption();

    @Parameters(paramLabel = "SIGNATURE", arity = "1..*", description = "What 'maftia reconfigure sign' wrote.")
    private final List<Path> signatures = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        LocalCluster cluster = LocalCluster.open(directory.existing());
        List<String> lines = new ArrayList<>();
        for (Path signature : signatures) {
            lines.add(Files.readString(signature).strip());
        }
        Wish wish = step.wish(Wish.serialOf(lines.getFirst()));
        List<String> gateways = cluster.configuration().replicas().stream()
                .map(ReplicaEntry::httpsAddress)
                .toList();
        String sentence = new GroupDesk(cluster.http(), gateways).submit(wish.signed(lines));
        output.print(
                Json.object().put("accepted", true).put("sentence", sentence),
                sentence,
                "'maftia reconfigure status' shows who is ready");
        return 0;
    }
}
